/**
 * @file Products of terms. Where two terms share axes, the positions must be equal; solving that for labels makes most of
 * them vanish, so what a chain rule would multiply with zeros and ones is never formed. What stays is a product entry by
 * entry, an axis of a batch, or a true contraction.
 */
import type { DType } from "../dtype.ts";
import { contracted, product, summed } from "./arithmetic.ts";
import type { Factor, Tally } from "./factor.ts";
import { gathered, inside } from "./gather.ts";
import {
  affine,
  bareLabel,
  combined,
  constant,
  type Form,
  freshLabel,
  fromTable,
  isSameForm,
  type Label,
  labelsOf,
  rangeOf,
  strideOf,
  substituted,
} from "./label.ts";
import { type Guard, renamed, type Term } from "./term.ts";

/** Positions that cannot be solved for one label: the caller writes one of the terms out along its axes. */
export class Unsolvable extends Error {}

/** The product is zero: the two terms have no position in common. */
class Empty extends Error {}

/** A product while its labels are being solved for. */
class Solution {
  readonly extents: Map<Label, number>;
  forms: Form[];
  factors: Factor[];
  guards: Guard[];

  constructor(a: Term, b: Term) {
    this.extents = new Map([...a.extents, ...b.extents]);
    this.forms = [...a.forms, ...b.forms];
    this.factors = [...a.factors, ...b.factors];
    this.guards = [...a.guards, ...b.guards];
  }

  /** Makes the forms of two axes of one extent equal. */
  equate(x: number, y: number): void {
    const [a, b] = [this.forms[x], this.forms[y]];
    if (a.table !== null || b.table !== null) {
      this.#equateTable(a, b);
      return;
    }
    if (this.#matchDigits(a, b)) return;
    const difference = lowest(combined(a, b, -1));
    if (difference === null) throw new Empty();
    if (difference.parts.length === 0) return;
    const { label, by } = this.#solved(difference);
    this.#substitute(label, by);
  }

  /** Some label of `difference = 0` as a form of the others. */
  #solved(difference: Form): { label: Label; by: Form } {
    let best: { label: Label; by: Form; rank: number } | null = null;
    for (const { label, stride } of difference.parts) {
      if (Math.abs(stride) !== 1) continue;
      const rest: Form = { ...difference, parts: difference.parts.filter((part) => part.label !== label) };
      const by = combined(constant(0), rest, -stride);
      const [low, high] = rangeOf(by, this.extents);
      const fits = low >= 0 && high < this.extents.get(label)!;
      const simple = by.parts.length <= 1 && by.parts.every((part) => Math.abs(part.stride) === 1);
      // A label without values costs nothing to replace.
      const valued = this.factors.some((factor) => factor.has(label));
      const rank = (fits ? 0 : simple ? 2 : 4) + (valued ? 1 : 0);
      if (best === null || rank < best.rank) best = { label, by, rank };
    }
    if (best === null) throw new Unsolvable();
    return best;
  }

