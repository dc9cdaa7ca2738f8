/** @file Writes docs/accuracy-float64.md from measurements; how to run it stands in that page. */
import { writeFileSync } from "node:fs";
import { hasRelaxedSimd } from "../../../kernel/backends/wasm/code/features.ts";
import { BINARY_NAMES, type MeasuredFunction, UNARY_NAMES, worstError } from "./float64.ts";

const POINTS = 1500;

if (!hasRelaxedSimd()) throw new Error("This needs an engine with relaxed SIMD, or Node 20 with its flag for that.");

const row = (fn: MeasuredFunction): string => {
  const [plain, fused] = [false, true].map((each) => worstError(fn, POINTS, each));
  return `| ${fn} | ${plain.ulps.toFixed(3)} | ${fused.ulps.toFixed(3)} | ${plain.points} | ${plain.args.join("; ")} |`;
};

writeFileSync(
  "docs/accuracy-float64.md",
  `# Accuracy of float64 in WebAssembly

The largest distance from the exact value of each float64 function that has vector code, in units in the last place of that value (1 ulp is the distance of neighbours; exact rounding is 0.5): without and with multiplication and addition as one instruction (\`setFusedMultiplyAdd\`). The tests hold all of them to 1.5 ulp.

| function | ulp | ulp, fused | points | worst at |
|---|---:|---:|---:|---|
${[...UNARY_NAMES, ...BINARY_NAMES].map(row).join("\n")}

- **Sampled** (\`test/kernel/accuracy/float64.ts\`): for each function random bits over all signs and exponents, random magnitudes from 2⁻⁷⁵ to 2⁵, and random numbers in intervals where its formulas change, near its zeros, and at the ends of its range; for sin, cos and tan also numbers beside multiples of π/2; and the neighbours of some forty particular numbers. The exact values have 160 binary digits (\`test/kernel/support/big.ts\`). This is a sample: a larger error somewhere between is possible.
- **Special values** (NaN, ±0, ±∞, numbers without a leading bit, where a result overflows or vanishes) are exact, by a table in \`test/kernel/wasm/accuracy-float64.test.ts\`. The same test sees that a number alone gives the same bits as among others.
- sin, cos and tan above 2²⁰ are JavaScript's. lgamma, digamma, erfinv, ndtr and zeta of float64 have no vector code; see [accuracy.md](accuracy.md).
- **To measure again:** \`npx esbuild test/kernel/accuracy/float64-docs.ts --bundle --platform=node --format=esm --outfile=out/accuracy-float64.mjs && node --experimental-wasm-relaxed-simd out/accuracy-float64.mjs\` (the flag in Node 20 only; half a minute).
`,
);
