/**
 * @file Where a fetched package lies: in a folder named after version and platform, which appears there in one step, whole.
 * So a session can look for it at any time, and a copy that is half there is never found.
 */
import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import type { FetchedPackage } from "./package.ts";

/** Begins the name of a folder in which something is being fetched, or removed. */
export const UNFINISHED = "unfinished-";
/** Nobody fetches for so long: the editor went away meanwhile. */
const ABANDONED_MS = 24 * 60 * 60 * 1000;

export const folderFor = (storage: string, { version }: FetchedPackage, platform: string): string =>
  path.join(storage, `${version}-${platform}`);

export const isFetched = (folder: string): boolean => existsSync(path.join(folder, "package.json"));

/** Makes `made` the folder that sessions look into. Another window may have been faster: its copy is the same. */
export async function publish(made: string, folder: string): Promise<void> {
  try {
    await rename(made, folder);
  } catch (error) {
    if (!isFetched(folder)) throw error;
  }
}

/** Takes it away, in one step too: where a session has it loaded and the system refuses for that, it stays whole. */
export async function withdraw(storage: string, folder: string): Promise<void> {
  const away = path.join(storage, `${UNFINISHED}${randomUUID()}`);
  await rename(folder, away);
  await rm(away, { recursive: true, force: true }).catch(() => {});
}

/** Removes older versions, and what was left unfinished long ago. What is in use and cannot be removed stays. */
export async function tidy(storage: string, { version }: FetchedPackage): Promise<void> {
  for (const name of await readdir(storage)) {
    const each = path.join(storage, name);
    // Of this version there may be one for another machine with the same home folder.
    if (name.startsWith(`${version}-`) || (name.startsWith(UNFINISHED) && !(await isAbandoned(each)))) continue;
    await rm(each, { recursive: true, force: true }).catch(() => {});
  }
}

async function isAbandoned(folder: string): Promise<boolean> {
  const { mtimeMs } = await stat(folder).catch(() => ({ mtimeMs: Date.now() }));
  return Date.now() - mtimeMs > ABANDONED_MS;
}