  /** Two numbers with the same digits are equal when their digits are. */
  #matchDigits(a: Form, b: Form): boolean {
    if (a.offset !== b.offset || a.parts.length !== b.parts.length || a.parts.length < 2) return false;
    const digits = (form: Form) =>
      [...form.parts]
        .map(({ label, stride }) => ({ label, stride, extent: this.extents.get(label)! }))
        .sort((p, q) => p.stride - q.stride);
    const [ofA, ofB] = [digits(a), digits(b)];
    let reach = 0;
    for (const [d, { stride, extent }] of ofA.entries()) {
      if (stride !== ofB[d].stride || extent !== ofB[d].extent || stride <= reach) return false;
      reach += stride * (extent - 1);
    }
    const shared = new Set(ofA.map(({ label }) => label));
    if (ofB.some(({ label }) => shared.has(label))) return false;
    ofA.forEach(({ label }, d) => {
      this.#substitute(label, affine(0, [{ label: ofB[d].label, stride: 1 }]));
    });
    return true;
  }

  /** A table on one side: the label of the other takes its values. */
  #equateTable(a: Form, b: Form): void {
    if (a.table !== null && b.table !== null) {
      if (a.table === b.table) return;
      throw new Unsolvable();
    }
    const [table, plain] = a.table !== null ? [a, b] : [b, a];
    const label = bareLabel(plain);
    if (label === null || table.table!.has(label)) throw new Unsolvable();
    // A label that does not reach as far as the axis, as in a piece of it: not every position is one of its own.
    if (table.below! > this.extents.get(label)!) throw new Unsolvable();
    // Elsewhere the label must stand alone too: a table has no multiples.
    for (const form of [...this.forms, ...this.guards.map((guard) => guard.form)]) {
      if (form !== plain && form.table === null && strideOf(form, label) !== 0 && bareLabel(form) !== label) {
        throw new Unsolvable();
      }
    }
    this.#substitute(label, table);
  }

  /** Puts `by` for `label`, with what that says about the reach of the labels. */
  #substitute(label: Label, given: Form): void {
    let by = given;
    const extent = this.extents.get(label)!;
    if (by.table === null) {
      const [low, high] = rangeOf(by, this.extents);
      if (low < 0 || high >= extent) {
        if (by.parts.length === 0) throw new Empty();
        if (by.parts.length === 1) by = this.#restrict(by, extent);
        else this.guards.push({ form: by, extent });
      }
    }
    const replaced = (form: Form): Form => {
      if (form.table?.has(label)) return fromTable(gathered(form.table, label, by, this.extents), form.below!);
      if (by.table === null) return form.table === null ? substituted(form, label, by) : form;
      return bareLabel(form) === label ? by : form;
    };
    this.forms = this.forms.map(replaced);
    this.guards = this.guards.map(({ form, extent: limit }) => ({ form: replaced(form), extent: limit }));
    this.factors = this.factors.map((factor) =>
      factor.has(label) ? gathered(factor, label, by, this.extents) : factor,
    );
    this.extents.delete(label);
  }

  /** Narrows the one label of `form` to where `0 ≤ form < extent`; the form in the new label. */
  #restrict(form: Form, extent: number): Form {
    const [{ label, stride }] = form.parts;
    const count = this.extents.get(label)!;
    const bounds = [-form.offset / stride, (extent - 1 - form.offset) / stride];
    const low = Math.max(0, Math.ceil(Math.min(...bounds)));
    const high = Math.min(count - 1, Math.floor(Math.max(...bounds)));
    if (high < low) throw new Empty();
    const narrow = freshLabel();
    this.extents.set(narrow, high - low + 1);
    const shifted = affine(low, [{ label: narrow, stride: 1 }]);
    this.#substitute(label, shifted);
    return substituted(form, label, shifted);
  }

  /** Drops axes, and sums over the labels that no other axis has. */
  project(kept: readonly number[], scale: number, dtype: DType, tally: Tally): Term {
    const forms = kept.map((axis) => this.forms[axis]);
    const stays = new Set(forms.flatMap(labelsOf));
    let guards: Guard[] = [];
    for (const guard of this.guards) {
      const [low, high] = rangeOf(guard.form, this.extents);
      if (low >= 0 && high < guard.extent) continue;
      if (labelsOf(guard.form).every((label) => stays.has(label))) guards.push(guard);
      else this.factors.push(inside(guard.form, guard.extent, this.extents));
    }
    guards = guards.filter(({ form, extent }, i) => !guards.slice(0, i).some((other) => isSame(other, form, extent)));
    const summedLabels = [...this.extents.keys()].filter((label) => !stays.has(label));
    let whole = scale;
    const inFactors = summedLabels.filter((label) => this.factors.some((factor) => factor.has(label)));
    for (const label of summedLabels) if (!inFactors.includes(label)) whole *= this.extents.get(label)!;
    const factors = folded(sumOver(this.factors, inFactors, dtype, tally), tally);
    const extents = new Map([...this.extents].filter(([label]) => stays.has(label)));
    return { extents, forms, scale: whole, factors, guards };
  }
}

