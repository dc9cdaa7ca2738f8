/** @file Fetching a package: from the registry to the folder where sessions find it, whole or not at all. */
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import path from "node:path";
import { download } from "./download.ts";
import { FetchProblem, problemOf } from "./fetch-problem.ts";
import { type FetchedPackage, THIS_PLATFORM } from "./package.ts";
import { folderFor, isFetched, publish, tidy, UNFINISHED } from "./storage.ts";
import { unpack } from "./unpack.ts";

/** The public registry of npm. */
export const PUBLIC_REGISTRY = "https://registry.npmjs.org";

interface Fetching {
  readonly wanted: FetchedPackage;
  /** As Node calls it, for example "linux-x64"; this machine's unless given. */
  readonly platform?: string;
  /** The address of a registry of npm packages: the public one, or a mirror of it. */
  readonly registry: string;
  /** The folder for all versions of the package. */
  readonly storage: string;
  readonly signal: AbortSignal;
  readonly onProgress: (receivedBytes: number) => void;
}

/**
 * Fetches what a platform needs of a package, unless it is there already.
 * @returns the folder it is in
 * @throws FetchProblem in words for the person, or FetchCancelled; nothing half-fetched is left
 */
export async function fetchPackage({
  wanted,
  platform = THIS_PLATFORM,
  registry,
  storage,
  signal,
  onProgress,
}: Fetching): Promise<string> {
  const folder = folderFor(storage, wanted, platform);
  if (isFetched(folder)) return folder;
  const parts = partsFor(wanted, platform);
  const url = archiveAddress(registry, wanted);
  let unfinished: string | undefined;
  try {
    await mkdir(storage, { recursive: true });
    await tidy(storage, wanted);
    // Beside the place it is for: a folder is renamed in one step within a file system only.
    unfinished = await mkdtemp(path.join(storage, UNFINISHED));
    const [archive, made] = [path.join(unfinished, "archive.tgz"), path.join(unfinished, "package")];
    await download({ wanted, url, file: archive, signal, onProgress });
    await mkdir(made);
    await unpack({ archive, folder: made, parts, signal });
    await publish(made, folder);
    return folder;
  } catch (error) {
    throw problemOf(error, { wanted, url, storage, signal });
  } finally {
    if (unfinished) await rm(unfinished, { recursive: true, force: true, maxRetries: 3 }).catch(() => {});
  }
}

/** Where registries of npm packages keep the archive of a version. */
function archiveAddress(registry: string, { name, version }: FetchedPackage): string {
  if (!/^https?:$/.test(URL.canParse(registry) ? new URL(registry).protocol : "")) {
    throw new FetchProblem(
      `The setting cotangent.registry should be the address of a registry of npm packages, such as ${PUBLIC_REGISTRY}, ` +
        `and is "${registry}".`,
    );
  }
  return `${registry.replace(/\/+$/, "")}/${name}/-/${name}-${version}.tgz`;
}

/** The files and folders of the archive that a platform needs. */
function partsFor({ name, version, builds, files }: FetchedPackage, platform: string): readonly string[] {
  const build = builds[platform];
  if (build !== undefined) return [...files, build];
  throw new FetchProblem(
    `${name} ${version} has no build for this machine (${platform}), only for ${Object.keys(builds).join(", ")}. Notebooks ` +
      "go on with WebAssembly here.",
  );
}
