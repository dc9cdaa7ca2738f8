/** @file Reduce kernels: at each point of the kept loops, fold over the others, then store. */
import type { Expr, ReduceKernel } from "../../../loops/ir.ts";
import { inOrder, storeRoots } from "../../../loops/walk.ts";
import type { FunctionBuilder } from "../code/function.ts";
import { BLOCK, type Fold, isWide, ScalarAccumulator, VectorAccumulator } from "./accumulate.ts";
import { type Arrangement, copiesOf } from "./arrangement.ts";
import { callInPieces, foldPieces, GRAIN, type RangeFunction } from "./calls.ts";
import { type Count, divide, times } from "./counts.ts";
import { affineForms, type Loop, loopsOf, mergeLoops, pointsOf, sortLoops, strideOf } from "./expression.ts";
import { storeScalar, storeVectors } from "./finish.ts";
import { beginLoop } from "./map.ts";
import { overlap } from "./overlap.ts";
import { scalarEstimate, vectorEstimate } from "./plan.ts";
import { PointCode, type Target, type Width } from "./point.ts";
import { compileStrips, stripsOf } from "./strips.ts";

const costOf = ({ choice, kept, folded }: Arrangement, value: Expr): number =>
  choice ? choice.work / choice.lanes : scalarEstimate(inOrder([value]), [], [...kept, ...folded]);

export function compileReduce(target: Target, kernel: ReduceKernel, entry: FunctionBuilder): void {
  if (kernel.extents.includes(0) || kernel.stores.length === 0) return;
  const fold: Fold = { op: kernel.op, dtype: kernel.value.dtype };
  const arranged = arrange(target, kernel, fold);
  const strips = stripsOf(arranged);
  if (strips) compileStrips(target, kernel, fold, strips, costOf(arranged, kernel.value), entry);
  else if (arranged.kept.length > 0) {
    const { f, range } = keptFunction(target, kernel, fold, arranged);
    callInPieces(entry, target.module, f, range);
  } else compileTotal(target, kernel, fold, arranged, entry);
}

/** The function of a fold over a range of the rows that its first `lead` loops are. */
export function foldRowsFunction(target: Target, kernel: ReduceKernel, lead: number): Required<RangeFunction> {
  const fold: Fold = { op: kernel.op, dtype: kernel.value.dtype };
  return keptFunction(target, kernel, fold, arrange(target, kernel, fold, lead));
}

/** @param lead the number of loops that are the rows of the kernel, if these must be the outermost loop */
function arrange(target: Target, kernel: ReduceKernel, fold: Fold, lead = 0): Arrangement {
  const { stores, value } = kernel;
  const order = inOrder([value, ...stores.flatMap(storeRoots)]);
  const keptLoops = loopsOf(kernel.extents.slice(lead), lead);
  const foldedLoops = loopsOf(kernel.reduceExtents, kernel.extents.length);
  const free =
    overlap(order, stores, target.buffers, []).pinned.size === 0 && !stores.some((store) => store.accumulate);

  const forms = affineForms(order, stores);
  const valueOrder = inOrder([value]);
  const loads = valueOrder.filter((e) => e.kind === "load");
  const weight = (loop: Loop) => loads.reduce((sum, e) => sum + Math.abs(strideOf(e.index, loop)), 0);
  const rows = mergeLoops(loopsOf(kernel.extents.slice(0, lead)), forms);
  const inner = mergeLoops(
    free ? sortLoops(keptLoops, (loop) => Math.abs(strideOf(stores[0].index, loop))) : keptLoops,
    forms,
  );
  const kept = [...rows, ...inner];
  // A fold may go in any order, even where the points may not.
  const folded = mergeLoops(sortLoops(foldedLoops, weight), forms);
  if (kernel.reduceExtents.includes(0)) return { kept, folded, isFree: free };

  let best: Arrangement = { kept, folded, isFree: free };
  let cost = scalarEstimate(valueOrder, [], [...kept, ...folded]);
  const consider = (loop: Loop, along: "kept" | "folded", others: readonly Loop[]) => {
    const estimate = vectorEstimate({
      order: along === "kept" ? order : valueOrder,
      // Stores run once for many values of the fold: what matters is that they can be vectorised.
      stores: along === "kept" ? stores : [],
      loops: along === "kept" ? [...kept, ...folded] : [...kept, ...others, loop],
      loop,
      outer: along === "kept",
      dtypes: along === "kept" ? [fold.dtype, ...stores.map((store) => store.value.dtype)] : [fold.dtype],
    });
    if (!estimate || estimate.perPoint >= cost) return;
    cost = estimate.perPoint;
    best =
      along === "kept"
        ? { kept: [...others, loop], folded, along, choice: estimate, isFree: free }
        : { kept, folded: [...others, loop], along, choice: estimate, isFree: free };
  };
  // Products of float32 are folded one by one: lanes of partial products could overflow where the product does not.
  const regroups = !(isWide(fold) && fold.op === "prod");
  for (const loop of [...folded].reverse())
    if (regroups)
      consider(
        loop,
        "folded",
        folded.filter((other) => other !== loop),
      );
  if (free)
    for (const loop of [...inner].reverse())
      if (regroups)
        consider(
          loop,
          "kept",
          kept.filter((other) => other !== loop),
        );
  return best;
}

