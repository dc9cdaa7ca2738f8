/**
 * @file The supervisor's part: looks at the board now and then, and shows what is there and lasts. The bars of one
 * execution whose times overlap are one display, so that nothing moves when an inner bar comes and goes.
 */
import { DISPLAY_VERSION, type ProgressBar, type ProgressDisplay } from "../../../protocol/display.ts";
import { progressBundle, progressText } from "../../../protocol/progress.ts";
import type { CellOutput } from "../../../protocol/session.ts";
import type { EndedBar } from "./bars.ts";
import { type OpenBar, type ProgressBoard, SHOWN_FROM_MS } from "./board.ts";
import { Pace } from "./pace.ts";

interface Line {
  facts: OpenBar;
  readonly pace: Pace;
  /** Undefined while it is open. */
  end?: EndedBar;
}

interface Group {
  readonly run: number;
  displayId: string;
  /** By bar, in the order in which they began. */
  readonly lines: Map<number, Line>;
  /** The display as it was shown last; undefined when it is not on the screen. */
  shown: string | undefined;
  /** The cell is done: time goes on only where work does. */
  isLeft: boolean;
  /** Everything below the cell, this too, goes when its next output comes. */
  isReplacedNext: boolean;
}

type Show = (run: number, output: CellOutput) => void;

export class ProgressWatch {
  readonly #board: ProgressBoard;
  readonly #show: Show;
  /** By execution; those with an open bar. */
  readonly #groups = new Map<number, Group>();
  #lastId = 0;

  constructor(board: ProgressBoard, show: Show) {
    this.#board = board;
    this.#show = show;
  }

  /** @param now by `clock` */
  look(now: number): void {
    const changed = new Set<Group>();
    for (const facts of this.#board.read()) {
      if (now - facts.startedAt < SHOWN_FROM_MS) continue;
      const group = this.#groupOf(facts.run);
      const line = this.#lineOf(group, facts);
      const isMoving = line.facts.done !== facts.done;
      line.facts = facts;
      line.pace.note(now, facts.done);
      if (isMoving || !group.isLeft) changed.add(group);
    }
    for (const group of changed) this.#put(group, now);
  }

  ended(end: EndedBar): void {
    const group = this.#groups.get(end.run) ?? (end.stays ? this.#groupOf(end.run) : undefined);
    if (!group) return;
    this.#lineOf(group, end).end = end;
    const lines = [...group.lines.values()];
    if (!end.stays) group.lines.delete(end.bar);
    if (lines.every((line) => line.end)) this.#close(group);
    else this.#put(group, end.startedAt + end.milliseconds);
  }

  /** The cell is done, and what it left behind may go on. */
  runEnded(run: number, now: number): void {
    this.look(now);
    const group = this.#groups.get(run);
    if (!group) return;
    group.isLeft = true;
    this.#put(group, now);
  }

  /** What a cell shows passes by: a `clearOutput` takes the bars away as well, and they come back below what follows. */
  passing(run: number, output: CellOutput): void {
    const group = this.#groups.get(run);
    if (!group) return;
    const isReplaced = group.isReplacedNext && output.kind !== "update" && output.kind !== "remove";
    if (output.kind === "clear" && output.wait) group.isReplacedNext = true;
    else if (output.kind === "clear" || isReplaced) {
      group.isReplacedNext = false;
      group.shown = undefined;
      group.displayId = this.#newId();
    }
  }

  #newId(): string {
    return `progress-${process.pid}-${++this.#lastId}`;
  }

  #groupOf(run: number): Group {
    let group = this.#groups.get(run);
    if (!group) {
      const displayId = this.#newId();
      group = { run, displayId, lines: new Map(), shown: undefined, isLeft: false, isReplacedNext: false };
      this.#groups.set(run, group);
    }
    return group;
  }

  #lineOf({ lines }: Group, facts: OpenBar): Line {
    let line = lines.get(facts.bar);
    if (!line) {
      line = { facts, pace: new Pace(facts.startedAt) };
      lines.set(facts.bar, line);
    }
    return line;
  }

  #close(group: Group): void {
    this.#groups.delete(group.run);
    if (group.lines.size > 0) this.#put(group, 0);
    else if (group.shown !== undefined) this.#show(group.run, { kind: "remove", displayId: group.displayId });
  }

  #put(group: Group, now: number): void {
    const { displayId, lines, isLeft } = group;
    const bars = [...lines.values()].map((line) => barOf(line, now, isLeft));
    const display: ProgressDisplay = { version: DISPLAY_VERSION, kind: "progress", bars };
    const text = progressText(display);
    // What reads the same looks the same, to within a pixel.
    if (text === group.shown) return;
    const kind = group.shown === undefined ? "display" : "update";
    group.shown = text;
    this.#show(group.run, { kind, displayId, bundle: progressBundle(display) });
  }
}

function barOf({ facts, pace, end }: Line, now: number, isLeft: boolean): ProgressBar {
  const { label, done, total, unit } = end ?? facts;
  const seconds = (end ? end.milliseconds : now - facts.startedAt) / 1000;
  const secondsLeft = end || isLeft ? undefined : pace.secondsLeft(total);
  return { label, done, total, unit, state: end?.state ?? "running", seconds, secondsLeft };
}
