/**
 * @file C = A·B for square matrices, as fast as WebAssembly on one thread can (Goto and van de Geijn, "Anatomy of
 * high-performance matrix multiplication", 2008): blocks of both operands are packed into strips, and a tile of 4 rows and
 * two vectors of columns is kept in registers. The inner loop is not unrolled: V8 would load ahead and spill the tile.
 */
import { advance, call, f32x4, f64x2, i32, loop, Module, v128, when } from "./assembler.js";

/** Rows of a tile; its columns are two vectors. */
const ROWS = 4;
/** Extents of a block along the contraction and the rows: a block of A stays in the second-level cache. */
const DEPTH = 256;
const HEIGHT = 128;
/** Up to here both operands stay in the first- or second-level cache, and packing costs more than it saves. */
const UNPACKED = { float32: 64, float64: 32 };
const PACK_LEFT_FROM = 512;

const VECTORS = {
  float32: { lanes: 4, width: 4, ops: f32x4, splat: v128.load32Splat },
  float64: { lanes: 2, width: 8, ops: f64x2, splat: v128.load64Splat },
};

/**
 * Exports `run(a, b, c, workspace)`, addresses of row-major matrices and of room for one strip of B as high as the
 * contraction and one block of A.
 * @param {{ n: number, dtype: "float32" | "float64", fused: boolean }} what
 */
export function gemm({ n, dtype, fused }) {
  const { lanes, width, ops, splat } = VECTORS[dtype];
  const depth = Math.min(DEPTH, n);
  const height = Math.min(HEIGHT, n);
  const columns = 2 * lanes;
  const packRight = n > UNPACKED[dtype];
  const packLeft = n >= PACK_LEFT_FROM;
  const row = n * width;
  const strip = columns * width;
  const [rightStep, leftRow, leftStep] = [
    packRight ? strip : row,
    packLeft ? width : row,
    packLeft ? ROWS * width : width,
  ];
  const madd = fused
    ? ops.madd
    : (/** @type {any} */ a, /** @type {any} */ b, /** @type {any} */ c) => ops.add(c, ops.mul(a, b));
  const module = new Module();

  const tile = module.define("tile", ["i32", "i32", "i32", "i32"], ([a, b, c, first], local) => {
    const sums = Array.from({ length: ROWS }, () => [local("v128"), local("v128")]);
    const [left, ...right] = [local("v128"), local("v128"), local("v128")];
    const end = local("i32");
    const each = (/** @type {(sum: import("./assembler.js").Local, at: number) => number[]} */ make) =>
      sums.flatMap((vectors, i) => vectors.flatMap((sum, v) => make(sum, i * row + v * 16)));
    return [
      when(
        first,
        each((sum) => sum.set(ops.const(0))),
        each((sum, at) => sum.set(v128.load(c, at))),
      ),
      end.set(i32.add(a, i32.const(depth * leftStep))),
      loop(
        a,
        leftStep,
        end,
        ...right.map((vector, v) => vector.set(v128.load(b, v * 16))),
        ...sums.map((vectors, i) => [
          ...left.set(splat(a, i * leftRow)),
          ...vectors.flatMap((sum, v) => sum.set(madd(left, right[v], sum))),
        ]),
        advance(b, rightStep),
      ),
      each((sum, at) => v128.store(c, sum, at)),
    ];
  });

  // depth × n of B, strip after strip.
  const packB = module.define("packB", ["i32", "i32"], ([from, to], local) => {
    const [j, k, source] = [local("i32"), local("i32"), local("i32")];
    return [
      loop(
        j,
        strip,
        i32.const(row),
        source.set(i32.add(from, j)),
        k.set(i32.const(0)),
        loop(
          k,
          1,
          i32.const(depth),
          v128.store(to, v128.load(source)),
          v128.store(to, v128.load(source, 16), 16),
          advance(source, row),
          advance(to, strip),
        ),
      ),
    ];
  });

  // height × depth of A, four rows after four rows, each transposed.
  const packA = module.define("packA", ["i32", "i32"], ([from, to], local) => {
    const [i, k, source] = [local("i32"), local("i32"), local("i32")];
    return [
      loop(
        i,
        ROWS,
        i32.const(height),
        source.set(from),
        k.set(i32.const(0)),
        loop(
          k,
          lanes,
          i32.const(depth),
          ...transposed(lanes, source, to, row, local),
          advance(source, 16),
          advance(to, ROWS * 16),
        ),
        advance(from, ROWS * row),
      ),
    ];
  });

  module.define("run", ["i32", "i32", "i32", "i32"], ([a, b, c, workspace], local) => {
    const [k, i, j, ii] = [local("i32"), local("i32"), local("i32"), local("i32")];
    const [right, left, packed, block] = [local("i32"), local("i32"), local("i32"), local("i32")];
    const timesRow = (/** @type {import("./assembler.js").Code} */ count) => i32.mul(count, i32.const(row));
    return [
      packed.set(i32.add(workspace, i32.const(depth * row))),
      loop(
        k,
        depth,
        i32.const(n),
        ...(packRight ? [call(packB, i32.add(b, timesRow(k)), workspace)] : []),
        i.set(i32.const(0)),
        loop(
          i,
          height,
          i32.const(n),
          block.set(i32.add(i32.add(a, timesRow(i)), i32.mul(k, i32.const(width)))),
          ...(packLeft ? [call(packA, block, packed)] : []),
          right.set(packRight ? workspace : i32.add(b, timesRow(k))),
          j.set(i32.const(0)),
          loop(
            j,
            strip,
            i32.const(row),
            left.set(packLeft ? packed : block),
            ii.set(i32.const(0)),
            loop(
              ii,
              ROWS,
              i32.const(height),
              call(tile, left, right, i32.add(i32.add(c, timesRow(i32.add(i, ii))), j), i32.eqz(k)),
              advance(left, packLeft ? depth * ROWS * width : ROWS * row),
            ),
            advance(right, packRight ? depth * strip : strip),
          ),
        ),
      ),
    ];
  });
  return module;
}

