/** @file How a run reads in a terminal: a line for each cell, its result below, an error with its place. */
import type { ProgressDisplay } from "../../protocol/display.ts";
import { barText, formatDuration, leadingBar } from "../../protocol/progress.ts";
import type { CellOutput } from "../../protocol/session.ts";
import type { ExecutionResult } from "../client/session-client.ts";
import type { Progress } from "./run-notebook.ts";

const LINE_WIDTH = 100;
const CODE_WIDTH = 64;
const MOST_LINES = 8;
const INDENT = "       ";

export class Terminal implements Progress {
  readonly #stream: NodeJS.WriteStream;
  /** A terminal that can be written over and coloured; otherwise plain lines. */
  readonly #live: boolean;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
    this.#live = stream.isTTY && process.env.NO_COLOR === undefined && process.env.TERM !== "dumb";
  }

  line(text = ""): void {
    this.#stream.write(`${text}\n`);
  }

  bold(text: string): string {
    return this.#colour(1, text);
  }

  red(text: string): string {
    return this.#colour(31, text);
  }

  prose(source: string): void {
    for (const [, heading] of source.matchAll(/^#{1,3} +(.+?)#*$/gm)) this.line(`\n${this.bold(heading.trim())}`);
  }

  started(number: number, code: string): void {
    if (this.#live) this.#stream.write(`${headline(number, code)} …`);
  }

  /** In place of the line of the cell that runs; where nothing can be written over, its last state is all that is written. */
  progressed(number: number, code: string, display: ProgressDisplay | undefined): void {
    if (!this.#live) return;
    const bar = display && leadingBar(display);
    const line = bar ? `${numbered(number)}  ${barText(bar)}` : `${headline(number, code)} …`;
    this.#stream.write(`\r\x1b[2K${shortened(line, (this.#stream.columns || LINE_WIDTH) - 1)}`);
  }

  /** On a line of its own, below that of the cell that runs. */
  question(text: string): void {
    this.line(`${this.#live ? "\n" : ""}${INDENT}${text}`);
  }

  finished(
    number: number,
    code: string,
    outputs: readonly CellOutput[],
    { status, durationMs }: ExecutionResult,
  ): void {
    if (this.#live) this.#stream.write("\r\x1b[2K");
    const time = formatDuration(durationMs);
    const mark = status === "ok" ? this.#colour(2, time) : this.red(status);
    this.line(`${headline(number, code).padEnd(CODE_WIDTH + INDENT.length)} ${mark}`);
    for (const output of outputs) this.#show(output);
  }

  #show(output: CellOutput): void {
    if (output.kind === "error") {
      for (const line of output.error.text.split("\n")) this.line(line === "" ? "" : INDENT + this.red(line));
      return;
    }
    if (output.kind === "clear" || output.kind === "remove") return;
    const text = output.kind === "stream" ? output.text : output.bundle["text/plain"];
    if (typeof text !== "string") return;
    for (const line of trimmed(text)) this.line(INDENT + (output.kind === "stream" ? this.#colour(2, line) : line));
  }

  #colour(code: number, text: string): string {
    return this.#live ? `\x1b[${code}m${text}\x1b[0m` : text;
  }
}

function headline(number: number, code: string): string {
  const first = code.split("\n").find((line) => line.trim() !== "") ?? "";
  return `${numbered(number)}  ${shortened(first.trim(), CODE_WIDTH)}`;
}

const numbered = (number: number): string => `[${number}]`.padStart(5);

function trimmed(text: string): string[] {
  const lines = text.replace(/\n$/, "").split("\n");
  const shown = lines.slice(0, lines.length > MOST_LINES ? MOST_LINES - 1 : MOST_LINES);
  const rest = lines.length - shown.length;
  return [...shown.map((line) => shortened(line, LINE_WIDTH)), ...(rest > 0 ? [`… ${rest} more lines`] : [])];
}

function shortened(line: string, width: number): string {
  return line.length > width ? `${line.slice(0, width - 1)}…` : line;
}
