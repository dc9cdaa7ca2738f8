/** @file What the places of entries that are not zero say, in one line. */
import type { MatrixDisplay } from "../../../protocol/display.ts";
import { formatCount } from "../../../protocol/notation.ts";
import { EmbeddedSource } from "../../data/embedded.ts";
import { structureOf } from "../../data/structure.ts";
import type { Subject } from "./surface.ts";

/** Empty when it is not known: of a matrix that is reduced or elsewhere, only where blocks of entries are. */
export function structureLine({ content: { display, source }, slice }: Subject): string {
  if (display.structure) return statedLine(display.structure);
  if (display.preview.pooled || !(source instanceof EmbeddedSource)) return "";
  const { nonzero, lower, upper, form } = structureOf(source.plane(slice));
  const size = source.rows * source.columns;
  const counts = `${formatCount(nonzero)} of ${formatCount(size)} entries are not zero (${share(nonzero, size)})`;
  return [counts, nonzero > 0 ? bandOf(lower, upper) : "", form].filter(Boolean).join(" · ");
}

function statedLine({ kind, nonzero, of, bandwidth, colours }: NonNullable<MatrixDisplay["structure"]>): string {
  const groups =
    colours === undefined
      ? ""
      : `${formatCount(colours)} ${colours === 1 ? "product gives" : "products give"} all entries`;
  return [
    `${formatCount(nonzero)} of ${formatCount(of)} entries can be other than zero (${share(nonzero, of)})`,
    bandwidth ? bandOf(...bandwidth) : "",
    kind,
    groups,
  ]
    .filter(Boolean)
    .join(" · ");
}

function share(part: number, whole: number): string {
  const percent = (100 * part) / whole;
  return `${percent >= 10 || percent === 0 ? percent.toFixed(0) : percent.toPrecision(2)} %`;
}

const bandOf = (lower: number, upper: number): string =>
  `bandwidth ${formatCount(lower + upper + 1)} (${formatCount(lower)} below the diagonal, ${formatCount(upper)} above)`;
