/** @file The parts of an npm package's archive that are wanted, as files. */
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { unpackTar } from "modern-tar/fs";

interface Unpacking {
  readonly archive: string;
  readonly folder: string;
  /** Files, and folders with all that is in them. */
  readonly parts: readonly string[];
  readonly signal: AbortSignal;
}

export async function unpack({ archive, folder, parts, signal }: Unpacking): Promise<void> {
  const isWanted = (name: string): boolean => parts.some((part) => name === part || name.startsWith(`${part}/`));
  await pipeline(
    createReadStream(archive),
    createGunzip(),
    // npm puts everything into one folder of the archive, which is taken off before a name is looked at.
    unpackTar(folder, { strip: 1, strict: true, filter: ({ name, type }) => type === "file" && isWanted(name) }),
    { signal },
  );
}
