/** @file Values of every kind that a result can have, the same in each run: for the gallery, the page tests and eyes. */
import { Comparison, compare, type Environment, Measurement, type Provenance, type Tensor, tensor } from "cotangent";
import type { ProgressBar, ProgressDisplay } from "../../protocol/display.ts";
import { progressBundle } from "../../protocol/progress.ts";

interface Making {
  readonly dtype?: Tensor["dtype"];
  readonly provenance?: Provenance;
}

/** A tensor whose entries are a function of their flat index. */
export function filled(shape: readonly number[], fill: (index: number) => number, making: Making = {}): Tensor {
  const { dtype = "float32", provenance } = making;
  const size = shape.reduce((product, extent) => product * extent, 1);
  const Storage = { float32: Float32Array, float64: Float64Array, int32: Int32Array, bool: Uint8Array }[dtype];
  const data = new Storage(size);
  for (let i = 0; i < size; i++) data[i] = fill(i);
  const made = tensor(data, { shape, dtype });
  made.provenance = provenance;
  return made;
}

/** Normal deviates from a small generator of our own (mulberry32, Box–Muller): the gallery never changes by itself. */
export function normal(seed: number): () => number {
  let state = seed;
  const uniform = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}

interface Layer {
  readonly inputs: number;
  readonly outputs: number;
  readonly weight: Float64Array;
  readonly x: Float64Array;
  /** tanh′ and tanh″ of each output. */
  readonly slope: Float64Array;
  readonly bend: Float64Array;
}

/** `tanh(weight · x)`, whose derivatives are known in closed form. */
function layer(outputs: number, inputs: number, seed: number): Layer {
  const draw = normal(seed);
  const weight = Float64Array.from({ length: outputs * inputs }, draw);
  const x = Float64Array.from({ length: inputs }, draw);
  const value = Float64Array.from({ length: outputs }, (_, i) =>
    Math.tanh(x.reduce((sum, xj, j) => sum + weight[i * inputs + j] * xj, 0) / Math.sqrt(inputs / 4)),
  );
  const slope = value.map((y) => 1 - y * y);
  return { inputs, outputs, weight, x, slope, bend: value.map((y, i) => -2 * y * slope[i]) };
}

const jacobianOf = (name: string, axes: number, batchAxes = 0): Provenance => ({
  kind: "jacobian",
  of: "predict",
  outputAxes: 1,
  inputs: [{ name, axes }],
  batchAxes,
});

const hessianOf = (of: string, outputAxes: number, batchAxes = 0): Provenance => ({
  kind: "hessian",
  of,
  outputAxes,
  inputs: [
    { name: "x", axes: 1 },
    { name: "x", axes: 1 },
  ],
  batchAxes,
});

export function inputJacobian(outputs: number, inputs: number, seed = 1): Tensor {
  const { weight, slope } = layer(outputs, inputs, seed);
  return filled([outputs, inputs], (i) => slope[Math.floor(i / inputs)] * weight[i], {
    provenance: jacobianOf("x", 1),
  });
}

export function weightJacobian(size: number): Tensor {
  const { x, slope } = layer(size, size, 1);
  const entry = (flat: number): number => {
    const [out, row, column] = [Math.floor(flat / size / size), Math.floor(flat / size) % size, flat % size];
    return out === row ? slope[out] * x[column] : 0;
  };
  return filled([size, size, size], entry, { provenance: jacobianOf("weight", 2) });
}

export function biasJacobian(size: number): Tensor {
  const { slope } = layer(size, size, 1);
  const entry = (flat: number): number => (Math.floor(flat / size) === flat % size ? slope[flat % size] : 0);
  return filled([size, size], entry, { provenance: jacobianOf("bias", 1) });
}

export function batchJacobian(): Tensor {
  const draw = normal(5);
  return filled([64, 33, 31], draw, { provenance: jacobianOf("x", 1, 1) });
}

export function hessian(outputs: number, inputs: number): Tensor {
  const { weight, bend } = layer(outputs, inputs, 2);
  const entry = (flat: number): number => {
    const out = Math.floor(flat / inputs / inputs);
    const [i, j] = [Math.floor(flat / inputs) % inputs, flat % inputs];
    return bend[out] * weight[out * inputs + i] * weight[out * inputs + j];
  };
  return filled([outputs, inputs, inputs], entry, { provenance: hessianOf("predict", 1) });
}

export function batchHessian(): Tensor {
  const draw = normal(6);
  return filled([8, 5, 31, 31], draw, { provenance: hessianOf("predict", 1, 1) });
}

