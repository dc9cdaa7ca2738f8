/**
 * @file Asking the engine to collect garbage now. JavaScript cannot: even a forced collection spares what was made in
 * the running job. Node can, by a collection after a checkpoint of microtasks, which ends the job in that sense (for a
 * context that has microtasks of its own, so that nobody else's run).
 */

interface NodeModules {
  getBuiltinModule?(name: "node:v8"): { setFlagsFromString(flags: string): void };
  getBuiltinModule?(name: "node:vm"): {
    createContext(contents: object, options: { microtaskMode: "afterEvaluate" }): object;
    runInContext(code: string, context: object): unknown;
    runInNewContext(code: string): unknown;
  };
}

function prepare(): (() => void) | null {
  const { process } = globalThis as { readonly process?: NodeModules };
  try {
    const v8 = process?.getBuiltinModule?.("node:v8");
    const vm = process?.getBuiltinModule?.("node:vm");
    if (v8 === undefined || vm === undefined) return null;
    v8.setFlagsFromString("--expose-gc");
    const collect = vm.runInNewContext("gc") as () => void;
    const context = vm.createContext({}, { microtaskMode: "afterEvaluate" });
    return () => {
      vm.runInContext("0", context);
      collect();
    };
  } catch {
    return null;
  }
}

let collector: (() => void) | null | undefined;

/** Collects all garbage before it returns, which takes some milliseconds; null where that cannot be asked for. */
export function garbageCollector(): (() => void) | null {
  if (collector === undefined) collector = prepare();
  return collector;
}
