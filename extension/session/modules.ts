/** @file `import` as cells and the files beside a notebook mean it. */
import { existsSync, statSync } from "node:fs";
import { isBuiltin } from "node:module";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import vm from "node:vm";
import { HelperFiles, isHelperFile } from "./helper-files.ts";

/** There is no such package for a file in that folder. */
export class PackageNotFound extends Error {
  constructor(name: string, folder: string) {
    super(`There is no package '${name}' in ${folder} or the folders above it. Install it there: npm install ${name}`);
  }
}

export type Namespace = Record<string, unknown>;

/** In this order: what a person means by `./helper`. */
const EXTENSIONS = [".ts", ".mts", ".js", ".mjs", ".cts", ".cjs", ".json", "/index.ts", "/index.js"];

export class Modules {
  readonly #helpers = new HelperFiles((specifier, folder) => this.load(specifier, folder));
  readonly #importers = new Map<string, (specifier: string) => Promise<Namespace>>();

  /** `folder`: where the importing cell or file lies. */
  async load(specifier: string, folder: string): Promise<Namespace> {
    // The very kernel the session itself displays values with.
    if (specifier === "cotangent") return (await import("cotangent")) as unknown as Namespace;
    if (isBuiltin(specifier)) return (await import(specifier)) as Namespace;
    const file = fileOf(specifier, folder);
    if (file === undefined) return this.#loadPackage(specifier, folder);
    const found = findFile(file, specifier, folder);
    if (isHelperFile(found)) return this.#helpers.load(found);
    // Files are read again after an edit; packages are not.
    return (await import(`${pathToFileURL(found).href}?${statSync(found).mtimeMs}`)) as Namespace;
  }

  async #loadPackage(specifier: string, folder: string): Promise<Namespace> {
    try {
      return await this.#importerIn(folder)(specifier);
    } catch (error) {
      if (!isNotFound(error, specifier)) throw error;
      const name = specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
      throw new PackageNotFound(name, folder);
    }
  }

  /** Node's own resolution of packages, ES modules and CommonJS alike, as for a file in `folder`. */
  #importerIn(folder: string): (specifier: string) => Promise<Namespace> {
    let importer = this.#importers.get(folder);
    if (!importer) {
      importer = vm.compileFunction("return import(specifier)", ["specifier"], {
        filename: path.join(folder, "notebook.mjs"),
        importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
      }) as (specifier: string) => Promise<Namespace>;
      this.#importers.set(folder, importer);
    }
    return importer;
  }
}

export function fileOf(specifier: string, folder: string): string | undefined {
  if (specifier.startsWith("file:")) return fileURLToPath(specifier);
  if (path.isAbsolute(specifier)) return specifier;
  return /^\.\.?(\/|$)/.test(specifier) ? path.resolve(folder, specifier) : undefined;
}

export function findFile(file: string, specifier: string, folder: string): string {
  // TypeScript lets `./helper.js` mean the `helper.ts` that it will be compiled from.
  const sources = file.endsWith(".js") ? [`${file.slice(0, -3)}.ts`] : [];
  const candidates = [file, ...sources, ...EXTENSIONS.map((extension) => file + extension)];
  const found = candidates.find((candidate) => existsSync(candidate) && statSync(candidate).isFile());
  if (found) return found;
  throw new Error(
    `There is no file '${specifier}' in ${folder} (also tried with ${EXTENSIONS.slice(0, 7).join(", ")}).`,
  );
}

function isNotFound(error: unknown, specifier: string): boolean {
  const { code, message } = error as { code?: string; message?: string };
  return (
    code === "ERR_MODULE_NOT_FOUND" && (message?.includes(`'${specifier}'`) || message?.includes("package")) === true
  );
}
