/** @file The "..." of einsum: the axes that a term does not name, counted from the right and broadcast as elsewhere. */
import type { Tensor } from "../tensor.ts";
import { squeeze } from "./shape.ts";

const LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
const DOTS = "...";

/** A formula in letters alone, with the operands it fits. */
export interface Spelled {
  readonly formula: string;
  readonly tensors: readonly Tensor[];
}

/** The letters of an implicit result: what occurs once, in order. */
const once = (terms: string): string =>
  [...terms.replaceAll(/[.,]/g, "")]
    .filter((letter, i, all) => all.indexOf(letter) === i && all.lastIndexOf(letter) === i)
    .sort()
    .join("");

/** Letters for the dots. Of operands that broadcast along such an axis, those of extent 1 leave it out. */
export function spelledOut(formula: string, tensors: readonly Tensor[]): Spelled {
  const [left, right = DOTS + once(left)] = formula.split("->");
  const terms = left.split(",");
  const counts = terms.map((term, i) =>
    term.includes(DOTS) ? Math.max(0, (tensors[i]?.ndim ?? 0) - (term.length - DOTS.length)) : 0,
  );
  const free = [...LETTERS].filter((letter) => !formula.includes(letter)).slice(0, Math.max(0, ...counts));
  const lettersOf = (i: number): string[] => free.slice(free.length - counts[i]);
  const extentOf = (i: number, letter: string): number => {
    const place = lettersOf(i).indexOf(letter);
    return place < 0 ? 1 : tensors[i].shape[terms[i].indexOf(DOTS) + place];
  };
  const repeats = (i: number, letter: string): boolean =>
    extentOf(i, letter) === 1 && terms.some((_, other) => extentOf(other, letter) !== 1);
  const spelled = terms.map((term, i) =>
    term.replace(
      DOTS,
      lettersOf(i)
        .filter((letter) => !repeats(i, letter))
        .join(""),
    ),
  );
  const operands = tensors.map((tensor, i) => {
    if (i >= terms.length) return tensor;
    const first = terms[i].indexOf(DOTS);
    const gone = lettersOf(i).flatMap((letter, place) => (repeats(i, letter) ? [first + place] : []));
    return gone.length === 0 ? tensor : squeeze(tensor, gone);
  });
  return { formula: `${spelled.join(",")}->${right.replace(DOTS, free.join(""))}`, tensors: operands };
}
