/**
 * @file Asking the engine to collect garbage now. JavaScript cannot: even a forced collection spares what was made in
 * the running job. Node can, by a collection after a checkpoint of microtasks, which ends the job in that sense (for a
 * context that has microtasks of its own, so that nobody else's run).
 */

import { nodeProcess } from "../node.ts";

function prepare(): (() => void) | null {
  const node = nodeProcess();
  if (node === undefined) return null;
  try {
    const vm = node.getBuiltinModule("node:vm");
    node.getBuiltinModule("node:v8").setFlagsFromString("--expose-gc");
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