export function lossHessian(): Tensor {
  const entry = (flat: number): number => 2 ** -Math.abs(Math.floor(flat / 12) - (flat % 12)) - 0.1;
  return filled([12, 12], entry, { provenance: hessianOf("loss", 0), dtype: "float64" });
}

/** Zero but for one entry in four million, which no reduction may lose. */
export const loneEntry = (): Tensor => filled([2048, 2048], (i) => (i === 1500 * 2048 + 700 ? -3 : 0));

export function damagedNumbers(): Tensor {
  const draw = normal(7);
  return filled([12, 20], (i) => {
    if (i % 61 === 17) return Number.NaN;
    if (i === 130) return Number.POSITIVE_INFINITY;
    return i === 95 ? Number.NEGATIVE_INFINITY : draw();
  });
}

/** A few entries a thousand times as large as all others. */
export function outlier(): Tensor {
  const draw = normal(8);
  return filled([32, 32], (i) => (i % 331 === 77 ? 1000 : 1) * draw());
}

/** A noisy wave with one deep spike, of which a line of pixels can show no more than the band. */
export function vectorOfAMillion(): Tensor {
  const draw = normal(9);
  return filled([1_000_000], (i) => (i === 777_777 ? -9 : Math.sin(i / 5e4) + 0.3 * draw()));
}

export function measurement(label: string, typical: number, spread: number, seed: number): Measurement {
  const draw = normal(seed);
  const times = Array.from({ length: 500 }, () => typical * (1 + spread * Math.abs(draw())));
  return new Measurement({ label, description: "", times, callsPerRepetition: 1 });
}

export const twoWays = (): Comparison =>
  compare(measurement("one vjp per row", 1.31e-3, 0.06, 11), measurement("jacrev", 9.4e-5, 0.08, 12));

export const tie = (): Comparison =>
  compare(measurement("jacfwd", 2.02e-4, 0.09, 13), measurement("jacrev", 2.0e-4, 0.09, 14));

export const fourWays = (): Comparison =>
  compare(
    measurement("jacrev", 8.1e-5, 0.05, 15),
    measurement("jacfwd", 1.04e-4, 0.05, 16),
    measurement("vmap of vjp over eye(16)", 6.3e-4, 0.05, 17),
    measurement("one vjp per row", 1.31e-3, 0.06, 18),
  );

/** As a running cell shows it. */
export function progressOf(...bars: readonly Partial<ProgressBar>[]): object {
  const filled = bars.map((bar) => ({
    label: "",
    done: 0,
    unit: "",
    state: "running" as const,
    seconds: 3.14,
    ...bar,
  }));
  const display: ProgressDisplay = { version: 1, kind: "progress", bars: filled };
  return { [Symbol.for("Jupyter.display")]: () => progressBundle(display) };
}

const WORKSTATION: Environment = {
  backend: "wasm",
  threads: 8,
  fusedMultiplyAdd: true,
  machine: {
    cpu: "A Processor of 3.2 GHz",
    cores: 8,
    system: "linux x64",
    runtime: "Node 24.1.0",
    version: "0.1.0",
  },
  date: "2026-11-23T16:20:00Z",
};

/** Times around one typical time, or around a second one for a share of them. */
function series(typical: number, spread: number, seed: number, second?: { share: number; factor: number }): number[] {
  const draw = normal(seed);
  return Array.from({ length: 100 }, (_, i) => {
    const isSecond = second !== undefined && (i * 0.618) % 1 < second.share;
    return typical * (isSecond ? second.factor : 1) * (1 + spread * Math.abs(draw()));
  });
}

const turn = (description: string, times: readonly number[], environment = WORKSTATION): Measurement =>
  new Measurement({
    label: "Jacobian of predict, 2048 × 32",
    description,
    times,
    callsPerRepetition: 40,
    resultBytes: 2048 * 32 * 4,
    environment,
  });

/** Taken in turns, with the memory's limit, and one whose times fall into two groups. */
export const inTurns = (): Comparison =>
  new Comparison(
    [
      turn("jacrev", series(6.1e-5, 0.03, 21)),
      turn("with vmap, in the mode of the name, as others do it", series(2.4e-3, 0.04, 22)),
      turn("row by row", series(9.1e-3, 0.02, 23, { share: 0.4, factor: 1.5 })),
    ],
    { interleaved: true, writingLimit: { bytes: 262_144, bytesPerSecond: 1.21e10 } },
  );

