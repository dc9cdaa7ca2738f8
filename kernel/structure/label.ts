/**
 * @file Labels and forms: what the positions of a structured tensor are written with. A label counts 0 … extent − 1; a
 * form is the position along one axis as an affine function of labels, or read from a table.
 */
import type { Factor } from "./factor.ts";

/** Unique in the program: no two terms share one by accident. */
export type Label = number;

let last = 0;
export const freshLabel = (): Label => ++last;

/** How far each label reaches. */
export type Extents = ReadonlyMap<Label, number>;

export interface Part {
  readonly label: Label;
  /** Never 0. */
  readonly stride: number;
}

/** `offset + Σ stride · label`, or with a `table` the number that stands there at the labels of the table. */
export interface Form {
  readonly offset: number;
  /** By ascending label. */
  readonly parts: readonly Part[];
  /** int32 positions. A form with a table has no offset and no parts. */
  readonly table: Factor | null;
  /** Positions in the table are less than this, and none is negative. */
  readonly below?: number;
}

export const constant = (offset: number): Form => ({ offset, parts: [], table: null });
export const bare = (label: Label): Form => ({ offset: 0, parts: [{ label, stride: 1 }], table: null });
export const fromTable = (table: Factor, below: number): Form => ({ offset: 0, parts: [], table, below });

/** `a + factor · b`, for forms without tables. */
export function combined(a: Form, b: Form, factor: number): Form {
  const parts: Part[] = [];
  let j = 0;
  for (const part of a.parts) {
    while (j < b.parts.length && b.parts[j].label < part.label) parts.push(scaled(b.parts[j++], factor));
    if (j < b.parts.length && b.parts[j].label === part.label) {
      const stride = part.stride + factor * b.parts[j++].stride;
      if (stride !== 0) parts.push({ label: part.label, stride });
    } else parts.push(part);
  }
  while (j < b.parts.length) parts.push(scaled(b.parts[j++], factor));
  return { offset: a.offset + factor * b.offset, parts, table: null };
}

const scaled = ({ label, stride }: Part, factor: number): Part => ({ label, stride: stride * factor });

/** Σ strides · labels + offset, in any order of labels. */
export function affine(offset: number, parts: readonly Part[]): Form {
  return parts.reduce((form, { label, stride }) => combined(form, bare(label), stride), constant(offset));
}

export const strideOf = (form: Form, label: Label): number =>
  form.parts.find((part) => part.label === label)?.stride ?? 0;

/** The label of a form that is just that label. */
export const bareLabel = ({ offset, parts, table }: Form): Label | null =>
  table === null && offset === 0 && parts.length === 1 && parts[0].stride === 1 ? parts[0].label : null;

/** Labels that a form reads. */
export const labelsOf = ({ parts, table }: Form): readonly Label[] =>
  table === null ? parts.map(({ label }) => label) : table.labels;

/** All labels that some forms read, each once, in the order in which they are met: the entries of a term are laid out so. */
export const labelOrder = (forms: readonly Form[]): Label[] => [...new Set(forms.flatMap(labelsOf))];

/** Whether two forms are at the same position whatever their labels are; tables count as equal when they are one. */
export function isSameForm(a: Form, b: Form): boolean {
  if (a.table !== null || b.table !== null) return a.table === b.table;
  const difference = combined(a, b, -1);
  return difference.parts.length === 0 && difference.offset === 0;
}

/** `form` where `by` stands for `label`; neither has a table. */
export function substituted(form: Form, label: Label, by: Form): Form {
  const stride = strideOf(form, label);
  if (stride === 0) return form;
  const rest: Form = { ...form, parts: form.parts.filter((part) => part.label !== label) };
  return combined(rest, by, stride);
}

/** The least and the greatest value that a form may have. */
export function rangeOf({ offset, parts, table, below }: Form, extents: Extents): [low: number, high: number] {
  if (table !== null) return [0, below! - 1];
  let [low, high] = [offset, offset];
  for (const { label, stride } of parts) {
    const reach = stride * (extents.get(label)! - 1);
    if (reach > 0) high += reach;
    else low += reach;
  }
  return [low, high];
}
