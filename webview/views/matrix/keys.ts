/** @file What a key means in a picture. */
import type { Extents, Viewport } from "../../drawing/viewport.ts";

export interface Position {
  readonly row: number;
  readonly column: number;
}

export type Command = { readonly to: Position } | { readonly zoom: number } | { readonly reset: true };

const ZOOM = 1.5;

/** Undefined for a key that is not ours. The cursor starts in the first entry that is seen. */
export function commandOf(
  { key, altKey, ctrlKey, metaKey }: KeyboardEvent,
  from: Position | undefined,
  view: Viewport,
  { rows, columns }: Extents,
): Command | undefined {
  // With these, keys are the editor's; but for the two ends of the whole.
  const isEnd = key === "Home" || key === "End";
  if (altKey || ((ctrlKey || metaKey) && !isEnd)) return undefined;
  if (key === "+" || key === "=") return { zoom: ZOOM };
  if (key === "-") return { zoom: 1 / ZOOM };
  if (key === "0") return { reset: true };
  const page = Math.max(1, Math.floor(view.down));
  const step = {
    ArrowUp: [-1, 0],
    ArrowDown: [1, 0],
    ArrowLeft: [0, -1],
    ArrowRight: [0, 1],
    PageUp: [-page, 0],
    PageDown: [page, 0],
  }[key];
  if (!step && !isEnd) return undefined;
  if (!from) return { to: { row: Math.ceil(view.top), column: Math.ceil(view.left) } };
  if (step) return { to: { row: clamp(from.row + step[0], rows), column: clamp(from.column + step[1], columns) } };
  const row = ctrlKey || metaKey ? (key === "Home" ? 0 : rows - 1) : from.row;
  return { to: { row, column: key === "Home" ? 0 : columns - 1 } };
}

const clamp = (index: number, count: number): number => Math.min(Math.max(index, 0), count - 1);
