/** @file Products of matrices. */
import { einsum, matmul } from "../../../functions/product.ts";
import type { Tensor } from "../../../tensor.ts";
import type { Call, OperatorTable } from "../call.ts";

/** `alpha · A B + beta · C`, each matrix transposed on request. */
function gemm(call: Call): Tensor {
  const a = call.flag("transA", false) ? call.input(0).transpose() : call.input(0);
  const b = call.flag("transB", false) ? call.input(1).transpose() : call.input(1);
  if (a.ndim !== 2 || b.ndim !== 2) call.fail(`expected two matrices, got ${a.ndim} and ${b.ndim} axes.`);
  const alpha = call.float("alpha", 1);
  const beta = call.float("beta", 1);
  const product = matmul(a, b);
  const scaled = alpha === 1 ? product : product.mul(alpha);
  const c = call.optional(2);
  if (c === undefined || beta === 0) return scaled;
  return scaled.add(beta === 1 ? c : c.mul(beta));
}

/** A formula has a letter for each axis; reading a much longer one takes its time. */
const LONGEST_FORMULA = 1000;

function einsumOf(call: Call): Tensor {
  const formula = call.string("equation");
  if (formula.length > LONGEST_FORMULA)
    call.fail(`expected a short equation, got one of ${formula.length} characters.`);
  return einsum(formula, ...call.inputs());
}

export const products: OperatorTable = {
  MatMul: { run: (call) => matmul(call.input(0), call.input(1)) },
  Gemm: { run: gemm },
  Einsum: { run: einsumOf },
};
