/** @file All operators that can be imported, by name. */
import type { OperatorTable } from "../call.ts";
import { activations } from "./activations.ts";
import { control } from "./control.ts";
import { convolutions } from "./convolutions.ts";
import { creation } from "./creation.ts";
import { elementwise } from "./elementwise.ts";
import { indexing } from "./indexing.ts";
import { layout } from "./layout.ts";
import { loops } from "./loop.ts";
import { normalizations } from "./normalizations.ts";
import { pooling } from "./pooling.ts";
import { products } from "./products.ts";
import { reductions } from "./reductions.ts";
import { resizing } from "./resize.ts";

/** By family, as the table of docs/onnx.md has them. */
export const families: Readonly<Record<string, OperatorTable>> = {
  "entry by entry": elementwise,
  activations,
  products,
  convolutions,
  pools: pooling,
  normalisation: normalizations,
  "shape and order": layout,
  "reading and writing at positions": indexing,
  "constants and shapes": creation,
  reductions,
  resizing,
  "branches and loops": { ...control, ...loops },
};

const tables = Object.values(families);

/** The operator of ONNX's own domain with that name. */
export function operatorNamed(name: string): OperatorTable[string] | undefined {
  const table = tables.find((each) => Object.hasOwn(each, name));
  return table?.[name];
}
