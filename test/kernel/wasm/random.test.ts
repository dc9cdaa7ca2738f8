/** @file Random programs against the oracle: layouts, fusions, folds and products that nobody thought of. */
import fc from "fast-check";
import { assemble } from "../../../kernel/backends/wasm/assemble.ts";
import { allocate, type DType, type TypedArray } from "../../../kernel/dtype.ts";
import type { Copy, DotDimension, Expr, Index, Kernel, ReduceOp, RowsKernel, Store } from "../../../kernel/loops/ir.ts";
import { accumulator, at, binary, cast, constant, iota, load, program, rowMajor, select, unary } from "./build.ts";
import { interpret } from "./interpret.ts";
import { assertClose } from "./tolerance.ts";

const DTYPES: readonly DType[] = ["float32", "float64", "int32", "bool"];
const EXTENTS = [1, 2, 3, 4, 5, 7, 8, 9, 16, 17, 33];
const RUNS = 400;

/** Draws the parts of a random program and keeps its buffers. */
class Draw {
  readonly buffers: [DType, number][] = [];
  readonly inputs: number[] = [];
  readonly #gen: fc.GeneratorValue;

  constructor(gen: fc.GeneratorValue) {
    this.#gen = gen;
  }

  int(max: number): number {
    return this.#gen(fc.nat, { max });
  }

  pick<T>(from: readonly T[]): T {
    return from[this.int(from.length - 1)];
  }

  chance(percent: number): boolean {
    return this.int(99) >= 100 - percent;
  }

  extents(rank: number): number[] {
    return Array.from({ length: rank }, () => (this.chance(2) ? 0 : this.pick(EXTENTS)));
  }

  order(count: number): number[] {
    const left = Array.from({ length: count }, (_, i) => i);
    const order: number[] = [];
    while (left.length > 0) order.push(...left.splice(this.chance(30) ? this.int(left.length - 1) : 0, 1));
    return order;
  }

  /** A layout in which each point of `extents` has an element of its own, or shares it where `sharing`. */
  layout(extents: readonly number[], sharing: boolean): { readonly index: Index; readonly size: number } {
    const strides = extents.map(() => 0);
    let size = 1;
    let offset = 0;
    for (const v of this.order(extents.length).reverse()) {
      if (sharing && this.chance(25)) continue;
      const step = size * (this.chance(15) ? 2 : 1);
      const reach = step * Math.max(0, extents[v] - 1);
      const backwards = this.chance(15);
      strides[v] = backwards ? -step : step;
      if (backwards) offset += reach;
      size += reach;
    }
    const margin = this.chance(20) ? this.int(3) : 0;
    return { index: at(strides, offset + margin), size: size + margin };
  }

  buffer(dtype: DType, size: number): number {
    this.buffers.push([dtype, size]);
    return this.buffers.length - 1;
  }

  input(dtype: DType, extents: readonly number[]): Expr {
    const { index, size } = this.layout(extents, true);
    const buffer = this.buffer(dtype, size);
    this.inputs.push(buffer);
    return load(dtype, buffer, index);
  }

  /** A load at a position that another buffer holds. */
  gathered(dtype: DType, extents: readonly number[]): Expr {
    const rows = 1 + this.int(4);
    const { index, size } = this.layout(extents, true);
    const buffer = this.buffer(dtype, size * rows);
    this.inputs.push(buffer);
    const chosen = binary("remainder", this.input("int32", extents), constant("int32", rows));
    return load(dtype, buffer, { ...index, dynamic: [{ stride: size, value: chosen }] });
  }

  leaf(dtype: DType, extents: readonly number[]): Expr {
    if (this.chance(10)) return constant(dtype, dtype === "bool" ? this.int(1) : this.int(4) - 2);
    if (dtype === "int32" && this.chance(30)) {
      return iota(
        extents.map(() => this.int(4) - 2),
        this.int(5),
      );
    }
    return this.chance(15) ? this.gathered(dtype, extents) : this.input(dtype, extents);
  }

