/** @file The names that rewritten cells and the session share. */

/** The global through which scripts reach the session; see `hooks.ts`. */
export const HOOK = "__cotangent";

/** How a cell declared a variable of the session. */
export type NameKind = "const" | "let" | "var" | "function" | "class" | "import";
