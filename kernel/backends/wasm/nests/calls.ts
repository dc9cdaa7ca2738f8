/**
 * @file How the entry calls a kernel. Big ranges are cut into calls: an engine that starts with its quick compiler can
 * then go over to optimised code between two of them. What is worth it is offered to other threads first.
 */
import type { FunctionBuilder } from "../code/function.ts";
import type { ModuleBuilder } from "../code/module.ts";
import type { Target } from "./point.ts";

export const POINTS_PER_CALL = 16384;

/** A multiple of every number of steps that vector code takes at once. */
export const GRAIN = 64;

/** So many points of the least cost take about 100 µs, several times what waking a thread does. */
const WORTH_OFFERING = 2 ** 18;

export interface Range {
  readonly extent: number;
  /** Points of each step. */
  readonly points: number;
  /** All calls but the last do a multiple of so many steps. */
  readonly grain: number;
  /** Time of a point, 1 for a load, an addition and a store. */
  readonly cost: number;
  /** Steps of a call, where they are not to be chosen by the number of points. */
  readonly steps?: number;
  /** Whether steps may be done in any order, and at the same time. */
  readonly isFree: boolean;
}

/** A function `(begin, end)` over a range, or one without parameters where there is none. */
export interface RangeFunction {
  readonly f: FunctionBuilder;
  readonly range?: Range;
}

/** What a call does. */
const stepsPerCall = ({ points, grain, steps }: Range): number =>
  steps ?? Math.max(1, Math.floor(POINTS_PER_CALL / points / grain)) * grain;

const isWorthOffering = ({ extent, points, cost, isFree }: Range, steps: number): boolean =>
  isFree && extent > steps && extent * points * cost >= WORTH_OFFERING;

/** Calls `callee(begin, end)` on pieces of a range. */
export function callInPieces(f: FunctionBuilder, module: ModuleBuilder, callee: FunctionBuilder, range: Range): void {
  const steps = stepsPerCall(range);
  const alone = (): void => inTurn(f, range.extent, steps, () => f.call(callee));
  const kernel = isWorthOffering(range, steps) ? module.offered(callee) : undefined;
  if (kernel === undefined) {
    alone();
    return;
  }
  f.i32(kernel).i32(range.extent).i32(steps).call(module.offer).op("i32.eqz");
  f.if(alone);
}

/**
 * The same for a callee that has a result: `after` sees each on the stack, in order. The pieces depend on the range alone,
 * so that what is made of the results does not depend on who computed them.
 */
export function foldPieces(
  f: FunctionBuilder,
  target: Target,
  callee: FunctionBuilder,
  range: Range,
  after: () => void,
): void {
  const { module } = target;
  const { extent } = range;
  const steps = stepsPerCall(range);
  if (!isWorthOffering(range, steps)) {
    inTurn(f, extent, steps, () => {
      f.call(callee);
      after();
    });
    return;
  }
  const pieces = Math.ceil(extent / steps);
  const results = target.common(pieces * RESULT_BYTES);
  const [type] = callee.results as readonly ("i32" | "f32" | "f64")[];
  // A function over pieces, which leaves the result of each in memory.
  const some = module.define(["i32", "i32"], []);
  const [piece, end, next] = [0, 1, some.local("i32")];
  some.loop(() => {
    some.get(piece).i32(RESULT_BYTES).op("i32.mul");
    some.get(piece).i32(steps).op("i32.mul");
    some.get(piece).i32(1).op("i32.add").tee(piece).i32(steps).op("i32.mul").tee(next).i32(extent);
    some.get(next).i32(extent).op("i32.lt_s").op("select").call(callee).memory(`${type}.store`, results);
    some.get(piece).get(end).op("i32.lt_s").branchIf(0);
  });
  callInPieces(f, module, some, { ...range, extent: pieces, points: range.points * steps, grain: 1 });
  const at = f.local("i32");
  f.i32(results).set(at);
  f.repeat(pieces, () => {
    f.get(at).memory(`${type}.load`);
    after();
    f.get(at).i32(RESULT_BYTES).op("i32.add").set(at);
  });
  f.release(at);
}

const RESULT_BYTES = 8;

/** Calls with the bounds of each piece, one after the other. */
function inTurn(f: FunctionBuilder, extent: number, steps: number, call: () => void): void {
  if (extent <= steps) {
    f.i32(0).i32(extent);
    call();
    return;
  }
  const begin = f.local("i32");
  f.i32(0).set(begin);
  f.repeat(Math.floor(extent / steps), () => {
    f.get(begin).get(begin).i32(steps).op("i32.add").tee(begin);
    call();
  });
  if (extent % steps !== 0) {
    f.get(begin).i32(extent);
    call();
  }
  f.release(begin);
}