/** Writes the fold: the loops over `folded`, which begin at `depth` of the nest. */
class FoldCode {
  readonly #code: PointCode;
  readonly #target: Target;
  readonly #fold: Fold;
  readonly #value: Expr;
  readonly #loops: readonly Loop[];
  readonly #arranged: Arrangement;

  constructor(code: PointCode, target: Target, fold: Fold, value: Expr, arranged: Arrangement) {
    this.#code = code;
    this.#target = target;
    this.#fold = fold;
    this.#value = value;
    this.#loops = [...arranged.kept, ...arranged.folded];
    this.#arranged = arranged;
  }

  /** Folds at one kept point; the result is in an accumulator that the caller releases. */
  scalar(depth: number, empty: boolean): ScalarAccumulator {
    const { f } = this.#code;
    const result = new ScalarAccumulator(f, this.#target.module, this.#fold);
    result.start();
    if (empty) return result;
    if (this.#arranged.along === "folded") this.#inVectors(depth, result);
    else
      this.#loopFrom(depth, "scalar", () => {
        this.#code.scalar(this.#value);
        result.add();
      });
    return result;
  }

  /** Runs the loops from `depth` on, around `point`; `carry` after at most `BLOCK` points. */
  #loopFrom(depth: number, width: Width, point: () => void, carry?: () => void): void {
    const code = this.#code;
    const { f } = code;
    if (depth === this.#loops.length) {
      code.scope(() => point());
      if (depth === this.#arranged.kept.length) carry?.();
      return;
    }
    const count = beginLoop(f, code, this.#loops, depth);
    if (depth === this.#loops.length - 1) {
      const step = () => {
        code.scope(() => point());
        code.advance(1);
      };
      if (carry) inBlocks(f, count, step, carry);
      else times(f, count, step);
    } else {
      times(f, count, () => {
        code.scope(() => {
          code.hoist(depth + 1, width);
          this.#loopFrom(depth + 1, width, point, carry);
        });
        code.advance(1);
      });
    }
    code.closeLoop();
  }

  /** Folds along the innermost loop in vectors, their lanes together at the end. */
  #inVectors(depth: number, result: ScalarAccumulator): void {
    const code = this.#code;
    const { f } = code;
    const choice = this.#arranged.choice!;
    const { lanes } = choice;
    const inner = this.#loops.length - 1;
    const most = copiesOf(choice);
    const copies = this.#loops[inner].extent >= most * lanes ? most : 1;
    const parts = Array.from(
      { length: copies },
      () => new VectorAccumulator(f, this.#target.module, this.#fold, lanes),
    );
    for (const part of parts) part.start();
    const gather = () => {
      for (const part of parts.slice(1)) parts[0].absorbPart(part);
    };
    const carry = () => {
      gather();
      parts[0].carry();
    };

    const run = (level: number): void => {
      const count = beginLoop(f, code, this.#loops, level);
      if (level < inner) {
        times(f, count, () => {
          code.scope(() => {
            code.hoist(level + 1, "scalar");
            run(level + 1);
          });
          code.advance(1);
        });
      } else {
        const whole = divide(f, count, copies * lanes);
        const single = divide(f, whole.rest, lanes);
        const vectors = (used: readonly VectorAccumulator[]) => {
          code.scope(() => {
            for (const [copy, part] of used.entries()) {
              code.vector(this.#value, copy);
              part.add();
            }
          });
          code.advance(used.length * lanes);
        };
        if (isWide(this.#fold)) inBlocks(f, whole.groups, () => vectors(parts), carry);
        else times(f, whole.groups, () => vectors(parts));
        if (copies > 1) {
          times(f, single.groups, () => vectors(parts.slice(0, 1)));
          if (isWide(this.#fold) && single.groups !== 0) parts[0].carry();
        }
        times(f, single.rest, () => {
          code.scope(() => {
            code.scalar(this.#value);
            result.add();
          });
          code.advance(1);
        });
      }
      code.closeLoop();
    };
    run(depth);
    if (!isWide(this.#fold)) gather();
    parts[0].reduceInto(result);
    for (const part of parts) part.release();
  }

  /** Folds at `copies` groups of neighbouring kept points. */
  neighbours(depth: number, copies: number): VectorAccumulator[] {
    const code = this.#code;
    const { f } = code;
    const { lanes } = this.#arranged.choice!;
    const parts = Array.from(
      { length: copies },
      () => new VectorAccumulator(f, this.#target.module, this.#fold, lanes),
    );
    for (const part of parts) part.start();
    this.#loopFrom(
      depth,
      { copies },
      () => {
        for (const [copy, part] of parts.entries()) {
          code.vector(this.#value, copy);
          part.add();
        }
      },
      isWide(this.#fold)
        ? () => {
            for (const part of parts) part.carry();
          }
        : undefined,
    );
    return parts;
  }
}

/** Runs `step` `count` times and `carry` after every `BLOCK` steps and at the end. */
function inBlocks(f: FunctionBuilder, count: Count, step: () => void, carry: () => void): void {
  if (count === 0) return;
  if (typeof count === "number" && count <= BLOCK) {
    f.repeat(count, step);
    carry();
    return;
  }
  const left = f.local("i32");
  const block = f.local("i32");
  if (typeof count === "number") f.i32(count);
  else f.get(count.local);
  f.tee(left).if(() => {
    f.loop(() => {
      f.get(left).i32(BLOCK).get(left).i32(BLOCK).op("i32.lt_s").op("select").set(block);
      f.get(left).get(block).op("i32.sub").set(left);
      f.repeat({ local: block }, step);
      carry();
      f.get(left).branchIf(0);
    });
  });
  f.release(left);
  f.release(block);
}

/** Some loops are kept: one function does a range of the outermost one. */
function keptFunction(
  target: Target,
  kernel: ReduceKernel,
  fold: Fold,
  arranged: Arrangement,
): Required<RangeFunction> {
  const { kept, folded, along, choice } = arranged;
  const { stores, value } = kernel;
  const empty = kernel.reduceExtents.includes(0);
  const loops = empty ? kept : [...kept, ...folded];
  const depth = kept.length;
  const f = target.module.define(["i32", "i32"], []);
  const position = along === "kept" ? depth - 1 : loops.length - 1;
  const code = new PointCode(f, target, {
    loops,
    bodies: [
      { depth: loops.length, values: empty ? [] : [value], stores: [] },
      { depth, values: [], stores },
    ],
    vector: choice && { position, lanes: choice.lanes },
    pinned: overlap(inOrder([value, ...stores.flatMap(storeRoots)]), stores, target.buffers, []).pinned,
  });
  const foldCode = new FoldCode(code, target, fold, value, arranged);

  const point = () => {
    const result = foldCode.scalar(depth, empty);
    storeScalar(code, fold, stores, result);
  };
  const neighbours = (copies: number) => {
    code.hoist(depth, { copies });
    storeVectors(code, stores, foldCode.neighbours(depth, copies));
  };

  const run = (level: number): void => {
    code.hoist(level, "scalar");
    if (level === depth) {
      point();
      return;
    }
    let left = beginLoop(f, code, loops, level);
    if (along === "kept" && level === position) {
      const { lanes } = choice!;
      for (const copies of new Set([copiesOf(choice!), 1])) {
        const { groups, rest } = divide(f, left, copies * lanes);
        left = rest;
        times(f, groups, () => {
          code.scope(() => neighbours(copies));
          code.advance(copies * lanes);
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

  return {
    f,
    range: {
      extent: kept[0].extent,
      points: pointsOf(loops.slice(1)),
      grain: along === "kept" && depth === 1 ? GRAIN : 1,
      cost: costOf(arranged, value),
      isFree: arranged.isFree,
    },
  };
}

/** Nothing is kept: one function folds a range of the outermost folded loop, and its results are folded here. */
function compileTotal(
  target: Target,
  kernel: ReduceKernel,
  fold: Fold,
  arranged: Arrangement,
  entry: FunctionBuilder,
): void {
  const { folded, along, choice } = arranged;
  const { stores, value } = kernel;
  const { module } = target;
  const f = module.define([], []);
  const total = new ScalarAccumulator(f, module, fold);
  total.start();
  if (!kernel.reduceExtents.includes(0)) {
    const piece = module.define(folded.length > 0 ? ["i32", "i32"] : [], [ScalarAccumulator.type(fold)]);
    const depth = folded.length;
    const code = new PointCode(piece, target, {
      loops: folded,
      bodies: [{ depth, values: [value], stores: [] }],
      vector: choice && { position: depth - 1, lanes: choice.lanes },
    });
    code.scope(() => {
      code.hoist(0, "scalar");
      const result = new FoldCode(code, target, fold, value, arranged).scalar(0, false);
      piece.get(result.local);
    });
    if (depth === 0) {
      f.call(piece);
      total.addCarried();
    } else {
      const grain = along === "folded" && depth === 1 ? GRAIN : 1;
      const range = {
        extent: folded[0].extent,
        points: pointsOf(folded.slice(1)),
        grain,
        cost: costOf(arranged, value),
        isFree: true,
      };
      foldPieces(f, target, piece, range, () => total.addCarried());
    }
  }
  const order = inOrder(stores.flatMap(storeRoots));
  const code = new PointCode(f, target, {
    loops: [],
    bodies: [{ depth: 0, values: [], stores }],
    pinned: overlap(order, stores, target.buffers, []).pinned,
  });
  code.scope(() => storeScalar(code, fold, stores, total));
  entry.call(f);
}
