/** @file Whether times fall into two groups, as they do when the processor changes its rate or a collector runs. */
import { mean, quantile, sorted, standardDeviation } from "./statistics.ts";

export interface Groups {
  readonly centers: readonly [lower: number, upper: number];
  /** Of all times, those in the lower group. */
  readonly lowerShare: number;
}

/** Fewer times than this make groups by chance. */
const LEAST = 20;
/** A smaller group is a tail. */
const LEAST_SHARE = 0.2;
/** Groups nearer to each other than this share of the lower center make no difference to a reader. */
const LEAST_DISTANCE = 0.1;
/**
 * By how many of their own widths the groups lie apart: `D` of K. M. Ashman, C. M. Bird and S. E. Zepf, "Detecting
 * bimodality in astronomical datasets", The Astronomical Journal 108 (1994). They take 2; the halves of one even spread
 * have 3.5.
 */
const LEAST_SEPARATION = 5;

/** The split into two groups that leaves least variance within them, if they are groups indeed. */
export function twoGroups(times: readonly number[]): Groups | undefined {
  if (times.length < LEAST) return undefined;
  const ascending = sorted(times);
  const { length } = ascending;
  const total = mean(ascending) * length;
  let [best, bestVariance, sum] = [0, -1, 0];
  for (let i = 1; i < length; i++) {
    sum += ascending[i - 1];
    // The variance between the groups: least within them is most between them.
    const between = (sum / i - (total - sum) / (length - i)) ** 2 * i * (length - i);
    if (between > bestVariance) [best, bestVariance] = [i, between];
  }
  const [low, high] = [ascending.subarray(0, best), ascending.subarray(best)];
  if (Math.min(low.length, high.length) < LEAST_SHARE * length) return undefined;
  const centers = [quantile(low, 0.5), quantile(high, 0.5)] as const;
  const distance = centers[1] - centers[0];
  const width = Math.sqrt((standardDeviation(low) ** 2 + standardDeviation(high) ** 2) / 2);
  if (distance < LEAST_DISTANCE * centers[0] || distance < LEAST_SEPARATION * width) return undefined;
  return { centers, lowerShare: low.length / length };
}
