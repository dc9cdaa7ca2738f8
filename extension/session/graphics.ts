/**
 * @file WebGPU for cells. Node has none of its own; the package "webgpu" (Dawn, the implementation of Chromium) has. One
 * that a person installed beside the notebook is taken first, then the one that the editor has fetched, then that of the page
 * in which VS Code shows the notebook, which is always there but takes every number through messages.
 */
import { existsSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { type Modules, type Namespace, PackageNotFound } from "./modules.ts";
import type { WindowGraphics } from "./page-graphics/window-graphics.ts";

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
   * what is on the device, so that everything works but reading a result. No package is of use there.
   */
  readonly isElectron: boolean;
  readonly page: Pick<WindowGraphics, "open">;
  /** It is nowhere: whoever can fetch it may offer to. */
  onMissing(): void;
}

/** Gives WebGPU's interface, or throws what to do to have one. */
export function findWebGPU(places: GraphicsPlaces): () => Promise<unknown> {
  return async () => {
    const found = await findPackage(places);
    if (found) return interfaceOf(found);
    const gpu = await places.page.open();
    if (typeof gpu !== "string") return gpu;
    throw missing(places, gpu);
  };
}

/** For libraries that need all of WebGPU, which a page at the other end of messages is not. */
export async function findPackagedWebGPU(
  places: GraphicsPlaces,
): Promise<{ readonly gpu: unknown; readonly globals: unknown }> {
  const found = await findPackage(places);
  if (!found) throw missing(places, "");
  return { gpu: interfaceOf(found), globals: found.globals };
}

function interfaceOf({ create }: Namespace): unknown {
  const kept = globalThis as { [KEPT]?: unknown };
  kept[KEPT] ??= (create as (options: readonly string[]) => unknown)([]);
  return kept[KEPT];
}

/** @param why there is no page; may be empty */
function missing(places: GraphicsPlaces, why: string): Error {
  places.onMissing();
  return new Error([why, remedy(places), OR_GO_ON].filter(Boolean).join(" "));
}

/** From wherever it is; undefined where it is nowhere, or of no use. */
async function findPackage({
  modules,
  directory,
  webgpuFolder,
  isElectron,
}: GraphicsPlaces): Promise<Namespace | undefined> {
  if (isElectron) return undefined;
  try {
    return await modules.load(NAME, directory);
  } catch (error) {
    if (!(error instanceof PackageNotFound)) throw unusable("beside the notebook", error);
  }
  if (webgpuFolder === undefined || !existsSync(webgpuFolder)) return undefined;
  try {
    return await import(pathToFileURL(path.join(webgpuFolder, "index.js")).href);
  } catch (error) {
    throw unusable(`in ${webgpuFolder}`, error);
  }
}

const OR_GO_ON = 'Or go on with WebAssembly: await setDefaultBackend("wasm").';

/** What helps where there is neither a package nor a page. */
function remedy({ isElectron, webgpuFolder, directory }: GraphicsPlaces): string {
  if (isElectron) return NEEDS_NODE;
  return webgpuFolder === undefined ? TO_INSTALL(directory) : TO_FETCH(directory);
}

const NEEDS_NODE =
  "WebGPU without a page needs a session that runs on a Node of your own (20.19 or later), since the one inside VS Code " +
  "cannot read the memory of a graphics processor. Say in the setting cotangent.nodePath where it is, and restart the session.";

const TO_INSTALL = (directory: string): string =>
  `WebGPU in a notebook needs the package "${NAME}" beside it: run "npm install ${NAME}" in ${directory}, and run this again.`;

const TO_FETCH = (directory: string): string =>
  "WebGPU without a page has to be fetched once, for all notebooks: accept VS Code's offer, or choose \"Cotangent: Fetch " +
  `WebGPU for Notebooks" in the command palette. "npm install ${NAME}" in ${directory} does as well.`;

/** It is there and cannot be loaded: for another machine, or damaged. */
const unusable = (where: string, error: unknown): Error =>
  new Error(
    `The package "${NAME}" is ${where} and cannot be loaded: ${error instanceof Error ? error.message : String(error)} ` +
      OR_GO_ON,
    { cause: error },
  );
