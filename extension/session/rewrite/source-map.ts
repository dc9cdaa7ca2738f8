/** @file Reads the source map of a transpiled text, just enough to take a position back to its source. */
import type { Position } from "./positions.ts";
import { decodeVlq } from "./vlq.ts";

/** [generated column, source line, source column], sorted by column, for one generated line. */
type LineMappings = readonly (readonly [number, number, number])[];

export class SourceMap {
  readonly #lines: readonly LineMappings[];

  /** `json`: a version 3 map with one source. */
  constructor(json: string) {
    const { mappings } = JSON.parse(json) as { mappings: string };
    let sourceLine = 0;
    let sourceColumn = 0;
    this.#lines = mappings.split(";").map((line) => {
      let column = 0;
      const mapped: [number, number, number][] = [];
      for (const segment of line.split(",")) {
        const fields = decodeVlq(segment);
        column += fields[0];
        if (fields.length < 4) continue;
        sourceLine += fields[2];
        sourceColumn += fields[3];
        mapped.push([column, sourceLine, sourceColumn]);
      }
      return mapped;
    });
  }

  /** The source of the nearest token at or before the position; undefined in the compiler's own code above it all. */
  toSource({ line, column }: Position): Position | undefined {
    const mappings = this.#lines[line] ?? [];
    const mapping = mappings.findLast(([start]) => start <= column) ?? mappings[0];
    if (mapping) return { line: mapping[1], column: mapping[2] };
    for (let before = line - 1; before >= 0; before--) {
      const last = this.#lines[before]?.at(-1);
      if (last) return { line: last[1], column: last[2] };
    }
    return undefined;
  }
}
