/** @file Starting threads, in Node and in pages. */
import { nodeProcess } from "../node.ts";
import type { Message } from "./words.ts";

/** A thread as its owner sees it. */
export interface Thread {
  post(message: Message): void;
  /** Ends it whatever it does. */
  kill(): void;
}

let atOnce: number | undefined;

/** How many threads the machine runs at once. */
export function hardwareThreads(): number {
  const { navigator } = globalThis as { readonly navigator?: { readonly hardwareConcurrency?: number } };
  // Kept, since each kernel that may be divided asks, and Node asks the system.
  atOnce ??= nodeProcess()?.getBuiltinModule("node:os").availableParallelism() ?? navigator?.hardwareConcurrency ?? 1;
  return atOnce;
}

/** Whether this thread may sleep: the main thread of a page may not. */
export const maySleep = (): boolean => nodeProcess() !== undefined || !("document" in globalThis);

/**
 * Starts a thread that runs `source`.
 * @param onEnd called when it has ended by itself
 */
export function startThread(source: string, onEnd: () => void): Thread {
  const node = nodeProcess()?.getBuiltinModule("node:worker_threads");
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
