/**
 * @file How the entry calls a kernel. Big ranges are cut into calls: an engine that starts with its quick compiler can
 * then go over to optimised code between two of them.
 */
import type { FunctionBuilder } from "./function.ts";

const POINTS_PER_CALL = 16384;

/** A multiple of every number of steps that vector code takes at once. */
export const GRAIN = 64;

/**
 * Calls `callee(begin, end)` on pieces of `extent` steps, each of `points` points; `after` sees each result. All pieces
 * but the last are multiples of `grain` steps.
 */
export function callInPieces(
  f: FunctionBuilder,
  callee: FunctionBuilder,
  { extent, points, grain }: { readonly extent: number; readonly points: number; readonly grain: number },
  after: () => void = () => {},
): void {
  const steps = Math.max(1, Math.floor(POINTS_PER_CALL / points / grain)) * grain;
  if (extent <= steps) {
    f.i32(0).i32(extent).call(callee);
    after();
    return;
  }
  const begin = f.local("i32");
  const whole = Math.floor(extent / steps);
  f.i32(0).set(begin);
  f.repeat(whole, () => {
    f.get(begin).get(begin).i32(steps).op("i32.add").tee(begin).call(callee);
    after();
  });
  if (extent % steps !== 0) {
    f.get(begin).i32(extent).call(callee);
    after();
  }
  f.release(begin);
}
