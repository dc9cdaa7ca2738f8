/** @file Offsets in a text and (line, column) pairs, one for the other. All counted from 0. */

export interface Position {
  readonly line: number;
  readonly column: number;
}

export class Lines {
  readonly #starts: number[] = [0];
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
    for (const match of text.matchAll(/\r\n|[\n\r\u2028\u2029]/g)) this.#starts.push(match.index + match[0].length);
  }

  offsetAt({ line, column }: Position): number {
    const start = this.#starts[Math.min(line, this.#starts.length - 1)];
    return Math.min(start + column, this.#text.length);
  }

  positionAt(offset: number): Position {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#starts[middle] <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low, column: offset - this.#starts[low] };
  }

  lineText(line: number): string {
    return this.#text.slice(this.#starts[line], this.#starts[line + 1]).replace(/[\r\n\u2028\u2029]+$/, "");
  }
}
