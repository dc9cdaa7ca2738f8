/**
 * @file Several nests over the same rows: a call takes a few rows through all of them, one nest after the other, so that
 * what one leaves is in the cache for the next.
 */
import type { RowsKernel } from "../../../loops/ir.ts";
import type { FunctionBuilder } from "../code/function.ts";
import { callInPieces, type RangeFunction } from "./calls.ts";
import { mapFunction } from "./map.ts";
import type { Target } from "./point.ts";
import { foldRowsFunction } from "./reduce.ts";

/** A matrix that is read and one that is written, so many entries of each, fill half of a nearest cache of 32 kB. */
const ENTRIES_AT_ONCE = 2048;

export function compileRows(target: Target, { kernels, lead }: RowsKernel, entry: FunctionBuilder): void {
  const parts = kernels.map(
    (kernel): RangeFunction =>
      kernel.kind === "map" ? mapFunction(target, kernel, lead) : foldRowsFunction(target, kernel, lead),
  );
  const ranges = parts.map(({ range }) => range!);
  const longest = Math.max(...ranges.map(({ points }) => points));
  const rows = Math.max(1, Math.floor(ENTRIES_AT_ONCE / longest));
  const f = target.module.define(["i32", "i32"], []);
  const [begin, end, next] = [0, 1, f.local("i32")];
  f.loop(() => {
    f.get(begin).i32(rows).op("i32.add").tee(next).get(end).get(next).get(end).op("i32.lt_s").op("select").set(next);
    for (const part of parts) f.get(begin).get(next).call(part.f);
    f.get(next).tee(begin).get(end).op("i32.lt_s").branchIf(0);
  });
  const points = ranges.reduce((sum, range) => sum + range.points, 0);
  const cost = ranges.reduce((sum, range) => sum + range.points * range.cost, 0) / points;
  callInPieces(entry, target.module, f, { extent: ranges[0].extent, points, grain: 1, cost, isFree: true });
}
