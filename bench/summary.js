/** @file What peers tell of a tensor, so that it need not be sent. */

/**
 * Sums that tell a wrong, transposed or shuffled tensor: of squares, of entries weighed by their place, and of absolute
 * values, to which rounding in the second is relative.
 * @param {readonly number[]} shape @param {ArrayLike<number>} data
 */
export function summary(shape, data) {
  let squares = 0;
  let weighed = 0;
  let absolute = 0;
  for (let i = 0; i < data.length; i++) {
    squares += data[i] * data[i];
    weighed += (data[i] * ((i * 31) % 97)) / 97;
    absolute += Math.abs(data[i]);
  }
  return { shape, squares, weighed, absolute };
}
