/** @file Laws of structured tensors, tried on random terms: what is done to terms is done to the tensors they stand for. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { Tensor, tensor } from "../../../kernel/index.ts";
import { through, Unsolvable } from "../../../kernel/structure/compose.ts";
import { densified, toNode } from "../../../kernel/structure/dense.ts";
import { Factor, Tally } from "../../../kernel/structure/factor.ts";
import { affine, type Form, freshLabel, fromTable } from "../../../kernel/structure/label.ts";
import { multiplied } from "../../../kernel/structure/structured.ts";
import {
  entriesOf,
  isDense,
  merged,
  permuted,
  type Structured,
  type Term,
  term,
} from "../../../kernel/structure/term.ts";
import { BACKENDS, on } from "../support/backends.ts";
import { entries, type Grid, get, grid, positions } from "../support/grid.ts";
import { assertNear } from "../support/near.ts";

/** 5040 choices divide evenly by all small numbers. */
const tapes = fc.noBias(fc.array(fc.nat({ max: 5039 }), { minLength: 150, maxLength: 250 }));
type Choose = (count: number) => number;
function chooserFrom(tape: readonly number[]): Choose {
  let next = 0;
  return (count) => tape[next++ % tape.length] % count;
}

/** Values along some of the labels, which are numbered. */
interface Values extends Grid {
  readonly labels: readonly number[];
}
interface Affine {
  readonly offset: number;
  readonly parts: readonly { readonly label: number; readonly stride: number }[];
}

/** A term written with plain numbers. */
interface Plain {
  /** Of the tensor. */
  readonly shape: readonly number[];
  /** Of each label. */
  readonly extents: readonly number[];
  readonly axes: readonly (Affine | Values)[];
  readonly scale: number;
  readonly factors: readonly (Values & { readonly dtype: "float64" | "bool" })[];
}

const isTable = (axis: Affine | Values): axis is Values => "data" in axis;
const labelsOf = (axis: Affine | Values): number[] =>
  isTable(axis) ? [...axis.labels] : axis.parts.map(({ label }) => label);
const valueAt = (values: Values, at: readonly number[]): number =>
  get(
    values,
    values.labels.map((label) => at[label]),
  );
const positionAt = (axis: Affine | Values, at: readonly number[]): number =>
  isTable(axis)
    ? valueAt(axis, at)
    : axis.parts.reduce((sum, { label, stride }) => sum + stride * at[label], axis.offset);

/** Some of the numbers below `count`, in any order. */
function someOf(count: number, most: number, choose: Choose): number[] {
  const left = Array.from({ length: count }, (_, i) => i);
  const size = choose(Math.min(count, most) + 1);
  return Array.from({ length: size }, () => left.splice(choose(left.length), 1)[0]);
}

function axisFor(extent: number, extents: readonly number[], choose: Choose): Affine | Values {
  const label = choose(extents.length);
  const other = (label + 1) % extents.length;
  switch (choose(8)) {
    case 0:
      return { offset: choose(extent), parts: [] };
    case 1: {
      const labels = someOf(extents.length, 2, choose);
      const shape = labels.map((each) => extents[each]);
      return { labels, ...grid(shape, () => choose(extent)) };
    }
    case 2: {
      // Digits.
      if (other === label) return { offset: 0, parts: [{ label, stride: 1 }] };
      const parts = [
        { label, stride: extents[other] },
        { label: other, stride: 1 },
      ];
      return { offset: 0, parts };
    }
    case 3:
    case 4: {
      const stride = [-3, -2, -1, 1, 2, 3][choose(6)];
      return { offset: choose(extent + 2) - 1, parts: [{ label, stride }] };
    }
    case 5: {
      if (other === label) return { offset: 0, parts: [{ label, stride: 1 }] };
      const strides = [-2, -1, 1, 1, 2];
      const parts = [label, other].map((each) => ({ label: each, stride: strides[choose(5)] }));
      return { offset: choose(extent + 2) - 1, parts };
    }
    default:
      return { offset: 0, parts: [{ label, stride: 1 }] };
  }
}

