/** @file All cases, in the order in which they are run and shown. */
import { elementwise, reductions } from "./elementwise.js";
import { gemm } from "./gemm.js";
import { layers, networks } from "./layers.js";
import { factorizations, objectives } from "./objectives.js";
import { tutorial } from "./tutorial.js";

/** @type {readonly import("./case.js").Case[]} */
export const cases = [
  ...tutorial,
  ...gemm,
  ...elementwise,
  ...reductions,
  ...layers,
  ...networks,
  ...objectives,
  ...factorizations,
];
