/**
 * @file What cells find without an import, for a module that Node runs. `cotangent export` writes those statements of
 * this file that a module needs into it, so it imports nothing but Node's own.
 */
import { writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { inspect } from "node:util";

/** Prints what a notebook shows below a cell that ends with this value. */
async function printResult(value: unknown): Promise<void> {
  const result = await value;
  if (result !== undefined) console.log(shownText(result));
}

/** In a notebook a picture, which `update` replaces; here, lines of text. */
const display = Object.assign(
  (value: unknown) => {
    console.log(shownText(value));
    return { update: (next: unknown) => console.log(shownText(next)) };
  },
  { update: (handle: { update(value: unknown): void }, value: unknown) => handle.update(value) },
);

/** What was printed stays. */
function clearOutput(_options?: { readonly wait?: boolean }): void {}

interface ProgressOptions {
  readonly label?: string;
  readonly total?: number;
  readonly unit?: string;
}

/** What a notebook shows with a bar goes on here without one. */
function progress(steps: number, options?: ProgressOptions): { label: string } & Iterable<number>;
function progress<T>(items: Iterable<T>, options?: ProgressOptions): { label: string } & Iterable<T>;
function progress<T>(items: AsyncIterable<T>, options?: ProgressOptions): { label: string } & AsyncIterable<T>;
function progress(options?: ProgressOptions): { label: string; advance(steps?: number): void; done(): void };
function progress(work: unknown = {}, { label = "" }: ProgressOptions = {}): unknown {
  if (typeof work === "number")
    return Object.assign(Array.from({ length: work }, (_, step) => step).values(), { label });
  const items = Object(work) as Partial<Iterable<unknown> & AsyncIterable<unknown>>;
  if (items[Symbol.asyncIterator]) return { label, [Symbol.asyncIterator]: () => items[Symbol.asyncIterator]?.() };
  if (items[Symbol.iterator]) return { label, [Symbol.iterator]: () => items[Symbol.iterator]?.() };
  return { label, advance() {}, done() {}, ...items };
}

/** Beside the module, where a notebook keeps it beside itself. */
function saveBenchmark(name: string, benchmark: unknown): void {
  writeFileSync(new URL(`./${encodeURIComponent(name)}.benchmark.json`, import.meta.url), JSON.stringify(benchmark));
}

function loadBenchmark(name: string): never {
  throw new Error(
    `loadBenchmark(${JSON.stringify(name)}) is for notebooks: here, use Comparison.from(JSON.parse(text)) of "cotangent".`,
  );
}

/** The text of a value as a notebook has it: tensors in a list or an object one by one, each with its path. */
function shownText(value: unknown): string {
  const own: unknown = Object(value)[Symbol.for("Jupyter.display")];
  if (typeof own === "function") {
    const bundle: unknown = own.call(value);
    if (typeof bundle === "object" && bundle !== null && "text/plain" in bundle) return String(bundle["text/plain"]);
  }
  const parts = partsOf(value, "", new Set());
  if (!parts.some(([, part]) => hasOwnText(part))) return inspect(value, { depth: 4 });
  return parts
    .map(([path, part]) => {
      const text = hasOwnText(part) ? String(part) : inspect(part, { depth: 4 });
      return path === "" ? text : `${path}: ${text}`;
    })
    .join("\n");
}

function partsOf(value: unknown, path: string, entered: Set<unknown>): [path: string, part: unknown][] {
  const isList = Array.isArray(value);
  const isObject = typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
  if (!isList && !isObject) return [[path, value]];
  if (entered.has(value)) return [];
  entered.add(value);
  return Object.entries(value).flatMap(([key, part]) =>
    partsOf(part, isList ? `${path}[${key}]` : path === "" ? key : `${path}.${key}`, entered),
  );
}

/** Whether it says best itself what it is: an object of a class with a `toString`, but none of JavaScript's own. */
function hasOwnText(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (typeof prototype !== "object" || prototype === null || !Object.hasOwn(prototype, "toString")) return false;
  const { name } = prototype.constructor;
  return Reflect.get(globalThis, name) !== prototype.constructor;
}

let answers: AsyncIterator<string> | undefined;

/** Reads a line of standard input. */
async function input(question: unknown = "", { value = "" }: { readonly value?: unknown } = {}): Promise<string> {
  console.log(`${question || "A line, please:"}${value === "" ? "" : ` [${value}]`}`);
  answers ??= createInterface({ input: process.stdin })[Symbol.asyncIterator]();
  // A terminal that is read would keep the process from ending; a file has nothing to be told.
  process.stdin.ref?.();
  const { value: line, done } = await answers.next();
  process.stdin.unref?.();
  if (done) throw new Error(`input(${JSON.stringify(String(question))}): standard input has no line for it.`);
  return line === "" ? String(value) : line;
}

/** A text in a language that a notebook draws. */
class RichText {
  readonly source: string;
  readonly text: string;

  constructor(source: string, text: string) {
    this.source = source;
    this.text = text;
  }

  [Symbol.for("Jupyter.display")](): object {
    return { "text/plain": this.text };
  }

  toString(): string {
    return this.source;
  }
}

const filled = (template: readonly string[], values: readonly unknown[]): string =>
  String.raw({ raw: template }, ...values.map((value) => (Array.isArray(value) ? value.flat(9).join("") : value)));

function html(template: TemplateStringsArray | string, ...values: readonly unknown[]): RichText {
  const source = typeof template === "string" ? template : filled(template, values);
  const text = source.replace(/<(style|script)\b.*?<\/\1>|<[^>]*>/gis, " ");
  return new RichText(source, text.replace(/\s+/g, " ").trim());
}

function svg(template: TemplateStringsArray | string, ...values: readonly unknown[]): RichText {
  const { source, text } = html(template, ...values);
  return new RichText(source, text || "a picture (SVG)");
}

function md(template: TemplateStringsArray | string, ...values: readonly unknown[]): RichText {
  const raw = typeof template === "string" ? template : filled(template.raw, values);
  const source = typeof template === "string" ? raw : raw.replace(/\\([`$])/g, "$1");
  return new RichText(source, source);
}

function tex(template: TemplateStringsArray | string, ...values: readonly unknown[]): RichText {
  const source = md(template, ...values).source.trim();
  return new RichText(source, source);
}

export { clearOutput, display, html, input, loadBenchmark, md, printResult, progress, saveBenchmark, svg, tex };
