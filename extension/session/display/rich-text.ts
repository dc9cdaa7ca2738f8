/**
 * @file The tags `html`, `md`, `svg` and `tex` of a cell: a text that says what it is, and is shown as that. What the
 * person wrote is kept as it is: nothing is escaped and nothing is taken out.
 */
import type { MimeBundle } from "../../../protocol/display.ts";

const DISPLAY_HOOK = Symbol.for("Jupyter.display");

/** Goes into another template, or `String()`, as its source. */
export class RichText {
  readonly source: string;
  readonly #bundle: MimeBundle;

  constructor(source: string, bundle: MimeBundle) {
    this.source = source;
    this.#bundle = bundle;
  }

  [DISPLAY_HOOK](): MimeBundle {
    return this.#bundle;
  }

  toString(): string {
    return this.source;
  }
}

/** As a tag of a template, or called with a text. */
type Tag = (template: TemplateStringsArray | string, ...values: readonly unknown[]) => RichText;

export const html: Tag = (template, ...values) => {
  const source = filled(template, values, (part) => part.cooked);
  return new RichText(source, { "text/html": source, "text/plain": withoutTags(source) });
};

export const svg: Tag = (template, ...values) => {
  const source = filled(template, values, (part) => part.cooked);
  return new RichText(source, { "image/svg+xml": source, "text/plain": withoutTags(source) || "a picture (SVG)" });
};

export const md: Tag = (template, ...values) => {
  const source = filled(template, values, (part) => unescaped(part.raw));
  return new RichText(source, { "text/markdown": source, "text/plain": source });
};

/** A formula on lines of its own. */
export const tex: Tag = (template, ...values) => {
  const source = filled(template, values, (part) => unescaped(part.raw)).trim();
  return new RichText(source, { "text/latex": `$$\n${source}\n$$`, "text/plain": source });
};

interface Part {
  readonly cooked: string;
  readonly raw: string;
}

function filled(
  template: TemplateStringsArray | string,
  values: readonly unknown[],
  textOf: (part: Part) => string,
): string {
  if (typeof template === "string") return template;
  return template.reduce((text, cooked, i) => {
    const value = i === 0 ? "" : inserted(values[i - 1]);
    return text + value + textOf({ cooked: cooked ?? template.raw[i], raw: template.raw[i] });
  }, "");
}

/** Parts of a list stand one after the other, so that `items.map(…)` may stand in a template. */
const inserted = (value: unknown): string => (Array.isArray(value) ? value.map(inserted).join("") : String(value));

/** Backslashes belong to the formulas; only what a template cannot hold without one loses it. */
const unescaped = (raw: string): string => raw.replace(/\\([`$])/g, "$1");

const withoutTags = (source: string): string =>
  source
    .replace(/<(style|script)\b.*?<\/\1>|<[^>]*>/gis, " ")
    .replace(/\s+/g, " ")
    .trim();
