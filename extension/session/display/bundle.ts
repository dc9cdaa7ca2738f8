/** @file A cell's result as a MIME bundle: our interactive picture, a PNG for readers without us, and text. */

import { types } from "node:util";
import { DISPLAY_MIME, type MimeBundle, type ValueDisplay } from "../../../protocol/display.ts";
import { displayOf, type Hold } from "./display-of.ts";
import { pictureBundle } from "./image.ts";
import { isKernelValue } from "./kernel-values.ts";
import { objectDisplay } from "./object.ts";
import { pictureOf } from "./picture-of.ts";
import { recordsBundle } from "./records.ts";
import { textOf } from "./text-of.ts";

/** What fits in so many lines is seen at once. */
const FEW_LINES = 6;

/** Deno's convention, so that a value made for its notebooks looks the same in ours. */
const DISPLAY_HOOK = Symbol.for("Jupyter.display");

/** Pictures have handles where there is a session to `hold` the tensors. */
export function bundleOf(value: unknown, hold?: Hold): MimeBundle | undefined {
  if (value === undefined) return undefined;
  const own = ownBundle(value);
  if (own) return own;
  const display = displayOf(value, hold);
  if (display) return withDisplay(display, textOf(value));
  return pictureBundle(value) ?? recordsBundle(value) ?? plainBundle(value);
}

/** A small value is read as text, a large one opened part by part. */
function plainBundle(value: unknown): MimeBundle {
  const text = textOf(value);
  const isTree = isBranching(value) && text.split("\n", FEW_LINES + 1).length > FEW_LINES;
  return isTree ? { [DISPLAY_MIME]: objectDisplay(value), "text/plain": text } : { "text/plain": text };
}

/** Errors are read from top to bottom, and the kernel's values say best themselves what they are. */
const isBranching = (value: unknown): value is object =>
  typeof value === "object" &&
  value !== null &&
  !types.isProxy(value) &&
  !types.isNativeError(value) &&
  !isKernelValue(value);

function ownBundle(value: unknown): MimeBundle | undefined {
  if (value === null || (typeof value !== "object" && typeof value !== "function")) return undefined;
  // Asking a proxy runs its trap.
  const hook: unknown = types.isProxy(value) ? undefined : Reflect.get(value, DISPLAY_HOOK);
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