  /** A random DAG of `count` operations, the last of them of type `dtype`. */
  expr(extents: readonly number[], count: number, dtype: DType, calm: boolean): Expr {
    const pool: Expr[] = [];
    const main = this.chance(50) ? dtype : undefined;
    const take = (wanted: DType): Expr => {
      const fitting = pool.filter((e) => e.dtype === wanted);
      if (fitting.length > 0 && this.chance(60)) return this.pick(fitting);
      if (pool.length > 0 && this.chance(10)) return cast(wanted, this.pick(pool));
      return this.leaf(wanted, extents);
    };
    for (let i = 0; i < count; i++) {
      const type = main ?? this.pick(DTYPES);
      const kind = this.int(9);
      if (kind === 0) pool.push(select(take("bool"), take(type), take(type)));
      else if (kind === 1) pool.push(binary(this.pick(["lt", "le", "gt", "ge", "eq", "ne"]), take(type), take(type)));
      else if (type === "bool") pool.push(binary(this.pick(["and", "or"]), take(type), take(type)));
      else if (kind < 5) pool.push(unary(this.pick(["neg", "abs", "sign"]), take(type)));
      else if (calm) pool.push(binary(this.pick(["add", "sub", "max", "min"]), take(type), take(type)));
      else if (kind === 5) pool.push(binary(this.pick(["remainder", "div", "zeta"]), take(type), take(type)));
      else if (kind === 6) pool.push(unary(this.pick(["round", "floor", "ceil", "lgamma", "isNaN"]), take(type)));
      else pool.push(binary(this.pick(["add", "sub", "mul", "max", "min"]), take(type), take(type)));
    }
    return take(dtype);
  }

  data(dtype: DType, size: number): TypedArray {
    const seed = this.int(1000) + 1;
    return allocate(dtype, size).map((_, i) => {
      const value = (Math.imul(i + seed, 2654435761) >>> 24) % 9;
      return dtype === "bool" ? value & 1 : value - 4;
    });
  }
}

function compare(draw: Draw, outputs: readonly number[], kernels: readonly Kernel[], signedZeros = true): void {
  // Outputs are inputs too: what a kernel does not write must stay.
  const inputs = [...draw.inputs, ...outputs];
  const p = program(draw.buffers, inputs, outputs, kernels);
  const data = inputs.map((id) => draw.data(...draw.buffers[id]));
  const wanted = interpret(p, data);
  const executable = assemble(p);
  for (let run = 0; run < 2; run++) {
    for (const [i, got] of executable.run(data).entries()) {
      const plain = (x: TypedArray) => (signedZeros ? x : x.map((value) => value + 0));
      assertClose(plain(got), plain(wanted[i]), 0, String);
    }
  }
}

const check = (property: (draw: Draw) => void): void =>
  fc.assert(
    fc.property(fc.gen(), (gen) => property(new Draw(gen))),
    { numRuns: RUNS },
  );

