/**
 * @file Systems of equations with a banded matrix: Gaussian elimination with partial pivoting that stays within the band
 * (Golub and Van Loan, Matrix Computations, 4th ed., 4.3.3), O(n · lower · (lower + upper)), in float64 and in place.
 */

/** A square matrix whose entry (row, column) is at `values[row * width + column − row + lower]`. */
export interface Band {
  readonly size: number;
  readonly lower: number;
  /** Room for `lower` diagonals more above, which exchanging rows fills. */
  readonly upper: number;
  readonly values: Float64Array;
}

/** Entries kept per row. */
export const bandWidth = (lower: number, upper: number): number => 2 * lower + upper + 1;

export const emptyBand = (size: number, lower: number, upper: number): Band => ({
  size,
  lower,
  upper,
  values: new Float64Array(size * bandWidth(lower, upper)),
});

/**
 * Overwrites `right` with the solution and the band with its factors.
 * @returns the column without a pivot when the matrix is singular, else -1
 */
export function solveBand({ size, lower, upper, values }: Band, right: Float64Array): number {
  const width = bandWidth(lower, upper);
  // One step along a column, which keeps its distance from the diagonal smaller by one.
  const down = width - 1;
  for (let k = 0; k < size; k++) {
    const last = Math.min(size - 1, k + lower);
    const end = Math.min(size - 1, k + lower + upper);
    const diagonal = k * width + lower;
    let pivot = k;
    let largest = Math.abs(values[diagonal]);
    for (let i = k + 1; i <= last; i++) {
      const magnitude = Math.abs(values[diagonal + (i - k) * down]);
      if (magnitude > largest) [pivot, largest] = [i, magnitude];
    }
    if (largest === 0) return k;
    if (pivot !== k) {
      const other = diagonal + (pivot - k) * down;
      for (let j = 0; j <= end - k; j++) {
        const kept = values[diagonal + j];
        values[diagonal + j] = values[other + j];
        values[other + j] = kept;
      }
      const kept = right[k];
      right[k] = right[pivot];
      right[pivot] = kept;
    }
    for (let i = k + 1; i <= last; i++) {
      const row = diagonal + (i - k) * down;
      const factor = values[row] / values[diagonal];
      if (factor === 0) continue;
      for (let j = 1; j <= end - k; j++) values[row + j] -= factor * values[diagonal + j];
      right[i] -= factor * right[k];
    }
  }
  for (let k = size - 1; k >= 0; k--) {
    const diagonal = k * width + lower;
    const end = Math.min(size - 1, k + lower + upper);
    let sum = right[k];
    for (let j = 1; j <= end - k; j++) sum -= values[diagonal + j] * right[k + j];
    right[k] = sum / values[diagonal];
  }
  return -1;
}
