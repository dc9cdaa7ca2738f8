/** @file The global that rewritten cells call for what a script cannot do by itself. */
import { HOOK } from "./rewrite/names.ts";
import { ownRun } from "./run.ts";
import { rememberThrown } from "./stack.ts";

export interface Services {
  load(specifier: string): Promise<Record<string, unknown>>;
  result(executionId: number, value: unknown): void;
  /** `import.meta` of a cell. */
  readonly meta: object;
}

export function installHooks({ load, result, meta }: Services): void {
  let awaited: unknown;
  const hooks = {
    meta,
    result,

    /** An import. `names`: what an import statement takes; a name that the module lacks is an error, as in any module. */
    async load(specifier: unknown, names?: readonly string[]): Promise<unknown> {
      const loaded = await load(String(specifier));
      return Array.isArray(names) ? pick(loaded, names, String(specifier)) : loaded;
    },

    /**
     * `await x` reads `(halted(await x) ? await never : awaited())`: the code of an interrupted cell that still waits
     * for something stops there for good, without a tick more or less while all is well.
     * @param atTop not in a function: what the cell waited for is there
     */
    halted(value?: unknown, atTop?: boolean): boolean {
      awaited = value;
      const run = ownRun();
      if (run && atTop) run.waitingAt = undefined;
      return run?.interrupted === true;
    },
    awaited(): unknown {
      const value = awaited;
      awaited = undefined;
      return value;
    },
    never: new Promise<never>(() => {}),

    /** `await x` outside of functions is `await at(17, x)` in that, for errors that do not know where they come from. */
    at<T>(offset: number, value: T): T {
      const run = ownRun();
      if (run) run.waitingAt = offset;
      return value;
    },
    /** `throw x` reads `throw thrown(x)`. */
    thrown<T>(value: T): T {
      rememberThrown(value);
      return value;
    },

    /** In an assignment, a constant `x` reads `constant("x", x).value`. */
    constant: (name: string, value: unknown) => ({
      get value(): unknown {
        return value;
      },
      set value(_: unknown) {
        throw new TypeError(`Assignment to constant variable '${name}'.`);
      },
    }),
    /** The same for an `x` above its declaration; elsewhere that reads `uninitialized("x")`. */
    unassignable: (name: string) => ({
      get value(): unknown {
        throw uninitialized(name);
      },
      set value(_: unknown) {
        throw uninitialized(name);
      },
    }),
    uninitialized(name: string): never {
      throw uninitialized(name);
    },
  };
  Object.defineProperty(globalThis, HOOK, { value: hooks });
}

function uninitialized(name: string): ReferenceError {
  return new ReferenceError(`Cannot access '${name}' before initialization`);
}

function pick(loaded: Record<string, unknown>, names: readonly string[], specifier: string): Record<string, unknown> {
  const picked: Record<string, unknown> = {};
  // What a CommonJS module exports in ways that cannot be seen without running it.
  const fallback = loaded.default;
  for (const name of names) {
    if (name in loaded) picked[name] = loaded[name];
    else if (typeof fallback === "object" && fallback !== null && name in fallback) {
      picked[name] = (fallback as Record<string, unknown>)[name];
    } else throw new SyntaxError(missingExport(loaded, name, specifier));
  }
  return picked;
}

function missingExport(loaded: Record<string, unknown>, name: string, specifier: string): string {
  const similar = Object.keys(loaded).filter((key) => key.toLowerCase() === name.toLowerCase());
  const hint = similar.length > 0 ? `Did you mean '${similar[0]}'?` : `If it is a type, write \`type ${name}\`.`;
  return `'${specifier}' has no export named '${name}'. ${hint}`;
}
