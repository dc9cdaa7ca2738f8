/** @file What is done with finished accumulators. */
import type { Store } from "../../../loops/ir.ts";
import { type Fold, isWide, type ScalarAccumulator, type VectorAccumulator } from "./accumulate.ts";
import type { PointCode } from "./point.ts";

/** Does the stores at one point. */
export function storeScalar(code: PointCode, fold: Fold, stores: readonly Store[], result: ScalarAccumulator): void {
  const { f } = code;
  if (!isWide(fold)) code.accumulators = [result.local];
  else {
    const finished = f.local("f32");
    result.finish();
    f.set(finished);
    code.accumulators = [finished];
  }
  for (const store of stores) code.store(store);
  if (isWide(fold)) f.release(code.accumulators[0]);
  result.release();
}

/** Does the stores at neighbouring points, in vectors. */
export function storeVectors(code: PointCode, stores: readonly Store[], parts: readonly VectorAccumulator[]): void {
  const { f } = code;
  code.accumulators = parts.map((part) => {
    const local = f.local("v128");
    part.finish();
    f.set(local);
    part.release();
    return local;
  });
  for (const copy of parts.keys()) for (const store of stores) code.vectorStore(store, copy);
  for (const local of code.accumulators) f.release(local);
}
