/**
 * @file Reductions. Where neighbours in memory are folded together, a workgroup goes over each row and folds what its
 * invocations found; else an invocation goes down each column. Too few rows or columns for a graphics processor
 * are cut into pieces, which a second kernel folds. Everything happens in an order that depends on the shape alone.
 */
import type { DType } from "../../../dtype.ts";
import type { Expr, LoopProgram, ReduceKernel, ReduceOp } from "../../../loops/ir.ts";
import { inOrder, loadsOf, nestRoots, storeRoots } from "../../../loops/walk.ts";
import { Bindings, type BufferUse, ELEMENT_BYTES, type Limits, typeOf } from "./bindings.ts";
import { binaryText, type Calls, constantText, ExpressionWriter } from "./expression.ts";
import { steppedLoop } from "./loop.ts";
import { pointLines, widthFor } from "./map.ts";
import { decode, type Loops, loopsOf } from "./nest.ts";
import { type Dispatch, shader } from "./shader.ts";

/** As many invocations as keep a graphics processor busy. */
const MANY = 2 ** 18;
/** A piece has at least so many entries per invocation. */
const LEAST_PIECE = 16;
const MOST_PIECES = 1024;
/** Below this, folding by a whole workgroup leaves most of it idle. */
const LEAST_ROW = 32;

const FOLD = { sum: "add", prod: "mul", max: "max", min: "min" } as const;

function neutral(calls: Calls, op: ReduceOp, dtype: DType): string {
  if (op === "sum" || op === "prod") return constantText(calls, dtype, op === "sum" ? 0 : 1);
  if (dtype === "bool") return op === "max" ? "false" : "true";
  if (dtype === "int32") return constantText(calls, dtype, op === "max" ? -(2 ** 31) : 2 ** 31 - 1);
  return constantText(calls, dtype, op === "max" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY);
}

/** How a reduction is spread over invocations. */
interface Spread {
  /** Whether a workgroup folds each row, or each piece of it. */
  readonly byGroup: boolean;
  readonly pieces: number;
}

function spreadOf(kernel: ReduceKernel, rows: Loops, folded: Loops): Spread {
  const { points: length } = folded;
  const inner = folded.variables.at(-1);
  const outer = rows.variables.at(-1);
  const loads = loadsOf(kernel);
  const strideOf = (v: number | undefined): number =>
    v === undefined
      ? Number.POSITIVE_INFINITY
      : Math.min(...loads.map(({ index }) => Math.abs(index.strides[v] ?? 0)).filter((stride) => stride > 0), 2 ** 31);
  const isAlongRows = strideOf(inner) <= strideOf(outer);
  const byGroup = length >= LEAST_ROW && (isAlongRows || rows.points * 8 < length) && rows.points * 4 < 2 ** 31;
  const busy = rows.points * (byGroup ? 256 : 1);
  const least = LEAST_PIECE * (byGroup ? 256 : 1);
  const pieces = busy >= MANY ? 1 : Math.min(MOST_PIECES, Math.ceil(MANY / busy), Math.floor(length / least));
  return { byGroup, pieces: Math.max(1, pieces) };
}

/** Lines that fold what all invocations have, in two steps, as waiting for each other is what takes time; into `shared_[0]`. */
function groupLines(calls: Calls, op: ReduceOp, dtype: DType, width: number): string[] {
  const some = Math.sqrt(width);
  const fold = (of: string): string[] => [
    "  var part = shared_[lane];",
    `  for (var i = 1u; i < ${some}u; i = i + 1u) { part = ${binaryText(calls, FOLD[op], dtype, "part", `shared_[${of}]`)}; }`,
    "  shared_[lane] = part;",
  ];
  return [
    "shared_[lane] = acc;",
    "workgroupBarrier();",
    `if (lane < ${some}u) {`,
    ...fold(`lane + i * ${some}u`),
    "}",
    "workgroupBarrier();",
    "if (lane == 0u) {",
    ...fold("i"),
    "}",
  ];
}

export interface Reduction {
  readonly dispatches: readonly Dispatch[];
  /** Bytes behind the arena that it needs meanwhile. */
  readonly scratch: number;
}

