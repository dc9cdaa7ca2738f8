/**
 * @file How a matrix product is divided: into tasks, each of which computes a part of the result alone, in whatever order
 * and thread. The division depends on the shape only, so the result does not depend on who computes what.
 */
import { bytesPerElement } from "../../../dtype.ts";
import type { DotDimension } from "../../../loops/ir.ts";
import type { FunctionBuilder } from "../code/function.ts";
import { pushAddress } from "../memory/placed.ts";
import { callInPieces } from "../nests/calls.ts";
import type { Count } from "../nests/counts.ts";
import type { Target } from "../nests/point.ts";
import type { Product } from "./product.ts";

/** A dimension of the result and how much of it a task takes. */
export interface Part {
  readonly dimension: DotDimension;
  readonly step: number;
}

/** Locals with the addresses of the operands and the result. */
export interface Position {
  readonly a: number;
  readonly b: number;
  readonly out: number;
}

const SIDES = ["a", "b", "out"] as const;

/** A task of fewer multiplications is not worth handing to anyone. */
const LEAST_WORK = 2 ** 19;
/** Tasks of one product, where it has the work for them. */
const MANY_TASKS = 8;
const MOST_TASKS = 16;
const HUGE_WORK = 2 ** 31;
/** Extents of tasks are multiples of about this, and of the tile. */
const GRAIN = 32;

const partsOf = ({ dimension, step }: Part): number => Math.ceil(dimension.extent / step);

/** The matrices of a batch that make a task: whole inner dimensions, and as many steps of the next as are worth it. */
export function batchParts(batch: readonly DotDimension[], workOfOne: number): Part[] {
  let work = workOfOne;
  const parts = [...batch].reverse().map((dimension) => {
    const step = Math.min(dimension.extent, Math.max(1, Math.floor(LEAST_WORK / work)));
    work *= step;
    return { dimension, step };
  });
  return parts.reverse();
}

export interface TaskLimits {
  readonly tileRows: number;
  readonly tileColumns: number;
  /** What a task pays for an element of `a` and of `b`, in multiplications. */
  readonly price: { readonly a: number; readonly b: number };
  readonly mostN: number;
}

/**
 * The rows and columns of a task. Each task reads and packs for itself what it needs of `a`, which pays by its number of
 * columns, and of `b`, which pays by its number of rows: of the divisions into enough tasks, or else as many as there can
 * be, the one that pays least.
 */
export function blockOfTask(
  { m, n, k }: Product,
  { tileRows, tileColumns, price, mostN }: TaskLimits,
): { readonly stepM: number; readonly stepN: number } {
  const work = m.extent * n.extent * k.extent;
  const wanted = Math.min(work > HUGE_WORK ? MOST_TASKS : MANY_TASKS, Math.floor(work / LEAST_WORK));
  let best = { stepM: m.extent, stepN: n.extent, missing: wanted, pays: Number.POSITIVE_INFINITY };
  for (const stepM of steps(m.extent, tileRows, m.extent)) {
    for (const stepN of steps(n.extent, tileColumns, mostN)) {
      const missing = Math.max(0, wanted - Math.ceil(m.extent / stepM) * Math.ceil(n.extent / stepN));
      const pays = price.a / stepN + price.b / stepM;
      if (missing < best.missing || (missing === best.missing && pays < best.pays))
        best = { stepM, stepN, missing, pays };
    }
  }
  return best;
}

/** Even divisions of an extent into parts of about `most` or less, up to `MOST_TASKS` more than it takes. */
function steps(extent: number, tile: number, most: number): number[] {
  const grain = Math.ceil(GRAIN / tile) * tile;
  const found = new Set<number>();
  const fewest = Math.ceil(extent / most);
  for (let parts = fewest; parts < fewest + MOST_TASKS; parts++) {
    found.add(Math.min(extent, Math.ceil(extent / parts / grain) * grain));
  }
  return [...found];
}

/** A multiplication and an addition take so much of the time of a point of an elementwise kernel. */
const COST = 0.15;