suite("random programs in WebAssembly", () => {
  test("maps", () => {
    check((draw) => {
      const extents = draw.extents(draw.int(3));
      const outputs: number[] = [];
      const stores: Store[] = [];
      for (let i = draw.int(2); i >= 0; i--) {
        const value = draw.expr(extents, draw.int(8), draw.pick(DTYPES), false);
        const { index, size } = draw.layout(extents, false);
        outputs.push(draw.buffer(value.dtype, size));
        stores.push({ buffer: outputs.at(-1)!, index, value });
      }
      compare(draw, outputs, [{ kind: "map", extents, stores }]);
    });
  });

  test("values shared by several stores, in place too", () => {
    check((draw) => {
      const extents = draw.extents(1 + draw.int(1));
      const dtype = draw.pick(DTYPES);
      const { index, size } = draw.layout(extents, false);
      const buffers = [draw.buffer(dtype, size), draw.buffer(dtype, size)];
      const loads = buffers.map((buffer) => load(dtype, buffer, index));
      const fn = dtype === "bool" ? "and" : "sub";
      const shared = binary(fn, loads[0], binary(fn, loads[1], draw.leaf(dtype, extents)));
      const stores = [
        { buffer: buffers[0], index, value: shared },
        { buffer: buffers[1], index, value: binary(fn, shared, loads[0]) },
      ];
      compare(draw, buffers, [{ kind: "map", extents, stores }]);
    });
  });

  test("two arrays exchanged in one kernel", () => {
    check((draw) => {
      const extents = draw.extents(1 + draw.int(1));
      const dtype = draw.pick(DTYPES);
      const { index, size } = draw.layout(extents, false);
      const buffers = [draw.buffer(dtype, size), draw.buffer(dtype, size)];
      const stores = buffers.map((buffer, i) => ({ buffer, index, value: load(dtype, buffers[1 - i], index) }));
      compare(draw, buffers, [{ kind: "map", extents, stores }]);
    });
  });

  test("scatter-add", () => {
    check((draw) => {
      const extents = draw.extents(1 + draw.int(1));
      const dtype = draw.pick<DType>(["float32", "float64", "int32"]);
      const { index, size } = draw.layout(extents, true);
      const rows = 1 + draw.int(3);
      const row = binary("remainder", draw.input("int32", extents), constant("int32", rows));
      const buffer = draw.buffer(dtype, size * rows);
      const value = draw.expr(extents, draw.int(3), dtype, true);
      const store: Store = {
        buffer,
        index: { ...index, dynamic: [{ stride: size, value: row }] },
        value,
        accumulate: true,
      };
      compare(draw, [buffer], [{ kind: "map", extents, stores: [store] }]);
    });
  });

  test("folds", () => {
    check((draw) => {
      const extents = draw.extents(draw.int(2));
      const reduceExtents = draw.extents(draw.int(2));
      const dtype = draw.pick(DTYPES);
      const op = draw.pick<ReduceOp>(["sum", "max", "min", "prod"]);
      const all = [...extents, ...reduceExtents];
      // The bases of a product are ±1 and 2, so that it is exact.
      const value =
        op === "prod" && dtype !== "bool"
          ? select(binary("gt", draw.input(dtype, all), constant(dtype, 2)), constant(dtype, -1), constant(dtype, 1))
          : draw.expr(all, draw.int(5), dtype, true);
      const outputs: number[] = [];
      const stores: Store[] = [];
      for (let i = draw.int(1); i >= 0; i--) {
        const { index, size } = draw.layout(extents, false);
        const result = accumulator(dtype);
        const value = draw.chance(50)
          ? result
          : binary(dtype === "bool" ? "or" : "sub", result, draw.expr(extents, draw.int(2), dtype, true));
        outputs.push(draw.buffer(value.dtype, size));
        stores.push({ buffer: outputs.at(-1)!, index, value });
      }
      compare(draw, outputs, [{ kind: "reduce", op, extents, reduceExtents, value, stores }]);
    });
  });

  test("folds finished over what lies where the result goes", () => {
    check((draw) => {
      const extents = draw.extents(draw.int(2));
      const reduceExtents = draw.extents(draw.int(2));
      const dtype = draw.pick(DTYPES);
      const { index, size } = draw.layout(extents, false);
      const buffer = draw.buffer(dtype, size);
      const fn = dtype === "bool" ? "or" : "sub";
      const before = binary(fn, load(dtype, buffer, index), draw.expr(extents, draw.int(2), dtype, true));
      const value = draw.expr([...extents, ...reduceExtents], draw.int(5), dtype, true);
      const stores = [{ buffer, index, value: binary(fn, before, accumulator(dtype)) }];
      compare(
        draw,
        [buffer],
        [{ kind: "reduce", op: draw.pick(["sum", "max"]), extents, reduceExtents, value, stores }],
      );
    });
  });

  test("dots", () => {
    check((draw) => {
      const dtype = draw.pick<DType>(["float32", "float64"]);
      const [m, n, k] = draw.extents(3);
      const batch = draw.extents(draw.int(2)).map((extent) => Math.min(extent, 3));
      const a = draw.layout([...batch, m, k], true);
      const b = draw.layout([...batch, k, n], true);
      const out = draw.layout([...batch, m, n], false);
      const rank = batch.length;
      const strides = (v: number): DotDimension => ({
        extent: [...batch, m, n][v],
        a: v <= rank ? a.index.strides[v] : 0,
        b: v < rank ? b.index.strides[v] : v === rank ? 0 : b.index.strides[rank + 1],
        out: out.index.strides[v],
      });
      const buffers = [a, b, out].map(({ size }) => draw.buffer(dtype, size));
      draw.inputs.push(buffers[0], buffers[1]);
      compare(
        draw,
        [buffers[2]],
        [
          {
            kind: "dot",
            dtype,
            a: { buffer: buffers[0], offset: a.index.offset },
            b: { buffer: buffers[1], offset: b.index.offset },
            out: { buffer: buffers[2], offset: out.index.offset },
            batch: batch.map((_, v) => strides(v)),
            m: [strides(rank)],
            n: [strides(rank + 1)],
            k: [{ extent: k, a: a.index.strides[rank + 1], b: b.index.strides[rank], out: 0 }],
          },
        ],
        // A product along one element is no sum: −0 stays.
        false,
      );
    });
  });

  test("several kernels in a row", () => {
    check((draw) => {
      const rows = draw.pick(EXTENTS);
      const columns = draw.pick(EXTENTS);
      const value = draw.expr([rows, columns], 3, "float32", true);
      const [matrix, sums, out] = [rows * columns, rows, rows * columns].map((size) => draw.buffer("float32", size));
      const all = at(rowMajor([rows, columns]));
      compare(
        draw,
        [matrix, sums, out],
        [
          { kind: "map", extents: [rows, columns], stores: [{ buffer: matrix, index: all, value }] },
          {
            kind: "reduce",
            op: "sum",
            extents: [rows],
            reduceExtents: [columns],
            value: load("float32", matrix, all),
            stores: [{ buffer: sums, index: at([1]), value: accumulator("float32") }],
          },
          {
            kind: "host",
            name: "double",
            inputs: [sums],
            outputs: [sums],
            run: ([x], [y]) => {
              y.set(x.map((entry) => 2 * entry));
            },
          },
          {
            kind: "map",
            extents: [rows, columns],
            stores: [
              {
                buffer: out,
                index: all,
                value: binary("sub", load("float32", matrix, all), load("float32", sums, at([1, 0]))),
              },
            ],
          },
        ],
      );
    });
  });

  test("nests that go over the same rows together", () => {
    check((draw) => {
      const lead = draw.chance(50) ? [draw.pick([2, 3, 17, 40])] : [draw.pick([2, 3]), draw.pick([1, 2, 5, 30])];
      const extents = [...lead, draw.pick([...EXTENTS, 70, 600])];
      const dtype = draw.pick<DType>(["float32", "float64", "int32"]);
      const all = at(rowMajor(extents));
      const row = at(rowMajor(lead));
      const [rowSize, size] = [lead, extents].map((each) => each.reduce((product, extent) => product * extent, 1));
      const [matrix, sums, bounds, out] = [size, rowSize, rowSize, size].map((n) => draw.buffer(dtype, n));
      const given = draw.buffer(dtype, size);
      const weights = draw.buffer(dtype, size / rowSize);
      draw.inputs.push(given, weights);
      const weight = load(dtype, weights, at([...lead.map(() => 0), 1]));
      const each = (buffer: number) => load(dtype, buffer, all);
      const ofRow = (buffer: number) => load(dtype, buffer, at([...row.strides, 0]));
      const folded = (op: ReduceOp, value: Expr, buffer: number): Kernel => ({
        kind: "reduce",
        op,
        extents: lead,
        reduceExtents: extents.slice(lead.length),
        value,
        stores: [{ buffer, index: row, value: accumulator(dtype) }],
      });
      const mapped = (value: Expr, buffer: number): Kernel => ({
        kind: "map",
        extents,
        stores: [{ buffer, index: all, value }],
      });
      const result = draw.chance(50) ? matrix : out;
      const kernels = [
        folded(draw.pick(["max", "min"]), each(given), bounds),
        mapped(binary("sub", binary("add", each(given), weight), ofRow(bounds)), matrix),
        folded("sum", draw.chance(50) ? each(matrix) : binary("mul", each(matrix), weight), sums),
        mapped(binary("sub", each(matrix), ofRow(sums)), result),
      ] as RowsKernel["kernels"];
      compare(draw, [matrix, sums, bounds, out], [{ kind: "rows", lead: lead.length, kernels }]);
    });
  });

  test("nests of loops and branches", () => {
    check((draw) => {
      const size = draw.pick([1, 2, 3, 4, 5, 16]);
      const count = 2 + draw.int(2);
      const states = Array.from({ length: count }, () => draw.buffer("float64", size));
      const test = draw.buffer("bool", 1);
      // Room for a slice of each iteration.
      const most = 4;
      const stack = draw.buffer("float64", size * most);
      const whole = (buffer: number) => ({ buffer, offset: 0, advance: 0 });
      const moving = (buffer: number, times: number) =>
        draw.chance(50) ? { buffer, offset: 0, advance: size } : { buffer, offset: (times - 1) * size, advance: -size };
      const map = (): Kernel => {
        const value = binary(
          draw.pick(["add", "sub", "max", "min"]),
          load("float64", draw.pick(states), at([1])),
          draw.chance(30) ? load("float64", stack, at([1])) : load("float64", draw.pick(states), at([1])),
        );
        // Small numbers stay exact.
        const wrapped = binary("remainder", value, constant("float64", 17));
        return {
          kind: "map",
          extents: [size],
          stores: [{ buffer: draw.pick(states), index: at([1]), value: wrapped }],
        };
      };
      const decide = (): Kernel => {
        const value = binary(
          "gt",
          load("float64", draw.pick(states), at([], draw.int(size - 1))),
          constant("float64", 8),
        );
        return { kind: "map", extents: [], stores: [{ buffer: test, index: at([]), value }] };
      };
      const copies = (times: number): Copy[] =>
        Array.from({ length: draw.int(2) }, () => {
          const [a, b] = [whole(draw.pick(states)), moving(stack, times)];
          return draw.chance(50) ? { from: a, to: b, size } : { from: b, to: a, size };
        });
      const kernels = (depth: number): Kernel[] =>
        Array.from({ length: 1 + draw.int(2) }, () => {
          const kind = depth === 0 ? 0 : draw.int(3);
          if (kind === 1) {
            const times = draw.int(most);
            return {
              kind: "loop",
              times,
              before: copies(times),
              body: kernels(depth - 1),
              after: copies(times),
            } as Kernel;
          }
          if (kind === 2) {
            return [decide(), { kind: "branch", test, yes: kernels(depth - 1), no: kernels(depth - 1) } as Kernel];
          }
          if (kind === 3) {
            // Counts down in a buffer of its own, so that it ends.
            const left = draw.buffer("int32", 1);
            const more = draw.buffer("bool", 1);
            const now = load("int32", left, at([]));
            const set = (buffer: number, value: Expr): Kernel => ({
              kind: "map",
              extents: [],
              stores: [{ buffer, index: at([]), value }],
            });
            const body = [...kernels(depth - 1), set(left, binary("sub", now, constant("int32", 1)))];
            const times = { kernels: [set(more, binary("gt", now, constant("int32", 0)))], test: more };
            const start = set(left, constant("int32", draw.int(most)));
            return [start, { kind: "loop", times, before: copies(most), body, after: [] } as Kernel];
          }
          return map();
        }).flat();
      compare(draw, [...states, stack], kernels(2));
    });
  });
});