export function reduceDispatches(program: LoopProgram, limits: Limits, kernel: ReduceKernel): Reduction {
  const { extents, reduceExtents, op, value, stores } = kernel;
  if (extents.includes(0)) return { dispatches: [], scratch: 0 };
  const forms = [
    ...inOrder(nestRoots(kernel)).flatMap((e) => (e.kind === "load" || e.kind === "iota" ? [e.index] : [])),
    ...stores.map(({ index }) => index),
  ];
  const rows = loopsOf(extents, 0, forms);
  const folded = loopsOf(reduceExtents, extents.length, forms);
  const { byGroup, pieces } = spreadOf(kernel, rows, folded);
  const { dtype } = value;
  const type = typeOf(dtype);

  const loaded = (roots: readonly Expr[]): BufferUse[] =>
    inOrder(roots).flatMap((e) => (e.kind === "load" ? [{ buffer: e.buffer, writes: false }] : []));
  const finishUses = [...loaded(stores.flatMap(storeRoots)), ...stores.map(({ buffer }) => ({ buffer, writes: true }))];
  const sharedMemory = (width: number): string[] => [`var<workgroup> shared_: array<${type}, ${width}>;`];

  /** Folds the entries from `from` in steps of `by` up to `to` into `acc`. */
  const foldLines = (bindings: Bindings, calls: Calls, from: string, to: string, by: number): string[] => {
    const start = `var acc: ${type} = ${neutral(calls, op, dtype)};`;
    if (folded.points === 0) return [start];
    const writer = new ExpressionWriter(bindings, [rows, folded], calls, "x");
    const [name] = writer.write([value]);
    return [
      start,
      ...steppedLoop("k", from, to, by, [
        ...decode(folded, "k", "w"),
        ...writer.lines,
        `acc = ${binaryText(calls, FOLD[op], dtype, "acc", name)};`,
      ]),
    ];
  };
  const width = byGroup ? (folded.points >= 256 ? 256 : 64) : widthFor(rows.points * pieces);
  const isWhole = pieces === 1;
  const scratch = isWhole ? 0 : rows.points * pieces * ELEMENT_BYTES;
  const uses = isWhole ? [...loaded([value]), ...finishUses] : loaded([value]);
  const bindings = new Bindings(program, limits, uses, scratch);
  const calls: Calls = new Set();
  const finish = (into: Bindings, called: Calls): string[] =>
    pointLines(stores, into, new ExpressionWriter(into, [rows], called, "e"));
  // A row is given by its number, a piece of it by `piece`.
  const size = Math.ceil(folded.points / pieces);
  const place = isWhole ? ["let row = at;"] : [`let row = at / ${pieces}u;`, `let piece = at % ${pieces}u;`];
  const [begin, end] = isWhole
    ? ["0u", `${folded.points}u`]
    : [`piece * ${size}u`, `min(piece * ${size}u + ${size}u, ${folded.points}u)`];
  const done = isWhole ? finish(bindings, calls) : [bindings.store("scratch", dtype, "i32(at)", "acc")];
  const first = byGroup
    ? shader({
        bindings,
        calls,
        width,
        groups: rows.points * pieces,
        declarations: sharedMemory(width),
        body: [
          "let at = group;",
          ...place,
          ...decode(rows, "row"),
          "{",
          ...foldLines(bindings, calls, `${begin} + lane`, end, width),
          ...groupLines(calls, op, dtype, width),
          "}",
          "if (lane == 0u) {",
          "let acc = shared_[0];",
          ...done,
          "}",
        ],
      })
    : shader({
        bindings,
        calls,
        width,
        groups: Math.ceil((rows.points * pieces) / width),
        body: [
          `let at = group * ${width}u + lane;`,
          `if (at >= ${rows.points * pieces}u) { return; }`,
          ...place,
          ...decode(rows, "row"),
          ...foldLines(bindings, calls, begin, end, 1),
          ...done,
        ],
      });
  if (isWhole) return { dispatches: [first], scratch };

  const later = new Bindings(program, limits, finishUses, scratch);
  const laterCalls: Calls = new Set();
  const laterWidth = 64;
  const second = shader({
    bindings: later,
    calls: laterCalls,
    width: laterWidth,
    groups: rows.points,
    declarations: sharedMemory(laterWidth),
    body: [
      "let row = group;",
      ...decode(rows, "row"),
      "{",
      `var acc: ${type} = ${neutral(laterCalls, op, dtype)};`,
      ...steppedLoop("k", "lane", `${pieces}u`, laterWidth, [
        `acc = ${binaryText(laterCalls, FOLD[op], dtype, "acc", later.load("scratch", dtype, `i32(row * ${pieces}u + k)`))};`,
      ]),
      ...groupLines(laterCalls, op, dtype, laterWidth),
      "}",
      "if (lane == 0u) {",
      "let acc = shared_[0];",
      ...finish(later, laterCalls),
      "}",
    ],
  });
  return { dispatches: [first, second], scratch };
}
