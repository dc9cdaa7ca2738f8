/** @file Elementwise kernels: an invocation for each point. Also those that add to what is there. */
import { isInjective } from "../../../compiler/in-place.ts";
import type { Affine, LoopProgram, MapKernel, Store } from "../../../loops/ir.ts";
import { inOrder, loadsOf, nestRoots, storeRoots } from "../../../loops/walk.ts";
import { Bindings, type BufferUse, type Limits } from "./bindings.ts";
import { type Calls, ExpressionWriter } from "./expression.ts";
import { decode, type Loops, loopsOf } from "./nest.ts";
import { type Dispatch, shader } from "./shader.ts";

/** A scatter that goes in order along a dimension takes no more steps than this, each a dispatch. */
const MOST_STEPS = 256;
/** Below this many points a scatter with positions from data runs in order, with the same bits every time. */
const ORDERED_POINTS = 4096;

export const widthFor = (points: number): number => (points >= 65536 ? 256 : 64);

/** All positions and indices that a kernel computes from its loop variables. */
export const formsOf = (kernel: MapKernel): Affine[] => [
  ...inOrder(nestRoots(kernel)).flatMap((e) => (e.kind === "load" || e.kind === "iota" ? [e.index] : [])),
  ...kernel.stores.map(({ index }) => index),
];

export const usesOf = (kernel: MapKernel): BufferUse[] => [
  ...loadsOf(kernel).map(({ buffer }) => ({ buffer, writes: false })),
  ...kernel.stores.map(({ buffer }) => ({ buffer, writes: true })),
];

/** The lines of all stores at one point; every value is computed before any is stored. */
export function pointLines(stores: readonly Store[], bindings: Bindings, writer: ExpressionWriter): string[] {
  const roots = stores.flatMap(storeRoots);
  writer.write(roots);
  const values = stores.map(({ value }) => writer.write([value])[0]);
  const lines = stores.map(({ buffer, index, value, accumulate }, i) => {
    const at = writer.index(index);
    if (!accumulate) return bindings.store(buffer, value.dtype, at, values[i]);
    const before = bindings.load(buffer, value.dtype, at);
    const sum = value.dtype === "bool" ? `(${before} || ${values[i]})` : `(${before} + ${values[i]})`;
    return bindings.store(buffer, value.dtype, at, sum);
  });
  return [...writer.lines, ...lines];
}

export function mapDispatches(program: LoopProgram, limits: Limits, kernel: MapKernel): Dispatch[] {
  if (kernel.extents.includes(0)) return [];
  const adding = kernel.stores.find(({ accumulate }) => accumulate);
  if (adding !== undefined) return [scatter(program, limits, kernel, adding)];
  const bindings = new Bindings(program, limits, usesOf(kernel));
  const calls: Calls = new Set();
  const loops = loopsOf(kernel.extents, 0, formsOf(kernel));
  const width = widthFor(loops.points);
  const writer = new ExpressionWriter(bindings, [loops], calls);
  const body = [
    `let point = group * ${width}u + lane;`,
    `if (point >= ${loops.points}u) { return; }`,
    ...decode(loops, "point"),
    ...pointLines(kernel.stores, bindings, writer),
  ];
  return [shader({ bindings, calls, width, groups: Math.ceil(loops.points / width), body })];
}

/** Each loop for itself. */
const separate = (extents: readonly number[], variables: readonly number[]): Loops => ({
  extents: variables.map((v) => extents[v]),
  variables,
  points: variables.reduce((product, v) => product * extents[v], 1),
});

/**
 * The loops along which points must be taken one after the other, so that no two of the rest meet in one place: of two
 * that overlap, the one with fewer points.
 */
function overlapping({ index }: Store, extents: readonly number[]): number[] {
  const inOrderOfStride = extents
    .map((_, v) => v)
    .filter((v) => extents[v] > 1)
    .sort((a, b) => Math.abs(index.strides[a]) - Math.abs(index.strides[b]));
  let free = inOrderOfStride;
  for (;;) {
    let reach = 0;
    let clash: number | undefined;
    const below: number[] = [];
    for (const v of free) {
      const stride = Math.abs(index.strides[v]);
      if (stride <= reach || stride === 0) {
        clash = [...below, v].reduce((a, b) => (extents[b] < extents[a] ? b : a));
        if (stride === 0) clash = v;
        break;
      }
      below.push(v);
      reach += stride * (extents[v] - 1);
    }
    if (clash === undefined) return inOrderOfStride.filter((v) => !free.includes(v)).sort((a, b) => a - b);
    free = free.filter((v) => v !== clash);
  }
}

/** Adding to places that several points may share. */
function scatter(program: LoopProgram, limits: Limits, kernel: MapKernel, store: Store): Dispatch {
  const { extents } = kernel;
  const bindings = new Bindings(program, limits, usesOf(kernel));
  const calls: Calls = new Set();
  const every = extents.map((_, v) => v).filter((v) => extents[v] > 1);
  const all = separate(extents, every);
  if (store.index.dynamic === undefined) {
    const ordered = isInjective(store, extents) ? [] : overlapping(store, extents);
    const steps = separate(extents, ordered);
    if (steps.points <= MOST_STEPS) {
      const free = separate(
        extents,
        every.filter((v) => !ordered.includes(v)),
      );
      const width = widthFor(free.points);
      const writer = new ExpressionWriter(bindings, [all], calls);
      const body = [
        `let point = group * ${width}u + lane;`,
        `if (point >= ${free.points}u) { return; }`,
        ...decode(free, "point"),
        ...decode(steps, "u32(count)", "s"),
        ...pointLines(kernel.stores, bindings, writer),
      ];
      const groups = Math.ceil(free.points / width);
      return shader({ bindings, calls, width, groups, body, times: steps.points });
    }
  }
  if (all.points <= ORDERED_POINTS || kernel.stores.length > 1 || store.value.dtype === "bool") {
    const writer = new ExpressionWriter(bindings, [all], calls);
    const lines = [...decode(all, "point"), ...pointLines(kernel.stores, bindings, writer)];
    const body = [
      "if (lane > 0u) { return; }",
      `for (var point = 0u; point < ${all.points}u; point = point + 1u) {`,
      ...lines,
      "}",
    ];
    return shader({ bindings, calls, width: 1, groups: 1, body });
  }
  return atomicScatter(bindings, calls, all, store);
}

/** In whatever order invocations come: exact for integers, for float32 the last bits may differ from run to run. */
function atomicScatter(bindings: Bindings, calls: Calls, all: Loops, store: Store): Dispatch {
  bindings.makeAtomic(store.buffer);
  const writer = new ExpressionWriter(bindings, [all], calls);
  writer.write(storeRoots(store));
  const [value] = writer.write([store.value]);
  const place = bindings.atomic(store.buffer, writer.index(store.index));
  const add =
    store.value.dtype === "int32"
      ? [`atomicAdd(${place}, bitcast<u32>(${value}));`]
      : [
          `var before = atomicLoad(${place});`,
          "loop {",
          `  let tried = atomicCompareExchangeWeak(${place}, before, bitcast<u32>(bitcast<f32>(before) + ${value}));`,
          "  if (tried.exchanged) { break; }",
          "  before = tried.old_value;",
          "}",
        ];
  const width = widthFor(all.points);
  const body = [
    `let point = group * ${width}u + lane;`,
    `if (point >= ${all.points}u) { return; }`,
    ...decode(all, "point"),
    ...writer.lines,
    ...add,
  ];
  return shader({ bindings, calls, width, groups: Math.ceil(all.points / width), body });
}
