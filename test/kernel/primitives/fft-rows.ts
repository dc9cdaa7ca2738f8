/** @file Expectations for the Fourier transform: its sum, written out. */
import type { PrimitiveParams } from "../../../kernel/primitive.ts";
import { type Grid, get, grid } from "../support/grid.ts";
import type { Table } from "./row.ts";

export function transformed(x: Grid, { pair, axis, inverse }: PrimitiveParams["fft"]): Grid {
  const n = x.shape[axis];
  const sign = inverse ? 1 : -1;
  return grid(x.shape, (at) => {
    let sum = 0;
    for (let j = 0; j < n; j++) {
      const angle = (sign * 2 * Math.PI * ((j * at[axis]) % n)) / n;
      const [real, imag] = [0, 1].map((part) => get(x, at.with(axis, j).with(pair, part)));
      sum +=
        at[pair] === 0
          ? real * Math.cos(angle) - imag * Math.sin(angle)
          : real * Math.sin(angle) + imag * Math.cos(angle);
    }
    return sum;
  });
}

export const fftRows = {
  fft: (
    [
      [[2, 4], 0, 1, false],
      [[2, 5], 0, 1, true],
      [[6, 2], 1, 0, false],
      [[3, 2, 2], 2, 0, true],
      [[2, 2, 12, 3], 0, 2, false],
      [[2, 1], 0, 1, false],
      // A prime above those that are transformed by their definition, and a product with one.
      [[2, 37], 0, 1, true],
      [[2, 2, 74], 1, 2, false],
      [[2, 0, 3], 0, 2, false],
    ] as [number[], number, number, boolean][]
  ).map(([shape, pair, axis, inverse]) => ({
    inputs: [{ shape }],
    params: { pair, axis, inverse },
    expected: ([x]) => transformed(x, { pair, axis, inverse }),
  })),
} satisfies Partial<Table>;
