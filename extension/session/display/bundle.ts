/** @file A cell's result as a MIME bundle: our interactive picture, a PNG for readers without us, and text. */
import { DISPLAY_MIME, type MimeBundle, type ValueDisplay } from "../../../protocol/display.ts";
import { displayOf } from "./display-of.ts";
import { imageBundle } from "./image-bytes.ts";
import { pictureOf } from "./picture-of.ts";
import { recordsBundle } from "./records.ts";
import { textOf } from "./text-of.ts";

/** Deno's convention, so that a value made for its notebooks looks the same in ours. */
const DISPLAY_HOOK = Symbol.for("Jupyter.display");

export function bundleOf(value: unknown): MimeBundle | undefined {
  if (value === undefined) return undefined;
  const own = ownBundle(value);
  if (own) return own;
  const display = displayOf(value);
  if (display) return withDisplay(display, textOf(value));
  return imageBundle(value) ?? recordsBundle(value) ?? { "text/plain": textOf(value) };
}

function ownBundle(value: unknown): MimeBundle | undefined {
  if (value === null || (typeof value !== "object" && typeof value !== "function")) return undefined;
  const hook: unknown = Reflect.get(value, DISPLAY_HOOK);
  if (typeof hook !== "function") return undefined;
  const bundle: unknown = hook.call(value);
  const expected = 'expected an object such as { "text/html": "<b>bold</b>" }';
  if (bundle === null || typeof bundle !== "object" || bundle instanceof Promise) {
    const came = bundle instanceof Promise ? "a promise" : String(bundle);
    throw new TypeError(`[Symbol.for("Jupyter.display")]() returned ${came}: ${expected}.`);
  }
  return bundle as MimeBundle;
}

function withDisplay(display: ValueDisplay, text: string): MimeBundle {
  const picture = pictureOf(display);
  const png = picture && { "image/png": Buffer.from(picture).toString("base64") };
  return { [DISPLAY_MIME]: display, ...png, "text/plain": text };
}
