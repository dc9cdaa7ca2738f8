/** @file Map kernels: loops over points, all stores at each. */
import type { Expr, MapKernel } from "../../../loops/ir.ts";
import { inOrder, storeRoots } from "../../../loops/walk.ts";
import type { FunctionBuilder } from "../code/function.ts";
import { callInPieces, GRAIN, type RangeFunction } from "./calls.ts";
import { type Count, divide, times } from "./counts.ts";
import { affineForms, type Loop, loopsOf, mergeLoops, pointsOf, sortLoops, strideOf } from "./expression.ts";
import { overlap } from "./overlap.ts";
import { type Choice, scalarEstimate, vectorEstimate } from "./plan.ts";
import { PointCode, type Target } from "./point.ts";

/** A loop other than the innermost one is vectorised only if it is this much better, for the cache's sake. */
const WORTH_REORDERING = 1.5;

/** Vector steps up to this many instructions are done several at a time, to save loop overhead. */
const LIGHT = 12;

export function compileMap(target: Target, kernel: MapKernel, entry: FunctionBuilder): void {
  if (kernel.extents.includes(0) || kernel.stores.length === 0) return;
  const { f, range } = mapFunction(target, kernel);
  if (range === undefined) entry.call(f);
  else callInPieces(entry, target.module, f, range);
}

/**
 * The function of a map, over a range of its outermost loop if there is one.
 * @param lead the number of loops that are the rows of the kernel, if these must be the outermost loop
 */
export function mapFunction(target: Target, kernel: MapKernel, lead = 0): RangeFunction {
  const { stores } = kernel;
  const order = inOrder(stores.flatMap(storeRoots));
  const given = loopsOf(kernel.extents);
  const { pinned, aligned } = overlap(order, stores, target.buffers, given);
  const free = aligned && !stores.some((store) => store.accumulate);

  const forms = affineForms(order, stores);
  const rows = mergeLoops(loopsOf(kernel.extents.slice(0, lead)), forms);
  const inner = loopsOf(kernel.extents.slice(lead), lead);
  const sorted = free ? sortLoops(inner, (loop) => Math.abs(strideOf(stores[0].index, loop))) : inner;
  const merged = mergeLoops(sorted, forms);
  const choice = free ? choose(kernel, order, rows, merged) : { loops: [...rows, ...merged] };
  const { loops, vector } = choice;

  const depth = loops.length;
  const position = depth - 1;
  const f = target.module.define(depth > 0 ? ["i32", "i32"] : [], []);
  const code = new PointCode(f, target, {
    loops,
    bodies: [{ depth, values: [], stores }],
    vector: vector && { position, lanes: vector.lanes },
    pinned,
  });

  // Where a store changes what another one's value reads, all values must be had first.
  const valuesFirst = pinned.size > 0 && stores.length > 1;
  const scalarPoint = () => {
    if (valuesFirst) code.keepScalars(stores.flatMap(storeRoots));
    for (const store of stores) code.store(store);
  };
  const vectorPoint = (copies: number) => {
    for (let copy = 0; copy < copies; copy++) {
      if (valuesFirst) code.keepVectors(stores.flatMap(storeRoots), copy);
      for (const store of stores) code.vectorStore(store, copy);
    }
  };

  const run = (level: number): void => {
    code.hoist(level, "scalar");
    if (level === depth) {
      scalarPoint();
      return;
    }
    let left = beginLoop(f, code, loops, level);
    if (vector && level === position) {
      for (const copies of vector.work <= LIGHT ? [4, 1] : [1]) {
        const { groups, rest } = divide(f, left, copies * vector.lanes);
        left = rest;
        times(f, groups, () => {
          code.scope(() => vectorPoint(copies));
          code.advance(copies * vector.lanes);
        });
      }
    }
    times(f, left, () => {
      code.scope(() => run(level + 1));
      code.advance(1);
    });
    code.closeLoop();
  };
  code.scope(() => run(0));

  if (depth === 0) return { f };
  return {
    f,
    range: {
      extent: loops[0].extent,
      points: pointsOf(loops.slice(1)),
      // Whole groups of vectors, so that only the last piece has a remainder.
      grain: vector && depth === 1 ? GRAIN : 1,
      cost: vector ? vector.work / vector.lanes : scalarEstimate(order, stores, loops),
      isFree: free,
    },
  };
}

/** Opens loop `level` and tells its trip count; the outermost one runs over the function's two parameters. */
export function beginLoop(f: FunctionBuilder, code: PointCode, loops: readonly Loop[], level: number): Count {
  if (level > 0) {
    code.openLoop(level);
    return loops[level].extent;
  }
  code.openLoop(0, 0);
  const count = f.local("i32");
  f.get(1).get(0).op("i32.sub").set(count);
  return { local: count };
}

function choose(
  kernel: MapKernel,
  order: readonly Expr[],
  rows: readonly Loop[],
  inner: readonly Loop[],
): { loops: readonly Loop[]; vector?: Choice } {
  const dtypes = kernel.stores.map((store) => store.value.dtype);
  const loops = [...rows, ...inner];
  let best: { loops: readonly Loop[]; vector?: Choice } = { loops };
  let cost = scalarEstimate(order, kernel.stores, loops);
  for (const loop of [...inner].reverse()) {
    const estimate = vectorEstimate({ order, stores: kernel.stores, loops, loop, outer: false, dtypes });
    if (!estimate) continue;
    if (estimate.perPoint * (loop === inner[inner.length - 1] ? 1 : WORTH_REORDERING) >= cost) continue;
    cost = estimate.perPoint;
    best = { loops: [...loops.filter((other) => other !== loop), loop], vector: estimate };
  }
  return best;
}
