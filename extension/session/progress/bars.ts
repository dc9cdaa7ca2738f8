/** @file The bars of the main thread: who began them, how far they are, and their end. */
import type { DoneStatus } from "../../../protocol/session.ts";
import type { Outbox } from "../outbox.ts";
import type { Run } from "../run.ts";
import { type BarFacts, clock, type OpenBar, ProgressBoard, SHOWN_FROM_MS } from "./board.ts";

/** A label is one line beside the bar. */
const LONGEST_LABEL = 120;
const LONGEST_UNIT = 30;

/** A bar that is over. */
export interface EndedBar extends OpenBar {
  readonly state: "done" | "stopped";
  readonly milliseconds: number;
}

export interface BarOptions {
  readonly label: string;
  readonly total?: number;
  readonly unit: string;
  /** Work of the kernel, which nobody asked to be told of: nothing of it stays. */
  readonly isKernels?: boolean;
}

const cut = (text: string, length: number): string => {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > length ? `${line.slice(0, length - 1)}…` : line;
};

interface BarPlace {
  readonly isKernels: boolean;
  /** On the board; undefined when it is full. */
  readonly place: number | undefined;
}

export class Bar {
  readonly #bars: Bars;
  readonly run: Run;
  readonly isKernels: boolean;
  #facts: BarFacts;
  #done = 0;
  #place: number | undefined;
  #ended = false;

  constructor(bars: Bars, run: Run, facts: BarFacts, { isKernels, place }: BarPlace) {
    this.#bars = bars;
    this.run = run;
    this.isKernels = isKernels;
    this.#facts = facts;
    this.#place = place;
    this.#write();
  }

  get done(): number {
    return this.#done;
  }

  get label(): string {
    return this.#facts.label;
  }

  set label(label: string) {
    if (this.#ended || label === this.#facts.label) return;
    this.#facts = { ...this.#facts, label: cut(label, LONGEST_LABEL) };
    this.#write();
  }

  /** A call for each step: no clock is read here and nothing is sent. */
  advanceTo(done: number): void {
    this.#done = done;
    if (this.#place !== undefined) this.#bars.board.advance(this.#place, done);
  }

  end(state: EndedBar["state"]): void {
    if (this.#ended) return;
    this.#ended = true;
    this.leaveBoard();
    this.#bars.ended(this, { ...this.#facts, done: this.#done, state, milliseconds: clock() - this.#facts.startedAt });
  }

  leaveBoard(): void {
    if (this.#place !== undefined) this.#bars.board.clear(this.#place);
    this.#place = undefined;
  }

  #write(): void {
    if (this.#place !== undefined) this.#bars.board.write(this.#place, this.#facts, this.#done);
  }
}

export class Bars {
  readonly board = new ProgressBoard();
  readonly #outbox: Outbox;
  /** Those on the board. */
  readonly #open = new Set<Bar>();
  #last = 0;

  constructor(outbox: Outbox) {
    this.#outbox = outbox;
  }

  begin(run: Run, { label, total, unit, isKernels = false }: BarOptions): Bar {
    const place = run.interrupted ? undefined : this.#place();
    const isInside = [...this.#open].some((bar) => bar.run === run && !bar.isKernels);
    const facts: BarFacts = {
      bar: ++this.#last,
      run: run.id,
      label: cut(label, LONGEST_LABEL),
      total,
      unit: cut(unit, LONGEST_UNIT),
      startedAt: clock(),
      stays: !isKernels && !isInside,
    };
    const bar = new Bar(this, run, facts, { isKernels, place });
    if (place !== undefined) this.#open.add(bar);
    return bar;
  }

  ended(bar: Bar, end: EndedBar): void {
    this.#open.delete(bar);
    // The supervisor, which looks now and then, may have missed it.
    if (end.milliseconds >= SHOWN_FROM_MS) this.#outbox.barEnded(bar.run, end);
  }

  /** A loop that a cell left behind goes on; of a cell that was stopped, nothing does. */
  runEnded(run: Run, status: DoneStatus): void {
    if (status === "ok") return;
    for (const bar of this.#open) if (bar.run === run) bar.end("stopped");
  }

  /** If need be that of a bar whose cell is done, and which was never ended. */
  #place(): number | undefined {
    const free = this.board.free();
    if (free !== undefined) return free;
    const forgotten = [...this.#open].find((bar) => bar.run.finished);
    if (!forgotten) return undefined;
    forgotten.leaveBoard();
    this.#open.delete(forgotten);
    return this.board.free();
  }
}
