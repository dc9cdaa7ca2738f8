/**
 * @file WebGPU for cells. Node has none of its own; the package "webgpu" (Dawn, the implementation of Chromium) has. One
 * that a person installed beside the notebook is taken first, then the one that the editor has fetched.
 */
import { existsSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { type Modules, type Namespace, PackageNotFound } from "./modules.ts";

const NAME = "webgpu";
/** Where the interface is kept: collected, it would take the process along. */
const KEPT = Symbol.for("cotangent.webgpu");

export interface GraphicsPlaces {
  readonly modules: Pick<Modules, "load">;
  /** The notebook's. */
  readonly directory: string;
  /** Where the editor keeps what it fetches; absent on the command line, which fetches nothing. */
  readonly webgpuFolder: string | undefined;
  /**
   * The process is VS Code's Electron, run as Node. Its engine refuses memory that is not its own, which is how Dawn shows
   * what is on the device, so that everything works but reading a result.
   */
  readonly isElectron: boolean;
  /** It is in neither place, or of no use here: whoever can fetch it may offer to. */
  onMissing(): void;
}

/** Gives WebGPU's interface, or throws what to do to have one. */
export function findWebGPU(places: GraphicsPlaces): () => Promise<unknown> {
  return async () => {
    const kept = globalThis as { [KEPT]?: unknown };
    if (places.isElectron) {
      places.onMissing();
      throw new Error(NEEDS_NODE);
    }
    if (kept[KEPT] === undefined) {
      const { create } = await findPackage(places);
      kept[KEPT] = (create as (options: readonly string[]) => unknown)([]);
    }
    return kept[KEPT];
  };
}

/** The package, from wherever it is. */
export async function findPackage({ modules, directory, webgpuFolder, onMissing }: GraphicsPlaces): Promise<Namespace> {
  try {
    return await modules.load(NAME, directory);
  } catch (error) {
    if (!(error instanceof PackageNotFound)) throw unusable("beside the notebook", error);
  }
  if (webgpuFolder !== undefined && existsSync(webgpuFolder)) {
    try {
      return await import(pathToFileURL(path.join(webgpuFolder, "index.js")).href);
    } catch (error) {
      throw unusable(`in ${webgpuFolder}`, error);
    }
  }
  onMissing();
  throw new Error(`${webgpuFolder === undefined ? TO_INSTALL(directory) : TO_FETCH(directory)} ${OR_GO_ON}`);
}

const OR_GO_ON = 'Or go on with WebAssembly: await setDefaultBackend("wasm").';

const NEEDS_NODE =
  "WebGPU needs a session that runs on a Node of your own (20.19 or later), since the one inside VS Code cannot read the " +
  `memory of a graphics processor. Say in the setting cotangent.nodePath where it is, and restart the session. ${OR_GO_ON}`;

const TO_INSTALL = (directory: string): string =>
  `WebGPU in a notebook needs the package "${NAME}" beside it: run "npm install ${NAME}" in ${directory}, and run this again.`;

const TO_FETCH = (directory: string): string =>
  "WebGPU in a notebook has to be fetched once, for all notebooks: accept VS Code's offer, or choose \"Cotangent: Fetch " +
  `WebGPU for Notebooks" in the command palette. "npm install ${NAME}" in ${directory} does as well.`;

/** It is there and cannot be loaded: for another machine, or damaged. */
const unusable = (where: string, error: unknown): Error =>
  new Error(
    `The package "${NAME}" is ${where} and cannot be loaded: ${error instanceof Error ? error.message : String(error)} ` +
      OR_GO_ON,
    { cause: error },
  );
