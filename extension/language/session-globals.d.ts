/** @file What a session puts beside Node's own globals (`session/globals.ts`), as cells see it. */

/** A place on the screen whose content can be replaced. */
interface DisplayHandle {
  update(value: unknown): void;
}

/** Shows a value in the output of the cell that is running: tensors, Jacobians and timings as pictures. */
declare const display: {
  (value: unknown): DisplayHandle;
  /** The same as `handle.update(value)`. */
  update(handle: DisplayHandle, value: unknown): void;
};

/** Takes away what the running cell has shown so far; with `wait`, only when it shows something new. */
declare function clearOutput(options?: { readonly wait?: boolean }): void;

/** Asks the person for a line of text. */
declare function input(question?: unknown, options?: { readonly value?: unknown }): Promise<string>;

/** A text that is shown as what its tag says. Goes into another template, or `String()`, as its source. */
interface RichText {
  readonly source: string;
  toString(): string;
}

/** As a tag of a template, or called with a text. */
type RichTextTag = (template: TemplateStringsArray | string, ...values: readonly unknown[]) => RichText;

/** HTML, as it is written. */
declare const html: RichTextTag;
/** A drawing in SVG. */
declare const svg: RichTextTag;
/** Markdown. */
declare const md: RichTextTag;
/** A formula in TeX, on lines of its own. */
declare const tex: RichTextTag;

/** Keeps what `benchmark()` or `compare()` measured in `name.benchmark.json`, beside the notebook. */
declare function saveBenchmark(name: string, benchmark: import("cotangent").Comparison): void;

/** What was saved under that name, for `benchmark(…).since(…)`; undefined if nothing was. */
declare function loadBenchmark(name: string): import("cotangent").Comparison | undefined;
