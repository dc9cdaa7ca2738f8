/**
 * @file Products of matrices. Large ones in tiles: a workgroup brings a tile of each operand into its own memory, and each
 * invocation has a block of the result in registers. Where the result has few entries and the sums are long, a workgroup
 * makes each entry; what is small in every direction has an invocation per entry.
 */
import type { DotDimension, DotKernel, LoopProgram } from "../../../loops/ir.ts";
import { pointsOf } from "../../../loops/walk.ts";
import { Bindings, type Limits } from "./bindings.ts";
import type { Calls } from "./expression.ts";
import { sharedLoop, steppedLoop } from "./loop.ts";
import { widthFor } from "./map.ts";
import { type Dispatch, shader } from "./shader.ts";

type Operand = "a" | "b" | "out";

/** Neighbours that all operands go through as if they were one, made one. */
function collapsed(dimensions: readonly DotDimension[]): DotDimension[] {
  const kept: DotDimension[] = [];
  for (const inner of dimensions) {
    if (inner.extent === 1) continue;
    const outer = kept.at(-1);
    const isOne =
      outer !== undefined &&
      (["a", "b", "out"] as const).every((operand) => outer[operand] === inner[operand] * inner.extent);
    if (isOne) kept[kept.length - 1] = { ...inner, extent: outer.extent * inner.extent };
    else kept.push(inner);
  }
  return kept;
}

/** A function from a number along some dimensions (an u32) to a position in an operand. */
function positionFunction(name: string, dimensions: readonly DotDimension[], operand: Operand): string {
  const lines: string[] = [];
  const terms: string[] = [];
  let rest = "at";
  for (let d = dimensions.length - 1; d >= 0; d--) {
    const { extent } = dimensions[d];
    const stride = dimensions[d][operand];
    const own = d === 0 ? rest : `(${rest} % ${extent}u)`;
    if (stride !== 0) terms.push(`i32(${own}) * ${stride}`);
    if (d > 0) {
      lines.push(`let r${d} = ${rest} / ${extent}u;`);
      rest = `r${d}`;
    }
  }
  return `fn ${name}(at: u32) -> i32 { ${lines.join(" ")} return ${terms.length === 0 ? "0" : terms.join(" + ")}; }`;
}

interface Sizes {
  readonly batch: number;
  readonly m: number;
  readonly n: number;
  readonly k: number;
}

interface Parts extends Sizes {
  readonly kernel: DotKernel;
  readonly bindings: Bindings;
  readonly functions: readonly string[];
  /** The element of an operand at a position. */
  readonly load: (operand: "a" | "b", index: string) => string;
  readonly store: (index: string, value: string) => string;
}

export function dotDispatches(program: LoopProgram, limits: Limits, kernel: DotKernel): Dispatch[] {
  const dimensions = {
    batch: collapsed(kernel.batch),
    m: collapsed(kernel.m),
    n: collapsed(kernel.n),
    k: collapsed(kernel.k),
  };
  const sizes = {
    batch: pointsOf(kernel.batch),
    m: pointsOf(kernel.m),
    n: pointsOf(kernel.n),
    k: pointsOf(kernel.k),
  };
  if (sizes.batch * sizes.m * sizes.n === 0) return [];
  const uses = [
    { buffer: kernel.a.buffer, writes: false },
    { buffer: kernel.b.buffer, writes: false },
    { buffer: kernel.out.buffer, writes: true },
  ];
  const bindings = new Bindings(program, limits, uses);
  const { batch, m, n, k } = dimensions;
  const functions = [
    positionFunction("batchA", batch, "a"),
    positionFunction("batchB", batch, "b"),
    positionFunction("batchOut", batch, "out"),
    positionFunction("rowA", m, "a"),
    positionFunction("rowOut", m, "out"),
    positionFunction("columnB", n, "b"),
    positionFunction("columnOut", n, "out"),
    positionFunction("alongA", k, "a"),
    positionFunction("alongB", k, "b"),
  ];
  const parts: Parts = {
    ...sizes,
    kernel,
    bindings,
    functions,
    load: (operand, index) =>
      bindings.load(kernel[operand].buffer, kernel.dtype, `${kernel[operand].offset} + ${index}`),
    store: (index, value) => bindings.store(kernel.out.buffer, kernel.dtype, `${kernel.out.offset} + ${index}`, value),
  };
  const entries = sizes.batch * sizes.m * sizes.n;
  if (sizes.m >= 32 && sizes.n >= 32 && sizes.k >= 8) {
    const isLarge = sizes.m >= 128 && sizes.n >= 128 && sizes.batch * sizes.m * sizes.n >= 128 * 128 * 64;
    return [tiled(parts, dimensions, isLarge ? 8 : 4)];
  }
  if (sizes.k >= 256 && entries <= 16384) return [byGroups(parts)];
  return [byInvocations(parts)];
}

