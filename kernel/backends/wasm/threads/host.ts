/** @file Starting threads, in Node and in pages. */
import type { Message } from "./words.ts";

/** A thread as its owner sees it. */
export interface Thread {
  post(message: Message): void;
  /** Ends it whatever it does. */
  kill(): void;
}

interface NodeWorker {
  postMessage(message: Message): void;
  terminate(): unknown;
  unref(): void;
  on(event: "error" | "exit", listener: () => void): void;
}

interface NodeModules {
  getBuiltinModule?(name: "node:worker_threads"): {
    readonly Worker: new (source: string, options: { eval: true; name: string }) => NodeWorker;
  };
  getBuiltinModule?(name: "node:os"): { availableParallelism(): number };
}

const builtins = (): NodeModules | undefined => (globalThis as { readonly process?: NodeModules }).process;

/** How many threads the machine runs at once. */
export function hardwareThreads(): number {
  const { navigator } = globalThis as { readonly navigator?: { readonly hardwareConcurrency?: number } };
  return builtins()?.getBuiltinModule?.("node:os").availableParallelism() ?? navigator?.hardwareConcurrency ?? 1;
}

/** Whether this thread may sleep: the main thread of a page may not. */
export const maySleep = (): boolean => builtins()?.getBuiltinModule !== undefined || !("document" in globalThis);

/**
 * Starts a thread that runs `source`.
 * @param onEnd called when it has ended by itself
 */
export function startThread(source: string, onEnd: () => void): Thread {
  const node = builtins()?.getBuiltinModule?.("node:worker_threads");
  if (node !== undefined) {
    const worker = new node.Worker(source, { eval: true, name: "cotangent" });
    // A thread that waits for work must not keep the process alive.
    worker.unref();
    worker.on("error", onEnd);
    worker.on("exit", onEnd);
    return {
      post: (message) => worker.postMessage(message),
      kill() {
        worker.terminate();
      },
    };
  }
  const address = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const worker = new Worker(address, { name: "cotangent" });
  worker.addEventListener("error", onEnd);
  return {
    post: (message) => worker.postMessage(message),
    kill() {
      worker.terminate();
      URL.revokeObjectURL(address);
    },
  };
}
