/** @file Reads the JSON of a saved output, which may be damaged or come from a version newer than this one. */
import type { BenchmarkDisplay } from "../protocol/benchmark.ts";
import {
  DISPLAY_VERSION,
  type Display,
  type MatrixDisplay,
  type ObjectPart,
  type ProgressDisplay,
} from "../protocol/display.ts";
import { type Entries, entriesFrom } from "../protocol/heatmap.ts";

/** No float64 has more. */
const MOST_DIGITS = 17;

/** What is wrong with the data, in words for the reader of the notebook. */
export class UnreadableDisplay extends Error {
  override readonly name = "UnreadableDisplay";
}

const damaged = (what: string): UnreadableDisplay =>
  new UnreadableDisplay(`This picture cannot be drawn: ${what}. Run the cell again to make it anew.`);

export function readDisplay(json: unknown): Display {
  const display = record(json, "its data");
  if (typeof display.version === "number" && display.version > DISPLAY_VERSION) {
    throw new UnreadableDisplay(
      "This picture was saved by a newer version of Cotangent. Update the extension, or run the cell again.",
    );
  }
  if (display.version !== DISPLAY_VERSION) throw damaged("its data carries no version");
  if (display.kind === "group") {
    const items = list(display.items, "the list of values").map((item) => record(item, "a value"));
    return {
      version: DISPLAY_VERSION,
      kind: "group",
      ...(typeof display.text === "string" ? { text: display.text } : {}),
      omitted: typeof display.omitted === "number" ? display.omitted : 0,
      items: items.map((item) => ({ path: text(item.path), display: readLeaf(record(item.display, "a value")) })),
    };
  }
  if (display.kind === "object") {
    return { version: DISPLAY_VERSION, kind: "object", root: readPart(record(display.root, "the value")) };
  }
  if (display.kind === "graphics")
    return { version: DISPLAY_VERSION, kind: "graphics", text: text(display.text ?? "") };
  return display.kind === "progress" ? checkProgress(display) : readLeaf(display);
}

function readPart({ name, head, text: said, parts, more }: Record<string, unknown>): ObjectPart {
  return {
    name: text(name ?? ""),
    head: text(head ?? ""),
    text: text(said ?? ""),
    ...(parts === undefined
      ? {}
      : { parts: list(parts, "a list of parts").map((part) => readPart(record(part, "a part"))) }),
    ...(typeof more === "number" ? { more } : {}),
  };
}

function readLeaf(display: Record<string, unknown>): MatrixDisplay | BenchmarkDisplay {
  if (display.kind === "matrix") return checkMatrix(display);
  if (display.kind === "benchmark") return checkBenchmark(display);
  throw damaged(`it is of an unknown kind (${text(display.kind)})`);
}

function checkMatrix(display: Record<string, unknown>): MatrixDisplay {
  extents(display.shape, "its shape");
  for (const side of [...list(display.slices, "its slices"), display.rows, display.columns]) {
    extents(record(side, "an axis").shape, "an axis");
  }
  const preview = record(display.preview, "its numbers");
  extents(preview.slices, "its list of slices");
  extents([preview.rows, preview.columns], "the size of its numbers");
  const { digits } = display;
  if (digits !== undefined && !(Number.isInteger(digits) && Number(digits) >= 1 && Number(digits) <= MOST_DIGITS)) {
    throw damaged("its number of digits is none");
  }
  if (typeof preview.data !== "string") throw damaged("its numbers are missing");
  const statistics = record(display.statistics, "its statistics");
  for (const key of ["min", "max", "zeros", "nan", "infinite"]) finite(statistics[key], "its statistics");
  return display as unknown as MatrixDisplay;
}

function checkBenchmark(display: Record<string, unknown>): BenchmarkDisplay {
  const rows = list(display.rows, "the list of timings");
  if (rows.length === 0) throw damaged("it holds no timing");
  for (const entry of rows) {
    const row = record(entry, "a timing");
    checkTimes(row);
    for (const value of [row.mean, row.repetitions, row.callsPerRepetition]) finite(value, "a timing");
    if (row.resultBytes !== undefined) finite(row.resultBytes, "a timing");
    if (row.wait !== undefined) finite(row.wait, "a timing");
    if (row.ratio !== undefined) checkRatio(row.ratio);
    if (row.earlier === undefined) continue;
    const earlier = record(row.earlier, "an earlier timing");
    checkTimes(earlier);
    if (earlier.change !== undefined) checkRatio(earlier.change);
  }
  if (display.caveats !== undefined) list(display.caveats, "what is said of the timings");
  if (display.limit !== undefined) {
    const limit = record(display.limit, "the memory's limit");
    for (const value of [limit.bytesPerSecond, limit.seconds]) finite(value, "the memory's limit");
  }
  return display as unknown as BenchmarkDisplay;
}