/** Makes the entry run `body` for each task, with where it begins and what it has of each part's dimension, from where. */
export function inTasks(
  target: Target,
  entry: FunctionBuilder,
  product: Product,
  parts: readonly Part[],
  body: (f: FunctionBuilder, at: Position, extents: readonly Count[], starts: readonly Count[]) => void,
): void {
  const size = bytesPerElement(product.dtype);
  const f = target.module.define(["i32", "i32"], []);
  const [begin, end] = [0, 1];
  const at: Position = { a: f.local("i32"), b: f.local("i32"), out: f.local("i32") };
  const divided = parts.filter((part) => partsOf(part) > 1);

  f.loop(() => {
    for (const side of SIDES) {
      pushAddress(f, product[side].buffer, product[side].offset);
      f.set(at[side]);
    }
    const extents = new Map<Part, Count>();
    const starts = new Map<Part, Count>();
    const [rest, index] = [f.local("i32"), f.local("i32")];
    f.get(begin).set(rest);
    for (const part of [...divided].reverse()) {
      const { dimension, step } = part;
      const count = partsOf(part);
      f.get(rest).i32(count).op("i32.rem_s").set(index);
      f.get(rest).i32(count).op("i32.div_s").set(rest);
      for (const side of SIDES) moveBy(f, at[side], dimension[side] * step * size, index);
      const start = f.local("i32");
      f.get(index).i32(step).op("i32.mul").set(start);
      starts.set(part, { local: start });
      if (dimension.extent % step === 0) continue;
      const extent = f.local("i32");
      const left = f.local("i32");
      f.i32(dimension.extent).get(start).op("i32.sub").set(left);
      least(f, left, step);
      f.set(extent);
      extents.set(part, { local: extent });
    }
    body(
      f,
      at,
      parts.map((part) => extents.get(part) ?? part.step),
      parts.map((part) => starts.get(part) ?? 0),
    );
    f.get(begin).i32(1).op("i32.add").tee(begin).get(end).op("i32.lt_s").branchIf(0);
  });

  const tasks = divided.reduce((sofar, part) => sofar * partsOf(part), 1);
  const points = parts.reduce((sofar, { step }) => sofar * step, product.k.extent);
  callInPieces(entry, target.module, f, { extent: tasks, points, grain: 1, cost: COST, isFree: true });
}

/** Pushes a count. */
export function push(f: FunctionBuilder, count: Count): void {
  if (typeof count === "number") f.i32(count);
  else f.get(count.local);
}

/** Pushes the smaller of a local and a constant. */
function least(f: FunctionBuilder, local: number, most: number): void {
  f.get(local).i32(most).get(local).i32(most).op("i32.lt_s").op("select");
}

/** Adds `bytes` to an address, once or as often as a local says. */
function moveBy(f: FunctionBuilder, address: number, bytes: number, often?: number): void {
  if (bytes === 0) return;
  f.get(address).i32(bytes);
  if (often !== undefined) f.get(often).op("i32.mul");
  f.op("i32.add").set(address);
}

/**
 * Runs `body` for blocks of at most `step` of a dimension, of which there are `extent`, with how many came before. Leaves
 * `at` where it is.
 */
export function inBlocks(
  f: FunctionBuilder,
  size: number,
  at: Position,
  dimension: DotDimension,
  extent: Count,
  step: number,
  body: (at: Position, extent: Count, before: Count) => void,
): void {
  if (typeof extent === "number" && extent <= step) {
    body(at, extent, 0);
    return;
  }
  const own: number[] = [];
  const copy = (local: number): number => {
    const copied = f.local("i32");
    own.push(copied);
    f.get(local).set(copied);
    return copied;
  };
  const moving = {
    a: dimension.a === 0 ? at.a : copy(at.a),
    b: dimension.b === 0 ? at.b : copy(at.b),
    out: dimension.out === 0 ? at.out : copy(at.out),
  };
  const before = f.local("i32");
  own.push(before);
  f.i32(0).set(before);
  const move = (): void => {
    for (const side of SIDES) moveBy(f, moving[side], dimension[side] * step * size);
    moveBy(f, before, step);
  };
  if (typeof extent === "number" && extent % step === 0) {
    f.repeat(extent / step, () => {
      body(moving, step, { local: before });
      move();
    });
  } else {
    const [left, here] = [f.local("i32"), f.local("i32")];
    own.push(left, here);
    push(f, extent);
    f.set(left);
    f.loop(() => {
      least(f, left, step);
      f.set(here);
      body(moving, step === 1 ? 1 : { local: here }, { local: before });
      move();
      f.get(left).i32(step).op("i32.sub").tee(left).i32(0).op("i32.gt_s").branchIf(0);
    });
  }
  for (const local of own) f.release(local);
}

/** Runs `body` for each matrix of a task's part of the batch. */
export function inBatch(
  f: FunctionBuilder,
  size: number,
  at: Position,
  batch: readonly DotDimension[],
  extents: readonly Count[],
  body: (at: Position) => void,
): void {
  if (batch.length === 0) {
    body(at);
    return;
  }
  inBlocks(f, size, at, batch[0], extents[0], 1, (inner) =>
    inBatch(f, size, inner, batch.slice(1), extents.slice(1), body),
  );
}