function plainTerm(shape: readonly number[], choose: Choose): Plain {
  const extents = Array.from({ length: 1 + choose(4) }, () => [1, 2, 2, 3, 3, 4][choose(6)]);
  const axes = shape.map((extent) => axisFor(extent, extents, choose));
  return { shape, extents, axes, scale: [1, 1, -1, 2][choose(4)], factors: factorsFor(extents, axes, choose) };
}

/** Only along labels that some axis has. */
function factorsFor(extents: readonly number[], axes: Plain["axes"], choose: Choose): Plain["factors"] {
  const used = [...new Set(axes.flatMap(labelsOf))];
  return Array.from({ length: choose(4) }, () => {
    const labels = someOf(used.length, 3, choose).map((i) => used[i]);
    const isMask = choose(4) === 0;
    const entry = (): number => (isMask ? choose(2) : choose(7) - 3);
    const shape = labels.map((label) => extents[label]);
    return { labels, dtype: isMask ? "bool" : "float64", ...grid(shape, entry) };
  });
}

const isInside = (at: readonly number[], shape: readonly number[]): boolean =>
  at.every((i, d) => i >= 0 && i < shape[d]);

/** The tensor that a term stands for, entry by entry. */
function written({ shape, extents, axes, scale, factors }: Plain): Grid {
  const data = new Array<number>(entries(shape)).fill(0);
  const used = new Set(axes.flatMap(labelsOf));
  for (const at of positions(extents.map((extent, label) => (used.has(label) ? extent : 1)))) {
    const to = axes.map((axis) => positionAt(axis, at));
    if (!isInside(to, shape)) continue;
    data[to.reduce((flat, i, d) => flat * shape[d] + i, 0)] += factors.reduce(
      (product, factor) => product * valueAt(factor, at),
      scale,
    );
  }
  return { shape, data };
}

/** The same as the kernel writes it. */
function termOf({ shape, extents, axes, scale, factors }: Plain): Term {
  const labels = extents.map(() => freshLabel());
  const factorOf = (values: Values, dtype: "float64" | "bool" | "int32"): Factor =>
    new Factor(
      values.labels.map((label) => labels[label]),
      values.shape,
      dtype,
      [],
      () => tensor(Float64Array.from(values.data), { shape: values.shape, dtype }).node,
    );
  const forms = axes.map((axis, d): Form => {
    if (isTable(axis)) return fromTable(factorOf(axis, "int32"), shape[d]);
    return affine(
      axis.offset,
      axis.parts.map(({ label, stride }) => ({ label: labels[label], stride })),
    );
  });
  const guards = axes.flatMap((axis, d) => {
    if (isTable(axis)) return [];
    const all = Array.from(positions(extents), (at) => positionAt(axis, at));
    return all.every((i) => i >= 0 && i < shape[d]) ? [] : [{ form: forms[d], extent: shape[d] }];
  });
  return term(new Map(labels.map((label, i) => [label, extents[i]])), forms, {
    scale,
    factors: factors.map((factor) => factorOf(factor, factor.dtype)),
    guards,
  });
}

const structured = (shape: readonly number[], terms: readonly Term[]): Structured => ({
  shape,
  dtype: "float64",
  terms,
});
const shapeFor = (most: number, choose: Choose): number[] =>
  Array.from({ length: choose(most + 1) }, () => 1 + choose(5));

function assertIs(given: Structured, expected: Grid, what: string): void {
  for (const backend of BACKENDS) {
    on(backend, () => assertNear(new Tensor(toNode(given)), expected, { rtol: 0, what: `${what}, ${backend}` }));
  }
}

const sumOf = (grids: readonly Grid[]): Grid => ({
  shape: grids[0].shape,
  data: grids[0].data.map((_, i) => grids.reduce((sum, { data }) => sum + data[i], 0)),
});