/** The numbers of an entry's batch, row and column. */
const entryLines = ({ m, n }: Sizes, at: string): string[] => [
  `let column = ${at} % ${n}u;`,
  `let row = (${at} / ${n}u) % ${m}u;`,
  `let batch = ${at} / ${m * n}u;`,
  "let at_a = batchA(batch) + rowA(row);",
  "let at_b = batchB(batch) + columnB(column);",
];

function byInvocations(parts: Parts): Dispatch {
  const { batch, m, n, k, bindings, functions, load, store } = parts;
  const entries = batch * m * n;
  const width = widthFor(entries);
  const calls: Calls = new Set();
  const body = [
    `let at = group * ${width}u + lane;`,
    `if (at >= ${entries}u) { return; }`,
    ...entryLines(parts, "at"),
    "var acc = 0.0f;",
    `for (var k = 0u; k < ${k}u; k = k + 1u) { acc = acc + ${load("a", "at_a + alongA(k)")} * ${load("b", "at_b + alongB(k)")}; }`,
    store("batchOut(batch) + rowOut(row) + columnOut(column)", "acc"),
  ];
  return shader({ bindings, calls, width, groups: Math.ceil(entries / width), body, declarations: functions });
}

function byGroups(parts: Parts): Dispatch {
  const { batch, m, n, k, bindings, functions, load, store } = parts;
  const width = 64;
  const body = [
    ...entryLines(parts, "group"),
    "var acc = 0.0f;",
    ...steppedLoop("k", "lane", `${k}u`, width, [
      `acc = acc + ${load("a", "at_a + alongA(k)")} * ${load("b", "at_b + alongB(k)")};`,
    ]),
    "shared_[lane] = acc;",
    "workgroupBarrier();",
    `for (var half = ${width / 2}u; half > 0u; half = half >> 1u) {`,
    "  if (lane < half) { shared_[lane] = shared_[lane] + shared_[lane + half]; }",
    "  workgroupBarrier();",
    "}",
    `if (lane == 0u) { ${store("batchOut(batch) + rowOut(row) + columnOut(column)", "shared_[0]")} }`,
  ];
  const declarations = [...functions, `var<workgroup> shared_: array<f32, ${width}>;`];
  return shader({ bindings, calls: new Set(), width, groups: batch * m * n, body, declarations });
}

const SIDE = 16;
const DEPTH = 16;

