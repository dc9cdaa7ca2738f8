/** @file A place in a cell, for a person: line, column, and a pointer below the line. */
import { Lines } from "../session/rewrite/positions.ts";

export interface CellPlace {
  /** Both counted from 1. */
  readonly line: number;
  readonly column: number;
  /** The line's text. */
  readonly text: string;
}

export function placeIn(code: string, offset: number): CellPlace {
  const lines = new Lines(code);
  const { line, column } = lines.positionAt(offset);
  return { line: line + 1, column: column + 1, text: lines.lineText(line) };
}

/** Tabs stay tabs, so that the pointer stands under its column however wide they are. */
export function caretLine(text: string, column: number): string {
  return `${text.slice(0, column - 1).replace(/[^\t]/g, " ")}^`;
}
