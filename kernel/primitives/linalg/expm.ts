/** @file The matrix exponential, and its derivative in a direction, whose own derivative is again such a one. */
import { add, broadcastLeading, emit, fullLike } from "../../emit.ts";
import { NO_PARAMS, type Node } from "../../graph/node.ts";
import { define } from "../../primitive.ts";
import { block, sideBySide, stackAxes, stacked, stackOf, transpose } from "./matrix.ts";
import { matrixExponential } from "./numeric/expm.ts";
import { load, store, workspaceFor } from "./parts.ts";

declare module "../../primitive.ts" {
  interface PrimitiveParams {
    /** exp(A) of n × n matrices. */
    expm: typeof NO_PARAMS;
    /** The derivative of exp at A in the direction E (Fréchet derivative), linear in E. */
    expmDerivative: typeof NO_PARAMS;
  }
}

const derivative = (a: Node, e: Node): Node => emit("expmDerivative", [a, e], NO_PARAMS);

/** `[[diagonal, corner], [0, diagonal]]`. */
const blocks = (diagonal: Node, corner: Node): Node =>
  stacked(sideBySide(diagonal, corner), sideBySide(fullLike(0, diagonal), diagonal));

define("expm", {
  infer: ([{ shape, dtype }]) => ({ shape, dtype }),
  evaluate([a], out, _, open) {
    const { n, count } = stackOf(a);
    const space = workspaceFor(n ** 3, open);
    for (let i = 0; i < count; i++) {
      const matrix = load(space, a, i, count);
      store(space, matrixExponential(space, matrix, n, null).value, n * n, out, i);
      space.release(matrix);
    }
  },
  derivative: {
    kind: "jvp",
    jvp: ([a], [da]) => derivative(a, da!),
    pull: (cotangent, _, [a]) => [derivative(transpose(a), cotangent)],
  },
  independent: stackAxes,
  batch: ([a]) => emit("expm", [a], NO_PARAMS),
  lowering: { kind: "host", writesAll: true },
});

define("expmDerivative", {
  infer: ([{ shape, dtype }]) => ({ shape, dtype }),
  evaluate([a, e], out, _, open) {
    const { n, count } = stackOf(a);
    const space = workspaceFor(2 * n ** 3, open);
    for (let i = 0; i < count; i++) {
      const matrix = load(space, a, i, count);
      const direction = load(space, e, i, count);
      store(space, matrixExponential(space, matrix, n, direction).slope!, n * n, out, i);
      space.release(matrix);
    }
  },
  derivative: {
    kind: "jvp",
    // exp of a block matrix has the derivative in its corner (Mathias 1996; Higham & Relton 2014 for those of higher order).
    jvp([a, e], [da, de]) {
      const { n } = stackOf(a);
      if (da === null) return de && derivative(a, de);
      const whole = derivative(blocks(a, e), blocks(da, de ?? fullLike(0, da)));
      return block(whole, [0, n], [n, n]);
    },
    pull(cotangent, [wantsA, wantsE], [a, e]) {
      const { n } = stackOf(a);
      if (!wantsA) return [null, derivative(transpose(a), cotangent)];
      // The transpose of `jvp` above: into the corner, back through the whole, and each block to where it came from.
      const zero = fullLike(0, cotangent);
      const corner = stacked(sideBySide(zero, cotangent), sideBySide(zero, zero));
      const whole = derivative(transpose(blocks(a, e)), corner);
      const part = (row: number, column: number): Node => block(whole, [row * n, n], [column * n, n]);
      return [add(part(0, 0), part(1, 1)), wantsE ? part(0, 1) : null];
    },
  },
  independent: stackAxes,
  batch: ([a, e], [batchedA, batchedE], size) =>
    derivative(batchedA ? a : broadcastLeading(a, [size]), batchedE ? e : broadcastLeading(e, [size])),
  lowering: { kind: "host", writesAll: true },
});
