/** @file A spectrum as a small chart: the magnitude of each value on a logarithmic scale, those below 0 in another colour. */
import type { Spectrum } from "../../protocol/facts.ts";
import { formatCount, formatNumber } from "../../protocol/notation.ts";
import { make } from "../dom.ts";

const NAMESPACE = "http://www.w3.org/2000/svg";
const [WIDTH, HEIGHT] = [420, 120];
const MARGIN = { left: 48, right: 4, top: 8, bottom: 18 };
const WIDEST_BAR = 14;
/** Values that are 0 to rounding have no place on the scale: a stub at its foot. */
const STUB = 3;
const MOST_TICKS = 4;

export function spectrumChart(spectrum: Spectrum): HTMLElement {
  const { values, rank } = spectrum;
  // Zero to rounding are those of least magnitude.
  const sizes = values.map(Math.abs).sort((a, b) => b - a);
  const least = sizes[rank - 1];
  const ticks = ticksOf(least, sizes[0]);
  const [low, high] = [Math.min(ticks[0], Math.log10(least)), Math.max(ticks[ticks.length - 1], Math.log10(sizes[0]))];
  const foot = HEIGHT - MARGIN.bottom;
  const tall = foot - MARGIN.top - STUB - 2;
  const across = (WIDTH - MARGIN.left - MARGIN.right) / values.length;
  const thick = Math.min(WIDEST_BAR, across > 3 ? across - 1 : across);
  const y = (exponent: number): number => foot - STUB - 2 - (tall * (exponent - low)) / (high - low || 1);
  const bars = { positive: "", negative: "", zero: "" };
  values.forEach((value, i) => {
    const x = MARGIN.left + (i + 0.5) * across;
    const isZero = Math.abs(value) < least;
    const kind = isZero ? "zero" : value < 0 ? "negative" : "positive";
    bars[kind] += `M${x.toFixed(2)} ${foot}V${(isZero ? foot - STUB : y(Math.log10(Math.abs(value)))).toFixed(2)}`;
  });

  const svg = element("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": inWords(spectrum) });
  for (const exponent of ticks) {
    svg.append(element("path", { class: "grid", d: `M${MARGIN.left} ${y(exponent)}H${WIDTH - MARGIN.right}` }));
    svg.append(label(formatNumber(10 ** exponent, 3), MARGIN.left - 6, y(exponent) + 4, "end"));
  }
  for (const [kind, d] of Object.entries(bars)) {
    if (d) svg.append(element("path", { class: `bars ${kind}`, d, "stroke-width": thick.toFixed(2) }));
  }
  svg.append(label("1", MARGIN.left + across / 2, HEIGHT - 4, "middle"));
  if (values.length > 1) {
    svg.append(label(formatCount(values.length), WIDTH - MARGIN.right - across / 2, HEIGHT - 4, "end"));
  }
  const keys = [
    bars.negative && key("negative", spectrum.kind === "eigenvalues" ? "below zero" : ""),
    bars.negative && bars.positive && key("positive", "above zero"),
    bars.zero && key("zero", "zero to rounding"),
  ].filter((made) => made instanceof HTMLElement);
  const caption = make("p", {
    class: "note",
    text: `Magnitudes of the ${spectrum.kind}, ${spectrum.kind === "eigenvalues" ? "from the least to the greatest" : "the largest first"}, on a logarithmic scale.`,
  });
  const legend = keys.length > 0 ? make("div", { class: "spectrum-keys" }, ...keys) : undefined;
  return make("div", { class: "spectrum-chart" }, svg as unknown as Node, legend, caption);
}

/** Exponents of ten at which there are lines: one at least. */
function ticksOf(least: number, largest: number): number[] {
  const [from, to] = [Math.floor(Math.log10(least)), Math.ceil(Math.log10(largest))];
  const step = Math.max(1, Math.ceil((to - from) / (MOST_TICKS - 1)));
  const ticks: number[] = [];
  for (let exponent = from; exponent < to + step; exponent += step) ticks.push(exponent);
  return ticks;
}

function inWords(spectrum: Spectrum): string {
  const { kind, values, rank } = spectrum;
  const [first, last] = [values[0], values[values.length - 1]].map((value) => formatNumber(value, 3));
  const zeros = values.length - rank;
  return [
    `${formatCount(values.length)} ${kind} from ${first} to ${last}`,
    spectrum.kind === "eigenvalues" ? `${formatCount(spectrum.negative)} below zero` : "",
    zeros > 0 ? `${formatCount(zeros)} zero to rounding` : "",
  ]
    .filter(Boolean)
    .join(", ");
}

const key = (kind: string, text: string): HTMLElement =>
  make("span", { class: "mark" }, make("span", { class: `swatch plain ${kind}` }), make("span", { text }));

function element(tag: string, attributes: Readonly<Record<string, string>>): SVGElement {
  const made = document.createElementNS(NAMESPACE, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

function label(text: string, x: number, y: number, anchor: string): SVGElement {
  const made = element("text", { x: String(x), y: String(y), "text-anchor": anchor });
  made.textContent = text;
  return made;
}
