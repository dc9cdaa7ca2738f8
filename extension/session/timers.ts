/** @file Timers and microtasks that belong to the execution that set them. Timers stay silent once it was interrupted. */
import { promisify } from "node:util";
import { ownRun, runInside } from "./run.ts";

type Callback = (...args: unknown[]) => void;
type Start = (callback: Callback, ...rest: unknown[]) => NodeJS.Timeout;

export function guardTimers(): void {
  globalThis.setTimeout = guarded(setTimeout);
  globalThis.setImmediate = guarded(setImmediate);
  globalThis.setInterval = guarded(setInterval);
  globalThis.queueMicrotask = inItsRun(queueMicrotask);
  process.nextTick = inItsRun(process.nextTick);
}

/** An interrupt does not keep these from running: Node's own streams depend on their ticks. */
function inItsRun(start: (callback: Callback, ...rest: unknown[]) => void): typeof start {
  return (callback, ...rest) => {
    const run = ownRun();
    if (!run || typeof callback !== "function") start(callback, ...rest);
    else start((...args) => runInside(run, () => callback(...args)), ...rest);
  };
}

function guarded<T extends typeof setTimeout | typeof setInterval | typeof setImmediate>(original: T): T {
  const start = original as unknown as Start;
  const guardedStart: Start = (callback, ...rest) => {
    // Node's own message for a callback that is no function.
    if (typeof callback !== "function") return start(callback, ...rest);
    const run = ownRun();
    const timer = start(
      (...args) => {
        if (run?.interrupted) clearInterval(timer);
        else runInside(run, () => callback(...args));
      },
      ...rest,
    );
    return timer;
  };
  const promised = (original as { [promisify.custom]?: unknown })[promisify.custom];
  Object.defineProperty(guardedStart, promisify.custom, { value: promised });
  return guardedStart as unknown as T;
}
