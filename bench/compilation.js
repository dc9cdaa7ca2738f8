/**
 * @file `node bench/compilation.js`: how long new programs take from the call to the result, everything in: tracing,
 * planning, assembling, and the engine's own compilation. Warmed up; each program is of a structure not seen before.
 */
import { compilations, grad, jit, randn, zeros } from "../dist/kernel.js";
import { median } from "./statistics.js";

const WARM_UP = 20;
const RUNS = 40;

/** Layers with products, functions, reductions and broadcasting: about 15 operations each. */
function layers(x, weight, count) {
  let y = x;
  for (let i = 0; i < count; i++) {
    y = y.matmul(weight).add(x).tanh();
    y = y
      .sub(y.mean(1, { keepDims: true }))
      .mul(2)
      .exp()
      .sum(1, { keepDims: true })
      .add(y)
      .mul(3);
  }
  return y.sum();
}

/** Steps of an oscillator, as someone writes them who does not know of loops. */
function steps(x, count) {
  let [a, b] = [x, x.mul(0.5)];
  for (let i = 0; i < count; i++) [a, b] = [a.add(b.mul(0.01)), b.sub(a.sin().mul(0.01))];
  return a.add(b).sum();
}

const weight = randn([16, 16]);
weight.dataSync();
const cases = [
  { name: "layers, forward", runs: RUNS, make: () => jit((x) => layers(x, weight, 7)) },
  { name: "layers, gradient", runs: RUNS, make: () => jit(grad((x) => layers(x, weight, 3))) },
  { name: "500 steps written out, forward", runs: 5, make: () => jit((x) => steps(x, 500)) },
  { name: "500 steps written out, gradient", runs: 5, make: () => jit(grad((x) => steps(x, 500))) },
];

for (const { name, runs, make } of cases) {
  const times = [];
  const warmUp = Math.min(WARM_UP, runs);
  for (let run = 0; run < warmUp + runs; run++) {
    // Another shape is another program.
    const x = zeros([8 + run, 16]);
    x.dataSync();
    const f = make();
    const start = performance.now();
    f(x).dataSync();
    if (run >= warmUp) times.push(performance.now() - start);
  }
  const { operations, kernels, codeBytes, planMilliseconds, assembleMilliseconds } = compilations().at(-1);
  const ms = median(times);
  const shown = [
    `${operations} operations in ${kernels} kernels, ${codeBytes} bytes of code`,
    `${ms.toPrecision(3)} ms from call to result (least ${Math.min(...times).toPrecision(3)})`,
    `${((100 * ms) / operations).toPrecision(3)} ms per 100 operations`,
    `the last: ${planMilliseconds.toPrecision(2)} planning, ${assembleMilliseconds.toPrecision(2)} assembling`,
  ];
  console.log(`${name}: ${shown.join("; ")}`);
}