function checkProgress(display: Record<string, unknown>): ProgressDisplay {
  const bars = list(display.bars, "the list of bars");
  if (bars.length === 0) throw damaged("it holds no bar");
  for (const entry of bars) {
    const { label, unit, state, done, seconds, total, secondsLeft } = record(entry, "a bar");
    if (typeof label !== "string" || typeof unit !== "string") throw damaged("a bar says not what it is of");
    if (!["running", "done", "stopped"].includes(text(state))) throw damaged("a bar is in an unknown state");
    for (const value of [done, seconds, total ?? 0, secondsLeft ?? 0]) finite(value, "a bar");
  }
  return display as unknown as ProgressDisplay;
}

function checkTimes(run: Record<string, unknown>): void {
  const figures = [run.median, ...list(run.quartiles, "a timing")];
  if (figures.length !== 3) throw damaged("a timing is incomplete");
  for (const value of [...figures, ...(run.times === undefined ? [] : list(run.times, "a timing"))]) {
    finite(value, "a timing");
  }
}

function checkRatio(value: unknown): void {
  const ratio = record(value, "a ratio");
  finite(ratio.value, "a ratio");
  if (ratio.interval === undefined) return;
  const ends = list(ratio.interval, "a ratio");
  if (ends.length !== 2) throw damaged("a ratio is incomplete");
  for (const end of ends) finite(end, "a ratio");
}

const BYTES: Record<MatrixDisplay["dtype"], number> = { float32: 4, float64: 8, int32: 4, bool: 1 };

/** The preview's numbers, as many as its extents say. */
export function readEntries(display: MatrixDisplay): Entries {
  const { slices, rows, columns, data } = display.preview;
  return decodeEntries(display, data, slices.length * rows * columns);
}

/** The least and greatest entries of the blocks of a vector, where they came. */
export function readEnvelope(display: MatrixDisplay): { readonly lows: Entries; readonly highs: Entries } | undefined {
  const { envelope, preview } = display;
  if (envelope === undefined) return undefined;
  const { lows, highs } = record(envelope, "its envelope");
  const blocks = preview.rows * preview.columns;
  return { lows: decodeEntries(display, lows, blocks), highs: decodeEntries(display, highs, blocks) };
}

/** Numbers as a display, or a session, writes them. */
export function decodeEntries({ dtype }: Pick<MatrixDisplay, "dtype">, data: unknown, expected: number): Entries {
  if (typeof data !== "string") throw damaged("its numbers are missing");
  const { buffer } = decodeBase64(data);
  if (!Object.hasOwn(BYTES, dtype)) throw damaged(`its numbers are of an unknown type (${text(dtype)})`);
  const count = buffer.byteLength / BYTES[dtype];
  if (!Number.isInteger(count)) throw damaged("its numbers are cut off");
  if (count !== expected) throw damaged(`it should hold ${expected} numbers and holds ${count}`);
  return entriesFrom({ dtype }, buffer);
}

function decodeBase64(base64: string): Uint8Array<ArrayBuffer> {
  let binary: string;
  try {
    binary = atob(base64);
  } catch {
    throw damaged("its numbers are garbled");
  }
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

function record(value: unknown, what: string): Record<string, unknown> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw damaged(`${what} is missing`);
}

function list(value: unknown, what: string): unknown[] {
  if (Array.isArray(value)) return value;
  throw damaged(`${what} is missing`);
}

function extents(value: unknown, what: string): void {
  if (!list(value, what).every((extent) => Number.isSafeInteger(extent) && (extent as number) >= 0)) {
    throw damaged(`${what} is not made of whole numbers`);
  }
}

function finite(value: unknown, what: string): void {
  if (!Number.isFinite(value)) throw damaged(`${what} is not a number`);
}

const text = (value: unknown): string => (typeof value === "string" ? value : String(value));