/** @param block rows and columns of the result that an invocation has in registers: 4 or 8 */
function tiled(
  { batch, m, n, k, bindings, functions, load, store }: Parts,
  dimensions: Readonly<Record<"m" | "n" | "k", readonly DotDimension[]>>,
  block: number,
): Dispatch {
  const width = SIDE * SIDE;
  const tile = SIDE * block;
  const [rows, columns] = [Math.ceil(m / tile), Math.ceil(n / tile)];
  const quads = block / 4;
  const strideOf = (along: readonly DotDimension[], operand: "a" | "b"): number =>
    Math.abs(along.at(-1)?.[operand] ?? 2 ** 31) || 2 ** 31;
  // Invocations that are neighbours read what is neighbours in memory.
  const alongKofA = strideOf(dimensions.k, "a") < strideOf(dimensions.m, "a");
  const alongKofB = strideOf(dimensions.k, "b") < strideOf(dimensions.n, "b");
  const fours = tile / 4;
  // Fours of one column change places from row to row of a tile, so that they are not all in one bank of the memory.
  const place = (four: string): string => `kk * ${fours}u + ((${four}) ^ (kk & 7u))`;
  const fill = (operand: "a" | "b", alongK: boolean, extent: number, origin: string): string[] => {
    const element = operand === "a" ? "(at_a + rowA(x + i) + alongA(y))" : "(at_b + columnB(x + i) + alongB(y))";
    return sharedLoop("f", fours * DEPTH, width, [
      alongK
        ? `let kk = f % ${DEPTH}u; let four = f / ${DEPTH}u;`
        : `let four = f % ${fours}u; let kk = f / ${fours}u;`,
      `let x = ${origin} + four * 4u; let y = k0 + kk;`,
      "var value = vec4f();",
      `for (var i = 0u; i < 4u; i = i + 1u) { if (x + i < ${extent}u && y < ${k}u) { value[i] = ${load(operand, element)}; } }`,
      `tile_${operand}[${place("four")}] = value;`,
    ]);
  };
  // A block's rows and columns come in fours that are a whole tile apart, so that neighbours read neighbours.
  const across = SIDE * 4;
  const registers: string[] = [];
  const products: string[] = [];
  for (let r = 0; r < block; r++) {
    for (let q = 0; q < quads; q++) registers.push(`var c${r}_${q} = vec4f();`);
  }
  for (let q = 0; q < quads; q++) {
    const four = (name: string, lane: string): string => `tile_${name}[${place(`${q * SIDE}u + ${lane}`)}]`;
    products.push(`let a${q} = ${four("a", "ty")};`, `let b${q} = ${four("b", "tx")};`);
  }
  for (let r = 0; r < block; r++) {
    const of = `a${Math.floor(r / 4)}.${"xyzw"[r % 4]}`;
    for (let q = 0; q < quads; q++) products.push(`c${r}_${q} = c${r}_${q} + ${of} * b${q};`);
  }
  // A loop over a copy: written out, the ends of rows and columns would be most of the code.
  const names = registers.map((_, i) => `c${Math.floor(i / quads)}_${i % quads}`);
  const stores = [
    `var block = array<vec4f, ${names.length}>(${names.join(", ")});`,
    `for (var r = 0u; r < ${block}u; r = r + 1u) {`,
    `  let row = row0 + (r / 4u) * ${across}u + r % 4u + ty * 4u;`,
    `  if (row < ${m}u) {`,
    "    let start = at_out + rowOut(row);",
    `    for (var q = 0u; q < ${quads}u; q = q + 1u) {`,
    `      let four = block[r * ${quads}u + q];`,
    "      for (var i = 0u; i < 4u; i = i + 1u) {",
    `        let column = column0 + q * ${across}u + i + tx * 4u;`,
    `        if (column < ${n}u) { ${store("(start + columnOut(column))", "four[i]")} }`,
    "      }",
    "    }",
    "  }",
    "}",
  ];
  const body = [
    `let batch = group / ${rows * columns}u;`,
    `let row0 = ((group / ${columns}u) % ${rows}u) * ${tile}u;`,
    `let column0 = (group % ${columns}u) * ${tile}u;`,
    "let at_a = batchA(batch);",
    "let at_b = batchB(batch);",
    "let at_out = batchOut(batch);",
    `let tx = lane % ${SIDE}u;`,
    `let ty = lane / ${SIDE}u;`,
    ...registers,
    ...steppedLoop("k0", "0u", `${k}u`, DEPTH, [
      ...fill("a", alongKofA, m, "row0"),
      ...fill("b", alongKofB, n, "column0"),
      "workgroupBarrier();",
      `for (var kk = 0u; kk < ${DEPTH}u; kk = kk + 1u) {`,
      ...products,
      "}",
      "workgroupBarrier();",
    ]),
    ...stores,
  ];
  const declarations = [
    ...functions,
    `var<workgroup> tile_a: array<vec4f, ${fours * DEPTH}>;`,
    `var<workgroup> tile_b: array<vec4f, ${fours * DEPTH}>;`,
  ];
  return shader({ bindings, calls: new Set(), width, groups: batch * rows * columns, body, declarations });
}