/** The same machine half a year before. */
export const sinceEarlier = (): Comparison => {
  const before = { ...WORKSTATION, date: "2026-05-02T09:00:00Z" };
  const earlier = new Comparison(
    [turn("jacrev", series(8.3e-5, 0.03, 24), before), turn("jacfwd", series(6.3e-5, 0.03, 25), before)],
    { interleaved: true },
  );
  return new Comparison([turn("jacrev", series(6.1e-5, 0.03, 21)), turn("jacfwd", series(6.2e-5, 0.03, 26))], {
    interleaved: true,
  }).since(earlier);
};

/** One statement on two backends, of which one is a device that is waited for. */
export const onDevices = (): Comparison => {
  const device = { ...WORKSTATION, backend: "webgpu", device: "An Accelerator" };
  const [label, description] = ["product of 1024 × 1024", "matmul"];
  const rows = [
    { description: `${description}, wasm`, times: series(8.2e-3, 0.05, 31), environment: WORKSTATION },
    { description: `${description}, webgpu`, times: series(3.9e-4, 0.06, 32), environment: device, wait: 2.1e-4 },
  ];
  const measured = rows.map((row) => new Measurement({ label, callsPerRepetition: 13, resultBytes: 2 ** 22, ...row }));
  return new Comparison(measured, { interleaved: true });
};

export interface Fixture {
  readonly name: string;
  readonly value: unknown;
}

/** Large enough to be a tree, and circular. */
export function deepObject(): object {
  const settings = Object.fromEntries(
    Array.from({ length: 8 }, (_, i) => [`setting ${i}`, { on: i % 2 === 0, at: i }]),
  );
  const value: Record<string, unknown> = {
    settings,
    names: new Map([["first", [1, 2]]]),
    long: new Array(500).fill(0),
  };
  value.whole = value;
  return value;
}

export function fixtures(): Fixture[] {
  const draw = normal(3);
  return [
    { name: "jacobian", value: inputJacobian(16, 16) },
    { name: "jacobian-weight", value: weightJacobian(16) },
    { name: "jacobian-bias", value: biasJacobian(16) },
    { name: "jacobian-tall", value: inputJacobian(2048, 32) },
    { name: "jacobian-wide", value: inputJacobian(32, 2048) },
    { name: "jacobian-small", value: inputJacobian(2, 3) },
    { name: "jacobian-batch", value: batchJacobian() },
    { name: "hessian-loss", value: lossHessian() },
    { name: "hessian-stack", value: hessian(32, 31) },
    { name: "hessian-large", value: hessian(32, 512) },
    { name: "hessian-batch", value: batchHessian() },
    { name: "lone-entry", value: loneEntry() },
    { name: "nan-and-infinite", value: damagedNumbers() },
    { name: "number", value: filled([], () => -0.595584) },
    { name: "vector-short", value: filled([5], draw) },
    { name: "outlier", value: outlier() },
    { name: "vector-million", value: vectorOfAMillion() },
    { name: "vector-long", value: filled([1000], (i) => Math.sin(i / 40)) },
    { name: "matrix-int", value: filled([6, 8], (i) => (i % 8) * Math.floor(i / 8), { dtype: "int32" }) },
    { name: "matrix-bool", value: filled([16, 16], (i) => Number(i % 5 < 2), { dtype: "bool" }) },
    { name: "all-zero", value: filled([8, 8], () => 0) },
    { name: "empty", value: filled([0, 3], () => 0) },
    { name: "benchmark-two", value: twoWays() },
    { name: "benchmark-tie", value: tie() },
    { name: "benchmark-four", value: fourWays() },
    { name: "benchmark-turns", value: inTurns() },
    { name: "benchmark-devices", value: onDevices() },
    { name: "benchmark-earlier", value: sinceEarlier() },
    { name: "benchmark-one", value: measurement("jacrev", 9.4e-5, 0.08, 12) },
    {
      name: "progress",
      value: progressOf(
        { label: "training, loss 0.0312", done: 90, total: 200, seconds: 21, secondsLeft: 26 },
        { label: "batches", done: 12, total: 64, unit: "batches", seconds: 0.4 },
      ),
    },
    { name: "progress-open", value: progressOf({ label: "reading", done: 12_040, unit: "lines", seconds: 3.9 }) },
    {
      name: "progress-over",
      value: progressOf(
        { label: "training", done: 200, total: 200, state: "done", seconds: 47 },
        { label: "testing", done: 7, total: 40, state: "stopped", seconds: 1.4 },
      ),
    },
    { name: "object", value: deepObject() },
    { name: "group", value: { weight: weightJacobian(8), bias: biasJacobian(8), loss: filled([], () => 0.25) } },
  ];
}
