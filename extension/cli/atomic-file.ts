/** @file Replaces a file as a whole: whoever reads it, even after a crash in between, finds the old text or the new. */
import { randomBytes } from "node:crypto";
import { chmod, lstat, open, readlink, realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";

/** A link stays a link to the file that is replaced, and the file keeps its permissions. */
export async function replaceFile(file: string, content: string): Promise<void> {
  const target = await targetOf(file);
  const known = await stat(target).catch(() => undefined);
  // A pipe or a terminal, such as /dev/stdout, is written to and has nothing to lose.
  if (known && !known.isFile()) return writeFile(target, content);
  const unfinished = path.join(path.dirname(target), `.${path.basename(target)}.${randomBytes(4).toString("hex")}.tmp`);
  try {
    const handle = await open(unfinished, "wx");
    try {
      await handle.writeFile(content);
      // On disk before the name is, or a power failure could leave a file of nothing.
      await handle.sync();
    } finally {
      await handle.close();
    }
    if (known) await chmod(unfinished, known.mode);
    await rename(unfinished, target);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}

/** Where a link leads, be there a file or not. */
async function targetOf(file: string): Promise<string> {
  const isLink = (await lstat(file).catch(() => undefined))?.isSymbolicLink();
  if (!isLink) return file;
  return realpath(file).catch(async () => path.resolve(path.dirname(file), await readlink(file)));
}
