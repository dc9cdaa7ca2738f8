/** @file A WebAssembly module while it is being written: its imports, its functions and the bytes of both. */
import { ByteWriter } from "./bytes.ts";
import { type Callable, FunctionBuilder } from "./function.ts";
import { VALUE_TYPES, type ValueType } from "./opcodes.ts";

const MAGIC_AND_VERSION = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]);
const SECTION = { type: 1, import: 2, function: 3, export: 7, code: 10 } as const;
export const MAX_PAGES = 65536;

/**
 * Whether memory is shared between threads. Then it also grows without detaching the views of it, so that arrays can
 * stay in it.
 */
export const IS_SHARED = typeof SharedArrayBuffer === "function";

interface Imported extends Callable {
  readonly implementation: (...values: number[]) => number | undefined;
}

/** Offers `extent` steps of a kernel to all threads, in chunks of `steps`; 0 when the caller shall do them alone. */
export type Offer = (kernel: number, extent: number, steps: number) => number;

/** What a module is instantiated with. */
export interface Environment {
  readonly memory: WebAssembly.Memory;
  /** Address of the bytes that the kernels of this thread may use while they run. */
  readonly workspace: number;
  readonly offer: Offer;
}

/** Names of functions in `Math`, so that another thread finds them too. */
const MATH = new Map<unknown, string>(
  Object.getOwnPropertyNames(Math).map((name) => [Math[name as keyof Math] as unknown, name]),
);

export class ModuleBuilder {
  /** Whether multiplication and addition may be one instruction (`features.ts` says whether the engine has it). */
  readonly fused: boolean;
  /** Offers a kernel to other threads; the first import. */
  readonly offer: Callable = { params: ["i32", "i32", "i32"], results: ["i32"] };
  readonly #imports: Imported[] = [];
  readonly #offered: FunctionBuilder[] = [];
  readonly #functions: FunctionBuilder[] = [];
  readonly #shared = new Map<string, Callable>();

  constructor({ fused }: { readonly fused: boolean }) {
    this.fused = fused;
  }

  /** A new function. */
  define(params: readonly ValueType[], results: readonly ValueType[]): FunctionBuilder {
    const created = new FunctionBuilder(params, results, this.fused);
    this.#functions.push(created);
    return created;
  }

  /** A function that several kernels may want: written by `write` when first asked for. */
  shared(
    name: string,
    params: readonly ValueType[],
    results: readonly ValueType[],
    write: (f: FunctionBuilder) => void,
  ): Callable {
    const known = this.#shared.get(name);
    if (known) return known;
    const created = this.define(params, results);
    this.#shared.set(name, created);
    write(created);
    return created;
  }

  /** A JavaScript function to call. */
  import(
    params: readonly ValueType[],
    results: readonly ValueType[],
    implementation: Imported["implementation"],
  ): Callable {
    const created = { params, results, implementation };
    this.#imports.push(created);
    return created;
  }

  /** Like `import`, once per name. */
  sharedImport(
    name: string,
    params: readonly ValueType[],
    results: readonly ValueType[],
    implementation: Imported["implementation"],
  ): Callable {
    const known = this.#shared.get(name);
    if (known) return known;
    const created = this.import(params, results, implementation);
    this.#shared.set(name, created);
    return created;
  }

  /**
   * A number by which `offer` knows a function `(begin, end)`; undefined if only this thread can run it, since it calls
   * JavaScript that others do not have.
   */
  offered(kernel: FunctionBuilder): number | undefined {
    if (!IS_SHARED || !this.#isPortable(kernel)) return undefined;
    this.#offered.push(kernel);
    return this.#offered.length - 1;
  }

  #isPortable(given: FunctionBuilder): boolean {
    const seen = new Set<Callable>([given]);
    for (const each of seen) {
      if (each instanceof FunctionBuilder) for (const callee of each.callees()) seen.add(callee);
      else if (!MATH.has((each as Imported).implementation)) return false;
    }
    return true;
  }

  /** Names in `Math` of the imported functions; null for those that other threads do not have. */
  portableImports(): (string | null)[] {
    return this.#imports.map(({ implementation }) => MATH.get(implementation) ?? null);
  }

  /** Whether there is anything to offer. */
  get offers(): boolean {
    return this.#offered.length > 0;
  }

  /** What to instantiate the module with. Holds nothing of how the module was written. */
  imports(): (environment: Environment) => WebAssembly.Imports {
    const functions = Object.fromEntries(this.#imports.map(({ implementation }, i) => [String(i), implementation]));
    return ({ memory, workspace, offer }) => ({ host: { ...functions, memory, workspace, offer } });
  }

  /** The module's bytes. Functions are exported by their names here, what is offered as `kernel0`, `kernel1` and so on. */
  encode(exported: Readonly<Record<string, Callable>>): Uint8Array<ArrayBuffer> {
    const indices = new Map<Callable, number>();
    for (const callable of [this.offer, ...this.#imports, ...this.#functions]) indices.set(callable, indices.size);
    const indexOf = (callable: Callable): number => indices.get(callable)!;

    const types = new ByteWriter();
    const known = new Map<string, number>();
    const typeOf = ({ params, results }: Callable): number => {
      const key = `${params}>${results}`;
      let index = known.get(key);
      if (index === undefined) {
        index = known.size;
        known.set(key, index);
        types.byte(0x60);
        for (const list of [params, results]) {
          types.unsigned(list.length);
          for (const type of list) types.byte(VALUE_TYPES[type]);
        }
      }
      return index;
    };

    const imports = new ByteWriter();
    imports.unsigned(this.#imports.length + 3);
    const imported = (name: string, kind: number): void => {
      imports.name("host");
      imports.name(name);
      imports.byte(kind);
    };
    imported("offer", 0);
    imports.unsigned(typeOf(this.offer));
    for (const [i, each] of this.#imports.entries()) {
      imported(String(i), 0);
      imports.unsigned(typeOf(each));
    }
    imported("workspace", 3);
    imports.byte(VALUE_TYPES.i32);
    imports.byte(0);
    imported("memory", 2);
    imports.byte(IS_SHARED ? 3 : 1);
    imports.unsigned(0);
    imports.unsigned(MAX_PAGES);

    const functions = new ByteWriter();
    functions.unsigned(this.#functions.length);
    for (const each of this.#functions) functions.unsigned(typeOf(each));

    const exports = new ByteWriter();
    const offered = this.#offered.map((kernel, i) => [`kernel${i}`, kernel] as const);
    const entries = [...Object.entries(exported), ...offered];
    exports.unsigned(entries.length);
    for (const [name, callable] of entries) {
      exports.name(name);
      exports.byte(0);
      exports.unsigned(indexOf(callable));
    }

    const code = new ByteWriter();
    code.unsigned(this.#functions.length);
    for (const each of this.#functions) {
      const body = each.encode(indexOf);
      code.unsigned(body.length);
      code.append(body);
    }

    const counted = new ByteWriter();
    counted.unsigned(known.size);
    counted.append(types.view());

    const out = new ByteWriter();
    out.append(MAGIC_AND_VERSION);
    const section = (id: number, content: ByteWriter): void => {
      out.byte(id);
      out.unsigned(content.length);
      out.append(content.view());
    };
    section(SECTION.type, counted);
    section(SECTION.import, imports);
    section(SECTION.function, functions);
    section(SECTION.export, exports);
    section(SECTION.code, code);
    return out.view();
  }
}
