/** @file The order of entries. Sorting itself is taking along this order, and gets its derivative from there. */

import { emit } from "../emit.ts";
import { linesAlong } from "../loops/lines.ts";
import { argsortForm } from "../onnx/forms/sums.ts";
import { define } from "../primitive.ts";

interface SortParams {
  readonly axis: number;
  readonly descending: boolean;
}
declare module "../primitive.ts" {
  interface PrimitiveParams {
    /** Positions along `axis` in the order of the entries, int32. Stable; NaN counts as the largest. */
    argsort: SortParams;
  }
}

define("argsort", {
  infer: ([x]) => ({ shape: x.shape, dtype: "int32" }),
  evaluate([x], out, { axis, descending }) {
    const { outer, extent, inner } = linesAlong(x.shape, axis);
    const sign = descending ? -1 : 1;
    const line = new Float64Array(extent);
    const order = new Int32Array(extent);
    const compare = (i: number, j: number): number => {
      const [a, b] = [line[i], line[j]];
      if (a < b) return -sign;
      if (a > b) return sign;
      // Equal, or a NaN among them. The position decides last, which makes the order stable whatever the algorithm.
      return sign * (Number(Number.isNaN(a)) - Number(Number.isNaN(b))) || i - j;
    };
    for (let o = 0; o < outer; o++) {
      for (let n = 0; n < inner; n++) {
        const start = o * extent * inner + n;
        for (let i = 0; i < extent; i++) {
          line[i] = x.data[start + i * inner];
          order[i] = i;
        }
        order.sort(compare);
        for (let i = 0; i < extent; i++) out.data[start + i * inner] = order[i];
      }
    }
  },
  derivative: { kind: "none" },
  batch: ([x], _, __, { axis, descending }) => emit("argsort", [x], { axis: axis + 1, descending }),
  lowering: {
    kind: "host",
    operation: ({ axis, descending }, [x]) => ({ name: "argsort", descending, ...linesAlong(x.shape, axis) }),
  },
  onnx: argsortForm,
});
