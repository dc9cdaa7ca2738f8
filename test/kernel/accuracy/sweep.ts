/**
 * @file Measures the float32 vector code at every float32 there is, strict and fused: `npm run accuracy:sweep`, followed by
 * `-- --every K` for every K-th, `--only exp,log` for some functions, `--write` to put the table into
 * docs/accuracy-float32.md (functions not measured keep their rows there). Takes some minutes a function and core.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { setFlagsFromString } from "node:v8";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import {
  arityOf,
  BLOCK,
  compare,
  compiled,
  FUNCTIONS,
  fillBits,
  fillPairs,
  nothingMeasured,
  reference,
  type VectorFn,
  type Worst,
  worse,
} from "./float32.ts";

const PAGE = "docs/accuracy-float32.md";
const PATTERNS = 2 ** 32;
/** Pairs measured of a function of two arguments, if not every K-th. */
const PAIRS = 2 ** 27;

/** One worker's part of a function: the points whose number is `part` modulo `parts`. */
interface Task {
  readonly fn: VectorFn;
  readonly points: number;
  readonly step: number;
  readonly part: number;
  readonly parts: number;
}

/** Strict, then fused. */
type Measured = readonly [Worst, Worst];

function measure({ fn, points, step, part, parts }: Task): Measured {
  const exact = reference(fn);
  const codes = [compiled(fn, false), compiled(fn, true)];
  const worst = [nothingMeasured(), nothingMeasured()] as const;
  const args = Array.from({ length: arityOf(fn) }, () => new Float32Array(BLOCK));
  const wanted = new Float64Array(BLOCK);
  for (let first = part * BLOCK; first < points; first += parts * BLOCK) {
    if (args.length === 2) fillPairs(args[0], args[1], first);
    else fillBits(args[0], first * step, step);
    const [x, y = x] = args;
    for (let i = 0; i < BLOCK; i++) wanted[i] = exact(x[i], y[i]);
    for (const [i, code] of codes.entries()) compare(worst[i], code(...args), wanted, args);
  }
  return worst;
}

function inWorkers(fn: VectorFn, points: number, step: number): Promise<Measured> {
  const parts = availableParallelism();
  const one = (part: number): Promise<Measured> =>
    new Promise((resolve, reject) => {
      const task: Task = { fn, points, step, part, parts };
      new Worker(new URL(import.meta.url), { workerData: task }).once("message", resolve).once("error", reject);
    });
  return Promise.all(Array.from({ length: parts }, (_, part) => one(part))).then((all) =>
    all.reduce(([strict, fused], [s, f]) => [worse(strict, s), worse(fused, f)]),
  );
}

/** A number in as few digits as tell it from its neighbours in float32. */
function shortest(x: number): string {
  for (let digits = 1; digits < 9; digits++) {
    const text = x.toPrecision(digits);
    if (Math.fround(Number(text)) === x) return String(Number(text)).replaceAll("-", "−");
  }
  return String(x).replaceAll("-", "−");
}

function describe({ ulps, args, wrong, wrongArgs }: Worst): string {
  const where = (list: readonly number[]): string => list.map(shortest).join("; ");
  return wrong > 0 ? `${wrong} wrong, as at ${where(wrongArgs)} | ` : `${ulps.toFixed(3)} | ${where(args)}`;
}

const rowOf = (fn: VectorFn, points: number, [strict, fused]: Measured): string =>
  `| ${fn} | ${describe(strict)} | ${describe(fused)} | ${points === PATTERNS ? "all" : points.toLocaleString("en")} |`;

/** Replaces the rows of the page, and keeps those of functions not measured. */
function write(rows: ReadonlyMap<VectorFn, string>): void {
  const old = existsSync(PAGE) ? readFileSync(PAGE, "utf8").split("\n") : [];
  const kept = (fn: VectorFn): string | undefined => old.find((line) => line.startsWith(`| ${fn} |`));
  const table = FUNCTIONS.flatMap((fn) => rows.get(fn) ?? kept(fn) ?? []);
  writeFileSync(
    PAGE,
    `# Accuracy of float32 in WebAssembly

The functions of float32 that the WebAssembly backend has vector code for, over the whole range of float32, denormals, infinities and NaN among them: the largest distance from the exact value in units in the last place (ulp), and the argument it is at. The last column says at how many arguments: all 4,294,967,296 there are, or every so manyth. The distance is that from the value before rounding, which for a correctly rounded result is up to 0.5. The limit is 2. Strict code multiplies and adds in two instructions, fused code in one where the engine has relaxed SIMD; the two may differ in the last place. NaN, infinities and the signs of zeros are exact at each point; a function has one value wherever in an array its argument stands.

| function | strict | at | fused | at | points |
|---|---:|---|---:|---|---:|
${table.join("\n")}

pow and atan2 are measured at all pairs of special values and a fixed sample of anything, of bases about 1, of results at the ends of the range and of integer exponents. The exact values are those of JavaScript's \`Math\` and of \`kernel/loops/\` in float64. erfinv, lgamma, digamma and zeta have no vector code: they are computed in float64 and rounded once, like sin, cos and tan of arguments above 65536.

Measure again with \`npm run accuracy:sweep -- --write\` (all float32: minutes for each function; \`--every 61\` for every 61st, \`--only exp,log\` for some functions; rows of the others are kept). The tests hold all functions to 2 ulp at every 4099th float32 (\`test/kernel/wasm/accuracy.test.ts\`). The polynomials come from \`test/kernel/accuracy/float32-coefficients.py\`.
`,
  );
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      every: { type: "string", default: "1" },
      only: { type: "string", default: FUNCTIONS.join(",") },
      write: { type: "boolean", default: false },
    },
  });
  const step = Number(values.every);
  if (!Number.isInteger(step) || step < 1) {
    throw new RangeError(`--every takes a positive integer, but ${values.every} was given.`);
  }
  const rows = new Map<VectorFn, string>();
  console.log("| function | strict | at | fused | at | points |\n|---|---:|---|---:|---|---:|");
  for (const name of values.only.split(",")) {
    const fn = FUNCTIONS.find((each) => each === name);
    if (!fn) throw new RangeError(`--only takes some of ${FUNCTIONS.join(", ")}, but ${name} was given.`);
    const points = Math.floor((arityOf(fn) === 2 ? PAIRS : PATTERNS) / step);
    const row = rowOf(fn, points, await inWorkers(fn, points, step));
    console.log(row);
    rows.set(fn, row);
    if (values.write) write(rows);
  }
}

// Node 20 has relaxed SIMD behind this flag; it is the process's, so workers have it too.
if (isMainThread) {
  setFlagsFromString("--experimental-wasm-relaxed-simd");
  await main();
} else parentPort!.postMessage(measure(workerData as Task));
