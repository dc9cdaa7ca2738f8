/** @file Statistics of samples of times. */

/**
 * Between neighbours in order, linearly.
 * @param {readonly number[]} sample @param {number} fraction
 */
export function quantile(sample, fraction) {
  const sorted = [...sample].sort((a, b) => a - b);
  const at = fraction * (sorted.length - 1);
  const low = Math.floor(at);
  const high = Math.ceil(at);
  return sorted[low] + (at - low) * (sorted[high] - sorted[low]);
}

/** @param {readonly number[]} sample */
export const median = (sample) => quantile(sample, 0.5);

/**
 * The e in y ≈ c · xᵉ by least squares of the logarithms; undefined below two points.
 * @param {readonly (readonly [x: number, y: number])[]} points
 */
export function exponent(points) {
  const logs = points.filter(([, y]) => y > 0).map(([x, y]) => [Math.log(x), Math.log(y)]);
  if (logs.length < 2) return undefined;
  const mean = (/** @type {number} */ k) => logs.reduce((sum, point) => sum + point[k], 0) / logs.length;
  const [meanX, meanY] = [mean(0), mean(1)];
  const spread = logs.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  return logs.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0) / spread;
}
