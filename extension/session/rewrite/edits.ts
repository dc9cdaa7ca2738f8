/** @file Changes to a text that remember where every character of the outcome came from. */

/** Copied from the original, written by us on behalf of a place there, or so and of no interest to a debugger. */
type Origin = "copied" | "written" | "hidden";

/** A stretch of the outcome, and the offset in the original where it is from. */
export interface Segment {
  readonly start: number;
  readonly source: number;
  readonly origin: Origin;
}

/** At one offset, what closes comes before what opens, and both before what is replaced. */
type Rank = 0 | 1 | 2;

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly rank: Rank;
  readonly text: string;
  readonly hidden?: boolean;
}

interface Range {
  readonly start: number;
  readonly end: number;
}

/** Text of ours in front of everything. */
export interface ProloguePart {
  readonly text: string;
  /** The place in the original that it is written for. */
  readonly anchor: number;
  readonly hidden?: boolean;
}

export interface EditedText {
  readonly text: string;
  readonly segments: readonly Segment[];
  /** The offset in the original that an offset in the outcome stands for. */
  toSource(offset: number): number;
}

/** Edits are made from the outside in: an outer node's before those of the nodes inside it. */
export class Edits {
  readonly #source: string;
  readonly #opening: Edit[] = [];
  readonly #closing: Edit[] = [];
  readonly #moved: Range[] = [];

  constructor(source: string) {
    this.#source = source;
  }

  /** Puts text before what starts at `offset`. */
  open(offset: number, text: string, hidden = false): void {
    this.#opening.push({ start: offset, end: offset, rank: 1, text, hidden });
  }

  /** Puts text after what ends at `offset`. */
  close(offset: number, text: string): void {
    // In front of what outer nodes put there.
    this.#closing.unshift({ start: offset, end: offset, rank: 0, text });
  }

  wrap(node: Range, before: string, after: string): void {
    this.open(node.start, before);
    this.close(node.end, after);
  }

  replace(start: number, end: number, text: string, hidden = false): void {
    this.#opening.push({ start, end, rank: 2, text, hidden });
  }

  /** Takes a range, with the edits inside it, to the front of the outcome (after `prologue`); a `;` stays behind. */
  moveToFront(start: number, end: number): void {
    this.#moved.push({ start, end });
  }

  /** `prologue` and `epilogue` go around everything, what was moved to the front included. */
  apply(prologue: readonly ProloguePart[], epilogue: string): EditedText {
    // The sort is stable, so edits of one rank at one offset keep their order.
    const edits = [...this.#closing, ...this.#opening].sort((a, b) => a.start - b.start || a.rank - b.rank);
    const segments: Segment[] = [];
    let text = "";
    const write = (added: string, source: number, origin: Origin) => {
      if (added === "") return;
      segments.push({ start: text.length, source, origin });
      text += added;
    };
    const copy = (range: Range, changes: readonly Edit[]) => {
      let position = range.start;
      for (const change of changes) {
        write(this.#source.slice(position, change.start), position, "copied");
        write(change.text, change.start, change.hidden ? "hidden" : "written");
        position = change.end;
      }
      write(this.#source.slice(position, range.end), position, "copied");
    };
    for (const part of prologue) write(part.text, part.anchor, part.hidden ? "hidden" : "written");
    for (const range of this.#moved) {
      copy(
        range,
        edits.filter((edit) => isInside(edit, range)),
      );
      write(";", range.end, "hidden");
    }
    const gaps = this.#moved.map((range): Edit => ({ ...range, rank: 2, text: ";", hidden: true }));
    const outside = edits.filter((edit) => !this.#moved.some((range) => isInside(edit, range)));
    const remaining = [...outside, ...gaps].sort((a, b) => a.start - b.start || a.rank - b.rank);
    copy({ start: 0, end: this.#source.length }, remaining);
    write(epilogue, this.#source.length, "hidden");
    return { text, segments, toSource: (offset) => sourceOf(segments, offset) };
  }
}

function isInside({ start, rank }: Edit, range: Range): boolean {
  const afterStart = start > range.start || (start === range.start && rank > 0);
  const beforeEnd = start < range.end || (start === range.end && rank === 0);
  return afterStart && beforeEnd;
}

function sourceOf(segments: readonly Segment[], offset: number): number {
  let low = 0;
  let high = segments.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (segments[middle].start <= offset) low = middle;
    else high = middle - 1;
  }
  const segment = segments[low];
  if (!segment) return 0;
  return segment.origin === "copied" ? segment.source + offset - segment.start : segment.source;
}
