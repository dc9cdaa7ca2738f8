/**
 * @file The tags `html`, `md`, `svg` and `tex` of a cell: a text that says what it is, and is shown as that. What the
 * person wrote is kept as it is. What is put into `html` and `svg` is text, whatever it holds: a name read from a file
 * cannot bring an element or a script along. Markup goes in as the outcome of `html` or `svg`.
 */
import type { MimeBundle } from "../../../protocol/display.ts";
import { escapeMarkup } from "./markup.ts";

const DISPLAY_HOOK = Symbol.for("Jupyter.display");

/** Goes into another template, or `String()`, as its source. */
export class RichText {
  readonly source: string;
  readonly #bundle: MimeBundle;

  constructor(source: string, bundle: MimeBundle) {
    this.source = source;
    this.#bundle = bundle;
  }

  /** Whether it can stand in a document of HTML as it is. */
  get isMarkup(): boolean {
    return "text/html" in this.#bundle || "image/svg+xml" in this.#bundle;
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
  const source = filled(template, values, (part) => part.cooked, asMarkup);
  return new RichText(source, { "text/html": source, "text/plain": withoutTags(source) });
};

export const svg: Tag = (template, ...values) => {
  const source = filled(template, values, (part) => part.cooked, asMarkup);
  return new RichText(source, { "image/svg+xml": source, "text/plain": withoutTags(source) || "a picture (SVG)" });
};

export const md: Tag = (template, ...values) => {
  const source = filled(template, values, (part) => unescaped(part.raw), String);
  return new RichText(source, { "text/markdown": source, "text/plain": source });
};

/** A formula on lines of its own. */
export const tex: Tag = (template, ...values) => {
  const source = filled(template, values, (part) => unescaped(part.raw), String).trim();
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
  write: (value: unknown) => string,
): string {
  if (typeof template === "string") return template;
  return template.reduce((text, cooked, i) => {
    const value = i === 0 ? "" : inserted(values[i - 1], write);
    return text + value + textOf({ cooked: cooked ?? template.raw[i], raw: template.raw[i] });
  }, "");
}

/** Parts of a list stand one after the other, so that `items.map(…)` may stand in a template. */
const inserted = (value: unknown, write: (value: unknown) => string): string =>
  Array.isArray(value) ? value.map((part) => inserted(part, write)).join("") : write(value);

const asMarkup = (value: unknown): string =>
  value instanceof RichText && value.isMarkup ? value.source : escapeMarkup(String(value));

/** Backslashes belong to the formulas; only what a template cannot hold without one loses it. */
const unescaped = (raw: string): string => raw.replace(/\\([`$])/g, "$1");

/** The entities that `escapeMarkup` writes. */
const PLAIN: Readonly<Record<string, string>> = { "&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#39;": "'" };

const withoutTags = (source: string): string =>
  source
    .replace(/<(style|script)\b.*?<\/\1>|<[^>]*>/gis, " ")
    .replace(/&(?:amp|lt|gt|quot|#39);/g, (entity) => PLAIN[entity])
    .replace(/\s+/g, " ")
    .trim();
