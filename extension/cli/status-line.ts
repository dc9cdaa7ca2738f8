/** @file The last line of a terminal, which says how far a run is, and is written over as it goes on. */

/** What of a terminal is used here. */
export interface Screen {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

const REDRAW_MS = 250;
const BAR_WIDTH = 24;

export class StatusLine {
  readonly #screen: Screen;
  #text: (() => string) | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(screen: Screen) {
    this.#screen = screen;
  }

  /** @param text asked again and again, since it tells the time */
  show(text: () => string): void {
    this.#text = text;
    this.#draw();
    this.#timer ??= setInterval(() => this.#draw(), REDRAW_MS).unref();
  }

  /** Takes the line away, for others to write where it was. */
  hide(): void {
    if (this.#text) this.#screen.write("\r\x1b[2K");
    this.#text = undefined;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #draw(): void {
    if (!this.#text) return;
    // A line that is too long would be broken into two, and only the second of them written over.
    const width = (this.#screen.columns ?? 80) - 1;
    this.#screen.write(`\r\x1b[2K${this.#text().slice(0, width)}`);
  }
}

/** `share`: from 0 to 1. */
export function bar(share: number): string {
  const full = Math.round(share * BAR_WIDTH);
  return "█".repeat(full) + "░".repeat(BAR_WIDTH - full);
}
