/** @file How a run reads in a terminal: a line for each cell, its result below, an error with its place. */
import type { ProgressBar, ProgressDisplay } from "../../protocol/display.ts";
import { barText, formatDuration, leadingBar } from "../../protocol/progress.ts";
import type { CellOutput } from "../../protocol/session.ts";
import type { ExecutionResult } from "../client/session-client.ts";
import type { NumberedCell } from "./notebook-file.ts";
import type { Progress } from "./run-notebook.ts";
import { bar, type Screen, StatusLine } from "./status-line.ts";

const LINE_WIDTH = 100;
const CODE_WIDTH = 64;
const MOST_LINES = 8;
const INDENT = "       ";

export class Terminal implements Progress {
  readonly #screen: Screen;
  readonly #coloured: boolean;
  /** Of a terminal that can be written over; a log gets plain lines. */
  readonly #status: StatusLine | undefined;
  #work: ProgressBar | undefined;

  constructor(screen: Screen, environment: NodeJS.ProcessEnv = process.env) {
    this.#screen = screen;
    const live = screen.isTTY === true && environment.TERM !== "dumb" && !environment.CI;
    this.#coloured = live && !environment.NO_COLOR;
    this.#status = live ? new StatusLine(screen) : undefined;
  }

  line(text = ""): void {
    this.#status?.hide();
    this.#screen.write(`${text}\n`);
  }

  bold(text: string): string {
    return this.#colour(1, text);
  }

  red(text: string): string {
    return this.#colour(31, text);
  }

  yellow(text: string): string {
    return this.#colour(33, text);
  }

  prose(source: string): void {
    for (const [, heading] of source.matchAll(/^#{1,3} +(.+?)#*$/gm)) this.line(`\n${this.bold(heading.trim())}`);
  }

  started({ number, code }: NumberedCell, cells: number): void {
    const start = performance.now();
    this.#work = undefined;
    this.#status?.show(() => {
      const time = formatDuration(Math.floor((performance.now() - start) / 1000) * 1000);
      const work = this.#work ? barText(this.#work) : headline(code);
      return `${bar((number - 1) / cells)} ${number}/${cells}  ${time}  ${work}`;
    });
  }

  /** How far the cell itself is, behind how far the run is. */
  progressed(display: ProgressDisplay | undefined): void {
    this.#work = display && leadingBar(display);
  }

  /** On a line of its own, where the bar was: the answer is typed below it. */
  question(text: string): void {
    this.line(INDENT + text);
  }

  finished(
    { number, code }: NumberedCell,
    outputs: readonly CellOutput[],
    { status, durationMs }: ExecutionResult,
  ): void {
    const time = formatDuration(durationMs);
    const mark = status === "ok" ? this.#colour(2, time) : this.red(status);
    const head = `${`[${number}]`.padStart(5)}  ${headline(code)}`;
    this.line(`${head.padEnd(CODE_WIDTH + INDENT.length)} ${mark}`);
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
    return this.#coloured ? `\x1b[${code}m${text}\x1b[0m` : text;
  }
}

function headline(code: string): string {
  const first = code.split("\n").find((line) => line.trim() !== "") ?? "";
  return shortened(first.trim(), CODE_WIDTH);
}

function trimmed(text: string): string[] {
  const lines = text.replace(/\n$/, "").split("\n");
  const shown = lines.slice(0, lines.length > MOST_LINES ? MOST_LINES - 1 : MOST_LINES);
  const rest = lines.length - shown.length;
  return [...shown.map((line) => shortened(line, LINE_WIDTH)), ...(rest > 0 ? [`… ${rest} more lines`] : [])];
}

function shortened(line: string, width: number): string {
  return line.length > width ? `${line.slice(0, width - 1)}…` : line;
}