/** `form = 0` divided by what its strides have in common; null when it has no solution in integers. */
function lowest(form: Form): Form | null {
  if (form.parts.length === 0) return form.offset === 0 ? form : null;
  const common = form.parts.reduce((divisor, { stride }) => gcd(divisor, Math.abs(stride)), 0);
  if (common === 1) return form;
  if (form.offset % common !== 0) return null;
  const parts = form.parts.map(({ label, stride }) => ({ label, stride: stride / common }));
  return { ...form, offset: form.offset / common, parts };
}

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));

const isSame = (guard: Guard, form: Form, extent: number): boolean =>
  guard.extent === extent && isSameForm(guard.form, form);

/** Σ over `labels` of the product of `factors`, as factors again. */
function sumOver(given: readonly Factor[], labels: readonly Label[], dtype: DType, tally: Tally): Factor[] {
  let factors = [...given];
  const open = new Set(labels);
  while (open.size > 0) {
    const [label] = open;
    let those = factors.filter((factor) => factor.has(label)).sort((a, b) => a.size - b.size);
    factors = factors.filter((factor) => !factor.has(label));
    while (those.length > 2) {
      const [a, b, ...rest] = those;
      those = [product(a, b, tally), ...rest].sort((p, q) => p.size - q.size);
    }
    // Sums that concern these alone are taken at once.
    const here = [...open].filter(
      (each) => those.every((factor) => factor.has(each)) && !factors.some((factor) => factor.has(each)),
    );
    for (const each of here) open.delete(each);
    if (those.length === 1) factors.push(summed(those[0], here, dtype, tally));
    else {
      // What only one of the two has is summed in it first.
      const [a, b] = those.map((factor, i) => {
        const alone = factor.labels.filter(
          (each) => open.has(each) && !those[1 - i].has(each) && !factors.some((other) => other.has(each)),
        );
        for (const each of alone) open.delete(each);
        return alone.length === 0 ? factor : summed(factor, alone, dtype, tally);
      });
      factors.push(contracted(a, b, here, dtype, tally));
    }
  }
  return factors;
}

/** A factor whose labels another one has too is multiplied into it; others stay apart, as a product of low rank does. */
function folded(given: readonly Factor[], tally: Tally): Factor[] {
  const factors = [...given].sort((a, b) => a.size - b.size);
  for (let i = 0; i < factors.length - 1; ) {
    const into = factors.findIndex((other, j) => j > i && factors[i].labels.every((label) => other.has(label)));
    if (into < 0) i++;
    else {
      factors[into] = product(factors[i], factors[into], tally);
      factors.splice(i, 1);
    }
  }
  return factors;
}

/**
 * The product of two terms over an axis group: `count` axes of `a` from `start`, and the first `count` axes of `b`, are
 * made equal and summed. The other axes of `b` take their place.
 * @returns null for zero
 * @throws Unsolvable
 */
export function through(a: Term, start: number, count: number, given: Term, dtype: DType, tally: Tally): Term | null {
  const b = renamed(given);
  const solution = new Solution(a, b);
  const rank = a.forms.length;
  try {
    for (let k = 0; k < count; k++) solution.equate(start + k, rank + k);
  } catch (error) {
    if (error instanceof Empty) return null;
    throw error;
  }
  const kept: number[] = [];
  for (let d = 0; d < start; d++) kept.push(d);
  for (let d = count; d < b.forms.length; d++) kept.push(rank + d);
  for (let d = start + count; d < rank; d++) kept.push(d);
  return solution.project(kept, a.scale * b.scale, dtype, tally);
}