/** Stores a square of `ROWS` rows and one vector of columns transposed; rows of float64 come in two pairs. */
function transposed(lanes, from, to, row, local) {
  const rows = Array.from({ length: ROWS }, () => local("v128"));
  const loads = rows.map((each, i) => each.set(v128.load(from, i * row)));
  const bytes = 16 / lanes;
  const take = (/** @type {readonly number[]} */ picks) =>
    picks.flatMap((pick) => Array.from({ length: bytes }, (_, b) => pick * bytes + b));
  if (lanes === 2) {
    const pair = (/** @type {number} */ first, /** @type {number} */ k) =>
      v128.shuffle(rows[first], rows[first + 1], take([k, 2 + k]));
    return [
      ...loads,
      ...[0, 1].flatMap((k) => [v128.store(to, pair(0, k), k * 32), v128.store(to, pair(2, k), k * 32 + 16)]),
    ];
  }
  const [low01, high01, low23, high23] = Array.from({ length: 4 }, () => local("v128"));
  const pairs = [
    low01.set(v128.shuffle(rows[0], rows[1], take([0, 4, 1, 5]))),
    high01.set(v128.shuffle(rows[0], rows[1], take([2, 6, 3, 7]))),
    low23.set(v128.shuffle(rows[2], rows[3], take([0, 4, 1, 5]))),
    high23.set(v128.shuffle(rows[2], rows[3], take([2, 6, 3, 7]))),
  ];
  const stores = [
    [low01, low23, [0, 1, 4, 5]],
    [low01, low23, [2, 3, 6, 7]],
    [high01, high23, [0, 1, 4, 5]],
    [high01, high23, [2, 3, 6, 7]],
  ].map(([a, b, picks], k) => v128.store(to, v128.shuffle(a, b, take(picks)), k * 16));
  return [...loads, ...pairs, ...stores];
}
