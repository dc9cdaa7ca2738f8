/** @file How much one cell may print: the first part as it comes, then only the end, with a count of what is missing. */

const LIMIT = 1_000_000;
const TAIL = 4000;

export class OutputBudget {
  #written = 0;
  #dropped = 0;
  #droppedLines = 0;
  #tail = "";

  /** The part of `text` to show now. */
  take(text: string): string {
    const room = LIMIT - this.#written;
    if (text.length <= room) {
      this.#written += text.length;
      return text;
    }
    const shown = room > 0 ? text.slice(0, room) : "";
    const first = this.#dropped === 0;
    this.#written = LIMIT;
    this.#drop(text.slice(shown.length));
    return first ? `${shown}\n… more than ${LIMIT} characters: from here on only the end is shown …\n` : "";
  }

  /** What was printed is taken away, and with it what was held back. */
  clear(): void {
    this.#written = 0;
    this.#dropped = 0;
    this.#droppedLines = 0;
    this.#tail = "";
  }

  #drop(text: string): void {
    this.#dropped += text.length;
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) this.#droppedLines++;
    this.#tail = text.length >= TAIL ? text.slice(-TAIL) : (this.#tail + text).slice(-TAIL);
  }

  /** What was held back, once the cell is done. */
  finish(): string {
    if (this.#dropped === 0) return "";
    const tail = this.#tail;
    const missing = this.#dropped - tail.length;
    this.#dropped = 0;
    this.#tail = "";
    if (missing === 0) return tail;
    const lines = this.#droppedLines - (tail.split("\n").length - 1);
    this.#droppedLines = 0;
    return `… ${lines} lines (${missing} characters) left out …\n${tail}`;
  }
}
