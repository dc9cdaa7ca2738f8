/** @file What the tests of the graphics processor call in a page, by its name there. */
import * as accuracy from "./accuracy.ts";
import * as checks from "./checks.ts";
import * as errors from "./errors.ts";
import * as limits from "./limits.ts";
import * as shapes from "./shapes.ts";

export const inPage = { accuracy, checks, errors, limits, shapes };
export type InPage = typeof inPage;

Object.assign(globalThis, { inPage });