/** Σ over `count` axes of `a` from `start`, and the first `count` of `b`, whose other axes take their place. */
function contracted(a: Grid, start: number, count: number, b: Grid): Grid {
  const [before, shared] = [a.shape.slice(0, start), a.shape.slice(start, start + count)];
  const after = a.shape.slice(start + count);
  const own = b.shape.slice(count);
  return grid([...before, ...own, ...after], (at) => {
    const [x, y] = [at.slice(0, start), at.slice(start, start + own.length)];
    const z = at.slice(start + own.length);
    let total = 0;
    for (const s of positions(shared)) total += get(a, [...x, ...s, ...z]) * get(b, [...s, ...y]);
    return total;
  });
}

interface Pair {
  readonly start: number;
  readonly count: number;
  readonly left: readonly number[];
  readonly right: readonly number[];
}
function pairFor(choose: Choose): Pair {
  const [before, shared, after, own] = [2, 2, 1, 2].map((most) => shapeFor(most, choose));
  return {
    start: before.length,
    count: shared.length,
    left: [...before, ...shared, ...after],
    right: [...shared, ...own],
  };
}

suite("terms", () => {
  test("written out, they have each entry at its place", () => {
    fc.assert(
      fc.property(tapes, (tape) => {
        const choose = chooserFrom(tape);
        const shape = shapeFor(3, choose);
        const terms = Array.from({ length: 1 + choose(3) }, () => plainTerm(shape, choose));
        const what = JSON.stringify(terms);
        assertIs(structured(shape, terms.map(termOf)), sumOf(terms.map(written)), what);
      }),
      { seed: 11, numRuns: 400 },
    );
  });

  test("through shared axes, two make the contraction of their tensors, or say that they cannot be solved", () => {
    let [solved, unsolved] = [0, 0];
    fc.assert(
      fc.property(tapes, (tape) => {
        const choose = chooserFrom(tape);
        const { start, count, left, right } = pairFor(choose);
        const [a, b] = [plainTerm(left, choose), plainTerm(right, choose)];
        const expected = contracted(written(a), start, count, written(b));
        let product: Term | null;
        try {
          product = through(termOf(a), start, count, termOf(b), "float64", new Tally());
          solved++;
        } catch (error) {
          if (!(error instanceof Unsolvable)) throw error;
          unsolved++;
          return;
        }
        assertIs(
          structured(expected.shape, product === null ? [] : [product]),
          expected,
          JSON.stringify({ a, b, start, count }),
        );
      }),
      { seed: 12, numRuns: 1200 },
    );
    assert.ok(solved > 3 * unsolved && unsolved > 0, `${solved} solved, ${unsolved} not`);
  });

  test("numbers with the same digits meet where all digits do, shifted or not", () => {
    for (const [p, q] of positions([3, 3])) {
      for (const stride of [2, 3, 4]) {
        const digits = (offset: number): Affine => ({
          offset,
          parts: [
            { label: 0, stride },
            { label: 1, stride: 1 },
          ],
        });
        const bare = (label: number): Affine => ({ offset: 0, parts: [{ label, stride: 1 }] });
        const ofTerm = (shape: readonly number[], axes: readonly Affine[]): Plain => {
          const values = { labels: [0, 1], ...grid([2, 3], ([i, j]) => 1 + 3 * i + j) };
          return { shape, extents: [2, 3], axes, scale: 1, factors: [{ ...values, dtype: "float64" }] };
        };
        const a = ofTerm([2, 3, 12], [bare(0), bare(1), digits(p)]);
        const b = ofTerm([12, 2, 3], [digits(q), bare(0), bare(1)]);
        const product = through(termOf(a), 2, 1, termOf(b), "float64", new Tally());
        const expected = contracted(written(a), 2, 1, written(b));
        const what = `${stride} i + j + ${p} and ${q}`;
        assertIs(structured(expected.shape, product === null ? [] : [product]), expected, what);
        // Nothing is left of the digits: an entry for each pair of them.
        if (p === q && stride > 2) assert.equal(entriesOf(product!), 6);
      }
    }
  });

  test("three in a row make the same, from either end", () => {
    fc.assert(
      fc.property(tapes, (tape) => {
        const choose = chooserFrom(tape);
        const [x, y, z, w] = [1, 2, 2, 1].map((most) => shapeFor(most, choose));
        const plains = [
          plainTerm([...x, ...y], choose),
          plainTerm([...y, ...z], choose),
          plainTerm([...z, ...w], choose),
        ];
        const [a, b, c] = plains.map((each) => structured(each.shape, [termOf(each)]));
        const [ga, gb, gc] = plains.map(written);
        const expected = contracted(contracted(ga, x.length, y.length, gb), x.length, z.length, gc);
        const what = JSON.stringify(plains);
        const tally = new Tally();
        const ab = multiplied(a, x.length, y.length, b, tally);
        assertIs(multiplied(ab, x.length, z.length, c, tally), expected, `(ab)c of ${what}`);
        const bc = multiplied(b, y.length, z.length, c, tally);
        assertIs(multiplied(a, x.length, y.length, bc, tally), expected, `a(bc) of ${what}`);
      }),
      { seed: 13, numRuns: 400 },
    );
  });

  test("merged, they have the same sum, and terms at the same positions are one", () => {
    fc.assert(
      fc.property(tapes, (tape) => {
        const choose = chooserFrom(tape);
        const shape = shapeFor(3, choose);
        const firsts = Array.from({ length: 1 + choose(3) }, () => plainTerm(shape, choose));
        const terms = firsts.flatMap((each) => [
          each,
          // Other entries at the same positions, and what cancels.
          ...(choose(2) === 0 ? [{ ...each, factors: factorsFor(each.extents, each.axes, choose) }] : []),
          ...(choose(4) === 0 ? [{ ...each, scale: -each.scale }] : []),
        ]);
        const made = merged(terms.map(termOf), "float64", new Tally());
        assertIs(structured(shape, made), sumOf(terms.map(written)), JSON.stringify(terms));
        const [one] = firsts;
        const isPlain = one.factors.length < 2 && !one.axes.some(isTable);
        if (isPlain) assert.ok(merged([one, one, one].map(termOf), "float64", new Tally()).length <= 1);
      }),
      { seed: 14, numRuns: 400 },
    );
  });

  test("densified, they are one term with all entries", () => {
    fc.assert(
      fc.property(tapes, (tape) => {
        const choose = chooserFrom(tape);
        const shape = shapeFor(3, choose);
        const terms = Array.from({ length: 1 + choose(2) }, () => plainTerm(shape, choose));
        const whole = densified(structured(shape, terms.map(termOf)));
        assert.ok(isDense(whole, shape));
        assertIs(structured(shape, [whole]), sumOf(terms.map(written)), JSON.stringify(terms));
      }),
      { seed: 15, numRuns: 200 },
    );
  });

  test("permuted, they are the tensor with its axes in another order", () => {
    fc.assert(
      fc.property(tapes, (tape) => {
        const choose = chooserFrom(tape);
        const shape = shapeFor(3, choose);
        const plain = plainTerm(shape, choose);
        const axes = shape.map((_, d) => d).sort(() => choose(3) - 1);
        const before = written(plain);
        const expected = grid(
          axes.map((axis) => shape[axis]),
          (at) =>
            get(
              before,
              shape.map((_, d) => at[axes.indexOf(d)]),
            ),
        );
        assertIs(permuted(structured(shape, [termOf(plain)]), axes), expected, JSON.stringify({ plain, axes }));
      }),
      { seed: 16, numRuns: 100 },
    );
  });
});
