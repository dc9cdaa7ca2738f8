/** @file Writes docs/accuracy.md from measurements: `npm run accuracy:docs`. */
import { writeFileSync } from "node:fs";
import { BACKENDS } from "../support/backends.ts";
import { LIMITS } from "./limits.ts";
import { type FloatType, type FunctionName, functionNames, pointsOf, worstError } from "./measure.ts";

const worst = (name: FunctionName, dtype: FloatType): number =>
  Math.max(...BACKENDS.map((backend) => worstError(name, dtype, backend).ulps));

/** Four digits; not by way of a number, since the largest one would be rounded up to infinity. */
const short = (x: number): string =>
  (Number.isInteger(x) && Math.abs(x) < 1e6 ? String(x) : x.toPrecision(4)).replaceAll("-", "−").replace("e+", "e");

function ranges(name: FunctionName): string {
  return pointsOf(name, "float64")
    .args.map((column) => `${short(Math.min(...column))} … ${short(Math.max(...column))}`)
    .join("; ");
}

const rows = functionNames.map((name) => {
  const { float64, float32 } = LIMITS[name];
  const measured = [worst(name, "float64"), float64, worst(name, "float32"), float32];
  return `| ${name} | ${measured.join(" | ")} | ${ranges(name)} |`;
});

writeFileSync(
  "docs/accuracy.md",
  `# Accuracy

How far each function is from the exact value, rounded to its type, in units in the last place (ulp): the largest distance over the points of \`test/kernel/accuracy/golden.json\` on both backends, and the limit that the tests hold it to. The points (20 to 170 for a function) are spread over the range and crowd where it is hard: at zeros and poles, where formulas change, at the smallest and largest numbers. Their exact values were computed with 60 digits (\`test/kernel/accuracy/generate.py\`). The float32 column takes those points that are float32 numbers and whose value float32 can hold.

| function | float64 | limit | float32 | limit | points (float64) |
|---|---:|---:|---:|---:|---|
${rows.join("\n")}

- Functions with the limit 0 are exactly rounded. In float64 the WebAssembly backend has vector code of at most 1.5 ulp for 24 functions ([measured](accuracy-float64.md)). In float32 it has vector code for most functions, of at most 2 ulp over all of float32 ([measured](accuracy-float32.md)); erfinv, lgamma, digamma and zeta are computed in float64 and rounded once; those made of several (log10, softplus, sinc, …) are float32 at each step.
- \`lgamma\` and \`digamma\` have zeros between their negative poles. For negative x below the points above, the error is at most 2e-15 in relation to the larger of 1 and the value. \`polygamma(n, x)\` of negative x has zeros too where n is even, and loses digits beside them; those are not measured.
- Arguments are taken as exact: sin of a large float64 is the sine of just that number, reduced by as many digits of π as it takes.
- Special values: \`erf(±∞) = ±1\`; \`lgamma\` is +∞ at 0, −1, −2, … and ±∞; \`digamma(±0) = ∓∞\` and NaN at −1, −2, …; \`zeta(s, x)\` is +∞ at s = 1 and at x = 0, −1, …, and NaN for s < 1 or for x < 0 with s no integer; \`erfinv(±1) = ±∞\`. The tests of special values are \`test/kernel/primitives/elementwise-rows.ts\`.

Regenerate this page with \`npm run accuracy:docs\`, the exact values with \`python3 test/kernel/accuracy/generate.py\`, the coefficients of the special functions with \`python3 test/kernel/accuracy/coefficients.py\` (both need mpmath).
`,
);
