/** @file Hangs the functions that take a tensor first on Tensor, as methods, so that chains read from left to right. */

import type { DType } from "./dtype.ts";
import * as choice from "./functions/choice.ts";
import * as diagonals from "./functions/diagonals.ts";
import * as elementwise from "./functions/elementwise.ts";
import * as grids from "./functions/grids.ts";
import * as counting from "./functions/indexing/counting.ts";
import * as indexing from "./functions/indexing/indexing.ts";
import * as scatter from "./functions/indexing/scatter.ts";
import * as selection from "./functions/indexing/selection.ts";
import * as sorting from "./functions/indexing/sorting.ts";
import * as joining from "./functions/joining.ts";
import * as factorizations from "./functions/linalg/factorizations.ts";
import * as matrixFunctions from "./functions/linalg/matrix-functions.ts";
import * as solvers from "./functions/linalg/solvers.ts";
import * as activation from "./functions/nn/activation.ts";
import * as attention from "./functions/nn/attention.ts";
import * as convolution from "./functions/nn/convolution.ts";
import * as losses from "./functions/nn/losses.ts";
import * as normalization from "./functions/nn/normalization.ts";
import * as pooling from "./functions/nn/pooling.ts";
import * as product from "./functions/product.ts";
import * as reduction from "./functions/reduction.ts";
import * as shape from "./functions/shape.ts";
import * as special from "./functions/special.ts";
import type { Place, PlaceOptions } from "./runtime/choose.ts";
import { registerPart, Tensor } from "./tensor.ts";

const { to, ...ofEntries } = elementwise;
const { where, ...choices } = choice;
const { searchsorted, ...counted } = counting;
const { concat, stack, ...ofOne } = joining;
const { einsum, ...products } = product;
const { polygamma, ...specials } = special;
const { blockDiag, multiDot, ...ofMatrices } = matrixFunctions;
const { meshgrid, ...onGrids } = grids;

const methods = {
  ...ofEntries,
  ...choices,
  ...shape,
  ...ofOne,
  ...diagonals,
  ...products,
  ...reduction,
  ...activation,
  ...attention,
  ...losses,
  ...normalization,
  ...sorting,
  ...specials,
  ...convolution,
  ...pooling,
  ...factorizations,
  ...solvers,
  ...ofMatrices,
  ...onGrids,
  at: indexing.at,
  take: indexing.take,
  takeAlongAxis: indexing.takeAlongAxis,
  oneHot: indexing.oneHot,
  ...scatter,
  ...selection,
  ...counted,
};

/** `f(x, …rest)` as `x.f(…rest)`. */
type Method<F> = F extends (x: Tensor, ...rest: infer Rest) => infer Out ? (...rest: Rest) => Out : never;
type Methods = { [Name in keyof typeof methods]: Method<(typeof methods)[Name]> };

declare module "./tensor.ts" {
  interface Tensor extends Methods {
    /**
     * The same values as another type.
     * @example tensor([1.9, -1.9]).to("int32")   // [1, -1]
     */
    to(dtype: DType): Tensor;
    /**
     * The same values at another place: "webgpu" is the memory of the graphics processor, which is started for it, and
     * "wasm" is here. What is computed with a tensor that is on the graphics processor is computed there. With
     * `{ storage: "float16" }` it is kept there in half the memory and precision.
     * @example const y = await (await x.to("webgpu")).exp().to("wasm")
     */
    to(place: Place, options?: PlaceOptions): Promise<Tensor>;
  }
}

for (const [name, f] of Object.entries({ ...methods, to }) as [string, (...args: unknown[]) => unknown][]) {
  Object.defineProperty(Tensor.prototype, name, {
    value(this: Tensor, ...rest: unknown[]): unknown {
      return f(this, ...rest);
    },
    writable: true,
    configurable: true,
  });
}

registerPart((x, index) => indexing.at(x, index));
