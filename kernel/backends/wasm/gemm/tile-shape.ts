/**
 * @file How many rows and columns of the result are kept in registers. Engines load everything that a step needs before
 * they multiply, so of the sixteen vector registers of x64, of which V8 keeps one, a tile of r rows and v vectors takes
 * r·v + r + v, and one more where products are rounded apart from sums.
 */
import type { Product } from "./product.ts";

type Shape = readonly [rows: number, vectors: number];

/** Where two are as good, the first is taken. */
const FUSED: readonly Shape[] = [
  [4, 2],
  [3, 3],
  [2, 4],
  [1, 6],
];
const STRICT: readonly Shape[] = [
  [4, 2],
  [2, 4],
  [1, 6],
];

/**
 * About the cycles of one step along k: each sum waits for the last one's, 4 cycles when fused and 3 when not; two fused
 * operations, or six instructions of any kind, begin in a cycle (Zen 4, and Intel's since Alder Lake).
 */
function cycles(rows: number, vectors: number, fused: boolean): number {
  const sums = rows * vectors;
  return fused ? Math.max(4, sums / 2) : Math.max(3, (2 * sums + rows + vectors + 3) / 6);
}

/**
 * The tile that covers the result soonest, what is left over at its edges included.
 * @param lanes columns of a vector; 1 where vectors lie along k
 */
export function tileShape({ m, n }: Product, lanes: number, fused: boolean): { tileRows: number; tileColumns: number } {
  const total = ([rows, vectors]: Shape): number => {
    const columns = vectors * lanes;
    const [lastRows, lastVectors] = [m.extent % rows, Math.ceil((n.extent % columns) / lanes)];
    const down = (width: number): number =>
      Math.floor(m.extent / rows) * cycles(rows, width, fused) + (lastRows && cycles(lastRows, width, fused));
    return Math.floor(n.extent / columns) * down(vectors) + (lastVectors && down(lastVectors));
  };
  const shapes = fused ? FUSED : STRICT;
  const [rows, vectors] = shapes.reduce((best, shape) => (total(shape) < total(best) ? shape : best));
  return { tileRows: rows, tileColumns: vectors * lanes };
}
