/** @file A cell's TypeScript made into a script, with the way back for every position. */
import { type Erased, eraseTypes } from "./erase.ts";
import type { NameKind } from "./names.ts";
import { Lines, type Position } from "./positions.ts";
import { CellSyntaxError } from "./problems.ts";
import { type Script, toScript } from "./script.ts";
import { encodeMappings, placesIn, sourceMapComment } from "./source-map-writer.ts";

export interface RewrittenCell {
  readonly script: string;
  readonly names: ReadonlyMap<string, NameKind>;
  /** From a position in the script (as the engine reports it) to one in the cell; undefined in what nobody wrote. */
  toCell(position: Position): Position | undefined;
  /** The same for a debugger, to be put behind the script. `cell`: the URL by which it knows the cell. */
  sourceMapComment(cell: string): string;
}

/** Throws `CellSyntaxError` for a cell that is no TypeScript. */
export function rewriteCell(
  source: string,
  executionId: number,
  known: ReadonlyMap<string, NameKind> = new Map(),
): RewrittenCell {
  const erased: Erased = eraseTypes(source);
  const { showsResult, typeNames, writtenNames } = erased;
  const toCell = (offset: number) => erased.toSource(offset) ?? 0;
  const options = { executionId, showsResult, typeNames, writtenNames, known, toCell };
  const script = located(erased, () => toScript(erased.javascript, options));
  const scriptLines = new Lines(script.text);
  const cellLines = new Lines(source);
  const cellPosition = (offset: number) => {
    const found = erased.toSource(offset);
    return found === undefined ? undefined : cellLines.positionAt(found);
  };
  return {
    script: script.text,
    names: script.names,
    toCell: (position) => cellPosition(script.toSource(scriptLines.offsetAt(position))),
    sourceMapComment: (cell) => {
      const mappings = placesIn(script).map(({ offset, source }) => ({
        generated: scriptLines.positionAt(offset),
        source: source === undefined ? undefined : cellPosition(source),
      }));
      return sourceMapComment(cell, encodeMappings(mappings));
    },
  };
}

/** Takes problems found in the JavaScript back to the cell. */
function located(erased: Erased, make: () => Script): Script {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof CellSyntaxError)) throw error;
    throw new CellSyntaxError(
      error.problems.map(({ message, offset }) => ({ message, offset: erased.toSource(offset) ?? 0 })),
    );
  }
}
