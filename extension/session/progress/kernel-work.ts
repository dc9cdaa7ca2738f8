/** @file The kernel's own long work as bars: compiling, chunks, timings. */
import type { ProgressListener, Work } from "cotangent";
import { runBehind } from "../stack.ts";
import type { Bar, Bars } from "./bars.ts";

export function showKernelWork(bars: Bars): ProgressListener {
  const open = new WeakMap<Work, Bar>();
  return (work, event) => {
    if (event === "begin") {
      const run = runBehind();
      if (run) open.set(work, bars.begin(run, { ...work, isKernels: true }));
    } else if (event === "advance") open.get(work)?.advanceTo(work.done);
    else open.get(work)?.end("done");
  };
}
