/** @file What a function is compiled to, as its table with a small picture of each Jacobian found in it. */
import type { Explanation, StructuredJacobian } from "cotangent";
import { DISPLAY_VERSION, type GroupDisplay } from "../../../protocol/display.ts";
import { sizeOf } from "../../../protocol/notation.ts";
import { patternDisplay } from "./pattern.ts";

/** Pictures beside the table; who wants them all asks for the Jacobian itself. */
const MOST_PICTURES = 6;
const PICTURE_ENTRIES = 2 ** 16;

/** That all entries are there is said in a word. */
const worthDrawing = (block: StructuredJacobian): boolean => block.hasPattern && block.nnz < sizeOf(block.shape);

/** Undefined when there is nothing to draw: the text alone is shown then. */
export function explanationDisplay(explanation: Explanation): GroupDisplay | undefined {
  const blocks = explanation.derivatives.flatMap((found) => found.blocks).filter(worthDrawing);
  if (blocks.length === 0) return undefined;
  const items = blocks.slice(0, MOST_PICTURES).map((block) => ({
    path: "where entries can be other than 0",
    display: patternDisplay(block, PICTURE_ENTRIES),
  }));
  return {
    version: DISPLAY_VERSION,
    kind: "group",
    text: explanation.toString(),
    items,
    omitted: blocks.length - items.length,
  };
}
