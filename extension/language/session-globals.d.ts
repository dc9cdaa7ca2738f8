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

/** What is shown with a bar. */
interface ProgressOptions {
  /** Stands in front of the bar. */
  readonly label?: string;
  /** How many steps there are, where it cannot be seen: arrays, sets and maps have a number of their own. */
  readonly total?: number;
  /** What a step is: "images". */
  readonly unit?: string;
}

/** May be given a new text at any time, such as the latest loss. */
interface Progress {
  label: string;
}

/** A bar that is moved by hand. It ends with its cell if that fails. */
interface ProgressBar extends Progress {
  advance(steps?: number): void;
  done(): void;
}

/**
 * Shows how far a loop is, and for about how long it goes on: a bar below the cell and in the status bar, for what takes
 * longer than 0.3 seconds. A bar inside of another is gone when it is done; others leave a line.
 * @example
 * const epochs = progress(200, { label: "training" });
 * for (const epoch of epochs) epochs.label = `training, loss ${step()}`;
 *
 * for (const file of progress(files, { unit: "files" })) read(file);
 * for await (const row of progress(rows, { total: 1e6 })) add(row);
 *
 * const bar = progress({ total: 3, label: "fitting" });
 * fit(a); bar.advance(); fit(b); bar.advance(2); bar.done();
 */
declare function progress(steps: number, options?: ProgressOptions): Progress & Iterable<number>;
declare function progress<T>(items: Iterable<T>, options?: ProgressOptions): Progress & Iterable<T>;
declare function progress<T>(items: AsyncIterable<T>, options?: ProgressOptions): Progress & AsyncIterable<T>;
declare function progress(options?: ProgressOptions): ProgressBar;

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
