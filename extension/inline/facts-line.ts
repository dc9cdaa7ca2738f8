/** @file A derivative in a few words, for the end of a line: `∇²f 64×64 · κ 1.2e4 · 2 negative`. */
import type { MatrixDisplay, ValueDisplay } from "../../protocol/display.ts";
import type { Spectrum } from "../../protocol/facts.ts";
import { formatNumber, sizeOf } from "../../protocol/notation.ts";

export function factsLine(display: ValueDisplay, name: string): string {
  if (display.kind === "benchmark") return display.verdict || display.title;
  if (display.kind === "object") return name;
  if (display.kind === "group") {
    const blocks = display.items.length + display.omitted;
    return `${name}: ${blocks} ${blocks === 1 ? "block" : "blocks"}`;
  }
  const parts = [`${symbolOf(display, name)} ${extents(display)}`, ...spectrumParts(display.facts?.[0]?.spectrum)];
  const { nan, infinite } = display.statistics;
  if (nan > 0) parts.push(`${nan} NaN`);
  if (infinite > 0) parts.push(`${infinite} infinite`);
  return parts.join(" · ");
}

function symbolOf({ role, rows, columns }: MatrixDisplay, name: string): string {
  if (role === "hessian") return `∇²${name}`;
  if (role === "tensor") return name;
  return sizeOf(rows.shape) === 1 ? `∇${name}` : `∂${name}/∂${columns.name || "x"}`;
}

/** Rows × columns, and how many of them there are. */
function extents({ rows, columns, slices }: MatrixDisplay): string {
  const stack = sizeOf(slices.flatMap(({ shape }) => shape));
  const matrix = `${sizeOf(rows.shape)}×${sizeOf(columns.shape)}`;
  return stack === 1 ? matrix : `${stack} of ${matrix}`;
}

function spectrumParts(spectrum: Spectrum | undefined): string[] {
  if (!spectrum) return [];
  const { rank, conditionNumber, values } = spectrum;
  const condition = conditionNumber === null ? [] : [`κ ${formatNumber(conditionNumber, 3)}`];
  if (spectrum.kind === "singular values") return [`rank ${rank}`, ...condition];
  const zeros = values.length - rank;
  return [
    ...condition,
    ...(spectrum.negative > 0 ? [`${spectrum.negative} negative`] : [zeros > 0 ? "semidefinite" : "positive definite"]),
    ...(zeros > 0 ? [`${zeros} zero`] : []),
  ];
}
