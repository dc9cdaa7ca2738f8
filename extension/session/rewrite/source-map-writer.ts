/** @file Source maps of scripts, by which a debugger finds the cell that a script was made from. */
import type { Position } from "./positions.ts";
import type { Script } from "./script.ts";
import { encodeVlq } from "./vlq.ts";

interface Mapping {
  readonly generated: Position;
  /** Undefined: here begins what a debugger steps over, since nobody wrote it. */
  readonly source: Position | undefined;
}

/** A debugger stops at the beginning of words and signs only. */
const WORD_OR_SIGN = /[\p{L}\p{N}_$]+|\S/gu;

interface Place {
  readonly offset: number;
  /** In the JavaScript; undefined as in a mapping. */
  readonly source: number | undefined;
}

/** The places in a script where something new begins. */
export function placesIn({ text, segments }: Script): Place[] {
  const places: Place[] = [];
  for (const [index, { start, source, origin }] of segments.entries()) {
    if (origin === "copied") {
      const copied = text.slice(start, segments[index + 1]?.start);
      for (const match of copied.matchAll(WORD_OR_SIGN)) {
        places.push({ offset: start + match.index, source: source + match.index });
      }
    } else places.push({ offset: start, source: origin === "hidden" ? undefined : source });
  }
  return places;
}

/** The `mappings` field of a source map with one source. They come in the order of the generated text. */
export function encodeMappings(mappings: readonly Mapping[]): string {
  const lines: string[][] = [[]];
  let column = 0;
  let previous: Position = { line: 0, column: 0 };
  for (const { generated, source } of mappings) {
    while (lines.length <= generated.line) {
      lines.push([]);
      column = 0;
    }
    const fields = [generated.column - column];
    column = generated.column;
    if (source) {
      fields.push(0, source.line - previous.line, source.column - previous.column);
      previous = source;
    }
    lines[generated.line].push(encodeVlq(fields));
  }
  return lines.map((segments) => segments.join(",")).join(";");
}

/** The comment by which a script names its source map. `source`: the URL that a debugger is to know the source by. */
export function sourceMapComment(source: string, mappings: string): string {
  const map = JSON.stringify({ version: 3, sources: [source], names: [], mappings });
  return `\n//# sourceMappingURL=data:application/json;base64,${Buffer.from(map).toString("base64")}`;
}
