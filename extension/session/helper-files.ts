/**
 * @file TypeScript and JSON files beside the notebook. TypeScript is compiled to the System format, in which a module
 * is an ordinary function call: live bindings, cycles and top-level `await` all work, and a changed file can be
 * loaded again.
 */
import { readFileSync, statSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import vm from "node:vm";
import type { Namespace } from "./modules.ts";
import { nameOfFile, registerSource } from "./stack.ts";

interface Helper {
  readonly namespace: Namespace;
  readonly modified: number;
  readonly imports: Set<string>;
  /** Settled when the file has run. */
  loaded: Promise<void>;
}

/** What TypeScript's System output hands to `System.register`. */
interface Registration {
  readonly setters: readonly ((namespace: Namespace) => void)[];
  readonly execute: () => void | Promise<void>;
}
type Declare = (
  exports: (nameOrValues: string | Namespace, value?: unknown) => unknown,
  context: { readonly meta: object; readonly import: (specifier: string) => Promise<Namespace> },
) => Registration;

export function isHelperFile(file: string): boolean {
  return /\.(ts|mts|cts|json)$/.test(file);
}

export class HelperFiles {
  readonly #load: (specifier: string, folder: string) => Promise<Namespace>;
  readonly #helpers = new Map<string, Helper>();
  /** The chain of files being loaded, to end a cycle instead of waiting for itself. */
  readonly #loading = new Set<string>();

  constructor(load: (specifier: string, folder: string) => Promise<Namespace>) {
    this.#load = load;
  }

  async load(file: string): Promise<Namespace> {
    const known = this.#helpers.get(file);
    if (known && (this.#loading.has(file) || !this.#isStale(file, new Set()))) {
      // In a cycle the other file sees what is there so far, as with any ES module.
      if (!this.#loading.has(file)) await known.loaded;
      return known.namespace;
    }
    const helper: Helper = {
      namespace: Object.create(null, { [Symbol.toStringTag]: { value: "Module" } }),
      modified: statSync(file).mtimeMs,
      imports: new Set(),
      loaded: Promise.resolve(),
    };
    this.#helpers.set(file, helper);
    this.#loading.add(file);
    helper.loaded = (file.endsWith(".json") ? this.#readJson(file, helper) : this.#run(file, helper)).finally(() =>
      this.#loading.delete(file),
    );
    try {
      await helper.loaded;
    } catch (error) {
      // The next import tries again: the file may have been mended.
      this.#helpers.delete(file);
      throw error;
    }
    return helper.namespace;
  }

  /** Changed on disk since it was loaded, itself or a file it imports. */
  #isStale(file: string, visited: Set<string>): boolean {
    const helper = this.#helpers.get(file);
    if (!helper) return true;
    if (visited.has(file)) return false;
    visited.add(file);
    if (statSync(file, { throwIfNoEntry: false })?.mtimeMs !== helper.modified) return true;
    return [...helper.imports].some((imported) => this.#isStale(imported, visited));
  }

  async #readJson(file: string, { namespace }: Helper): Promise<void> {
    try {
      namespace.default = JSON.parse(readFileSync(file, "utf8"));
    } catch (error) {
      throw new SyntaxError(`${file} is not valid JSON: ${(error as Error).message}`);
    }
  }

  async #run(file: string, helper: Helper): Promise<void> {
    const text = readFileSync(file, "utf8");
    const { compileHelper } = await import("./rewrite/helper.ts");
    const compiled = compileHelper(text, file);
    registerSource(file, { file: nameOfFile(file), path: file, text, toSource: compiled.toSource });
    let registered: { readonly specifiers: readonly string[]; readonly declare: Declare } | undefined;
    const system = {
      register: (specifiers: readonly string[], declare: Declare) => {
        registered = { specifiers, declare };
      },
    };
    vm.compileFunction(compiled.javascript, ["System"], { filename: file })(system);
    if (!registered) throw new Error(`${file} could not be compiled to a module.`);

    const folder = path.dirname(file);
    const publish = (nameOrValues: string | Namespace, value?: unknown): unknown => {
      if (typeof nameOrValues !== "string") {
        Object.assign(helper.namespace, nameOrValues);
        return nameOrValues;
      }
      helper.namespace[nameOrValues] = value;
      return value;
    };
    const { setters, execute } = registered.declare(publish, {
      meta: { url: pathToFileURL(file).href, filename: file, dirname: folder },
      import: (specifier) => this.#load(specifier, folder),
    });
    for (const [index, specifier] of registered.specifiers.entries()) {
      const namespace = await this.#load(specifier, folder);
      for (const [loaded, { namespace: candidate }] of this.#helpers) {
        if (candidate === namespace) helper.imports.add(loaded);
      }
      setters[index](namespace);
    }
    await execute();
  }
}
