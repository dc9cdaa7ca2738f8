/** @file Modules of Node's own, for a library that also runs where there is no Node and so imports none of them. */

/** What we use of them. */
interface NodeProcess {
  getBuiltinModule?(name: "node:os"): { availableParallelism(): number };
  getBuiltinModule?(name: "node:v8"): { setFlagsFromString(flags: string): void };
  getBuiltinModule?(name: "node:vm"): {
    createContext(contents: object, options: { microtaskMode: "afterEvaluate" }): object;
    runInContext(code: string, context: object): unknown;
    runInNewContext(code: string): unknown;
  };
  getBuiltinModule?(name: "node:worker_threads"): {
    readonly Worker: new (source: string, options: { eval: true; name: string }) => NodeWorker;
  };
}

interface NodeWorker {
  postMessage(message: unknown): void;
  terminate(): unknown;
  unref(): void;
  on(event: "error" | "exit", listener: () => void): void;
}

/** Node's process if it gives its modules away (since 20.16); undefined elsewhere. */
export function nodeProcess(): Required<NodeProcess> | undefined {
  const { process } = globalThis as { readonly process?: NodeProcess };
  return process?.getBuiltinModule === undefined ? undefined : (process as Required<NodeProcess>);
}
