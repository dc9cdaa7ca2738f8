/** @file Draws from the Poisson distribution. */
import { lgamma } from "../loops/special/gamma.ts";
import type { PhiloxStream } from "./philox.ts";

/** From this rate on, rejection takes fewer numbers than counting events. */
const LARGE = 10;

/** A draw from the Poisson distribution of the given rate; NaN for a negative one. */
export function poissonDraw(rate: number, stream: PhiloxStream): number {
  if (!(rate >= 0)) return Number.NaN;
  if (rate === Number.POSITIVE_INFINITY) return rate;
  return rate < LARGE ? countEvents(rate, stream) : transformedRejection(rate, stream);
}

/** How many exponential waiting times fit into one unit of time: D. E. Knuth, TAOCP 2, §3.4.1. */
function countEvents(rate: number, stream: PhiloxStream): number {
  const end = Math.exp(-rate);
  let count = -1;
  for (let product = 1; product > end || count < 0; count++) product *= stream.uniform();
  return count;
}

/** Algorithm PTRS of W. Hörmann, "The transformed rejection method for generating Poisson random variables" (1993). */
function transformedRejection(rate: number, stream: PhiloxStream): number {
  const logRate = Math.log(rate);
  const b = 0.931 + 2.53 * Math.sqrt(rate);
  const a = -0.059 + 0.02483 * b;
  const inverseAlpha = 1.1239 + 1.1328 / (b - 3.4);
  const edge = 0.9277 - 3.6224 / (b - 2);
  for (;;) {
    const u = stream.uniform() - 0.5;
    const v = stream.uniform();
    const distance = 0.5 - Math.abs(u);
    const k = Math.floor(((2 * a) / distance + b) * u + rate + 0.43);
    if (distance >= 0.07 && v <= edge) return k;
    if (k < 0 || (distance < 0.013 && v > distance)) continue;
    const accepted = Math.log((v * inverseAlpha) / (a / (distance * distance) + b));
    if (accepted <= k * logRate - rate - lgamma(k + 1)) return k;
  }
}
