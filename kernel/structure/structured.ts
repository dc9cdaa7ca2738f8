/** @file Sums of terms as a whole: their sums and products, kept short. */
import { type Shape, sizeOf } from "../shape.ts";
import { through, Unsolvable } from "./compose.ts";
import { blocked, denseWork, densified } from "./dense.ts";
import type { Tally } from "./factor.ts";
import { entriesOf, merged, type Structured, type Term } from "./term.ts";

/** More terms than this, or many more entries than the tensor has, and they are written out as one. */
const MOST_TERMS = 8;
const MOST_REPEATED = 3;

/** The same tensor with as few terms as it takes. */
function shortened(shape: Shape, dtype: Structured["dtype"], given: readonly Term[], tally: Tally): Structured {
  const terms = merged(given, dtype, tally);
  const whole: Structured = { shape, dtype, terms };
  if (terms.length < 2) return whole;
  const entries = terms.reduce((sum, each) => sum + entriesOf(each), 0);
  if (terms.length <= MOST_TERMS && entries <= MOST_REPEATED * sizeOf(shape)) return whole;
  tally.add(denseWork(whole));
  return { shape, dtype, terms: [blocked(whole)] };
}

export function plus(a: Structured, b: Structured, tally: Tally): Structured {
  if (a.terms.length === 0) return b;
  if (b.terms.length === 0) return a;
  return shortened(a.shape, wider(a, b), [...a.terms, ...b.terms], tally);
}

const wider = (a: Structured, b: Structured): Structured["dtype"] =>
  a.dtype === "float64" || b.dtype === "float64" ? "float64" : a.dtype;

/**
 * Σ over an axis group: `count` axes of `a` from `start` on run together with the first `count` of `b`, whose other axes
 * take their place.
 */
export function multiplied(a: Structured, start: number, count: number, b: Structured, tally: Tally): Structured {
  const dtype = wider(a, b);
  const shape = [...a.shape.slice(0, start), ...b.shape.slice(count), ...a.shape.slice(start + count)];
  const terms: Term[] = [];
  for (const left of a.terms) {
    for (const right of b.terms) {
      const term = throughOrWrittenOut(a, left, start, count, b, right, tally);
      if (term !== null) terms.push(term);
    }
  }
  return shortened(shape, dtype, terms, tally);
}

function throughOrWrittenOut(
  a: Structured,
  left: Term,
  start: number,
  count: number,
  b: Structured,
  right: Term,
  tally: Tally,
): Term | null {
  const dtype = wider(a, b);
  const written = (whole: Structured, term: Term): Term => {
    const alone: Structured = { ...whole, terms: [term] };
    tally.add(denseWork(alone));
    return densified(alone);
  };
  // The side with fewer entries is written out where positions cannot be solved for.
  const attempts: (() => Term | null)[] = [
    () => through(left, start, count, right, dtype, tally),
    ...(sizeOf(b.shape) <= sizeOf(a.shape)
      ? [() => through(left, start, count, written(b, right), dtype, tally)]
      : [() => through(written(a, left), start, count, right, dtype, tally)]),
    () => through(written(a, left), start, count, written(b, right), dtype, tally),
  ];
  for (const attempt of attempts) {
    try {
      return attempt();
    } catch (error) {
      if (!(error instanceof Unsolvable)) throw error;
    }
  }
  throw new Error("two tensors written out have a product");
}
