/**
 * @file Products of a few rows with a large matrix that lies by rows, a vector–matrix product above all. The matrix is
 * used once, so reading it is the work: a few whole rows of it are read side by side, in the order of memory, and added
 * to sums that stay in the first-level cache.
 */
import { bytesPerElement } from "../../../dtype.ts";
import type { Callable, FunctionBuilder } from "../code/function.ts";
import type { ModuleBuilder } from "../code/module.ts";
import { divide, times } from "../nests/counts.ts";
import type { Target } from "../nests/point.ts";
import type { Product } from "./product.ts";
import { batchParts, inBatch, inBlocks, inTasks, type Position, push } from "./tasks.ts";

/** So many rows of the result, each with as many splat factors, are what registers hold. */
export const MOST_ROWS = 4;
/** Sums of a task, which stay in the first-level cache. */
const SUMS_BYTES = 16 * 1024;
/** Terms that are added one after the other; sums of so many are added then, so that errors stay small. */
const BLOCK_K = 256;
/** A matrix of fewer bytes is in the cache, where tiles are as good. */
const LEAST_BYTES = 64 * 1024;
/** A matrix of more bytes comes from memory. */
const CACHED_BYTES = 4 * 2 ** 20;
/** Rows of fewer bytes lie so close to one another that tiles read whole lines and pages, too. */
const LEAST_ROW_BYTES = 1024;

/** Whether `compileRows` is the way to compute a product. */
export function isFewRows({ dtype, a, m, n, k }: Product): boolean {
  if (a.nest) return false;
  const size = bytesPerElement(dtype);
  const isByRows = n.b === 1 && n.out === 1 && Math.abs(k.b) * size >= LEAST_ROW_BYTES;
  return (
    isByRows && m.extent <= MOST_ROWS && n.extent * size >= LEAST_ROW_BYTES && n.extent * k.extent * size >= LEAST_BYTES
  );
}

export function compileRows(target: Target, product: Product, entry: FunctionBuilder): void {
  const { module } = target;
  const { dtype, batch, m, n, k } = product;
  const size = bytesPerElement(dtype);
  const lanes = 16 / size;
  const most = SUMS_BYTES / (m.extent * size);
  const even = Math.ceil(n.extent / Math.ceil(n.extent / most) / lanes) * lanes;
  const sums: Sums = { product, rowBytes: even * size };
  const stepN = Math.min(n.extent, even);
  target.workspace(m.extent * sums.rowBytes);
  const together = rowsTogether(product);
  const some = addRows(module, sums, together);
  const one = addRows(module, sums, 1);
  const finish = finishRows(module, sums);
  const isBlocked = k.extent > BLOCK_K;

  inTasks(
    target,
    entry,
    product,
    [
      ...batchParts(batch, m.extent * n.extent * k.extent),
      { dimension: m, step: m.extent },
      { dimension: n, step: stepN },
    ],
    (f, at, extents) => {
      const columns = extents[batch.length + 1];
      const add = f.local("i32");
      inBatch(f, size, at, batch, extents, (matrix) => {
        f.i32(0).set(add);
        inBlocks(f, size, matrix, k, k.extent, BLOCK_K, (slice, length) => {
          clear(f, m.extent * sums.rowBytes);
          const moving: Position = { ...slice, a: f.local("i32"), b: f.local("i32") };
          f.get(slice.a).set(moving.a).get(slice.b).set(moving.b);
          const { groups, rest } = divide(f, length, together);
          for (const [count, steps, callee] of [
            [groups, together, some],
            [rest, 1, one],
          ] as const) {
            times(f, count, () => {
              f.get(moving.a).get(moving.b);
              push(f, columns);
              f.call(callee);
              f.get(moving.a)
                .i32(k.a * steps * size)
                .op("i32.add")
                .set(moving.a);
              f.get(moving.b)
                .i32(k.b * steps * size)
                .op("i32.add")
                .set(moving.b);
            });
          }
          f.get(slice.out).get(add);
          push(f, columns);
          f.call(finish);
          if (isBlocked) f.i32(1).set(add);
        });
      });
    },
  );
}

/** Rows read side by side: as many as registers have factors for, and more where memory is what takes the time. */
function rowsTogether({ dtype, m, n, k }: Product): number {
  if (m.extent > 2) return 2;
  return m.extent === 1 && n.extent * k.extent * bytesPerElement(dtype) > CACHED_BYTES ? 8 : 4;
}

interface Sums {
  readonly product: Product;
  /** Of one row of sums in the workspace. */
  readonly rowBytes: number;
}

/** Writes zeros into the workspace; `bytes` is a multiple of 16. */
function clear(f: FunctionBuilder, bytes: number): void {
  const to = f.local("i32");
  f.workspace().set(to);
  f.repeat(bytes / 16, () => {
    f.get(to).i32x4(0).memory("v128.store");
    f.get(to).i32(16).op("i32.add").set(to);
  });
  f.release(to);
}

const shapeOf = ({ dtype }: Product) => (dtype === "float32" ? "f32x4" : "f64x2");

/** A function `(a, b, columns)` that adds products of `steps` entries of `a` with as many rows of `b` to all sums. */
function addRows(module: ModuleBuilder, { product, rowBytes }: Sums, steps: number): Callable {
  const { dtype, m, k } = product;
  const size = bytesPerElement(dtype);
  const f = module.define(["i32", "i32", "i32"], []);
  const [a, b, columns] = [0, 1, 2];
  const factors = Array.from({ length: m.extent }, (_, row) =>
    Array.from({ length: steps }, (_, step) => {
      const factor = f.local("v128");
      f.get(a)
        .i32((row * m.a + step * k.a) * size)
        .op("i32.add");
      f.memory(size === 4 ? "v128.load32_splat" : "v128.load64_splat").set(factor);
      return factor;
    }),
  );
  const from = Array.from({ length: steps }, (_, step) => {
    const address = f.local("i32");
    f.get(b)
      .i32(step * k.b * size)
      .op("i32.add")
      .set(address);
    return address;
  });
  const sums = f.local("i32");
  const vectors = Array.from({ length: steps }, () => f.local("v128"));
  f.workspace().set(sums);
  f.get(columns)
    .i32(16 / size - 1)
    .op("i32.add")
    .i32(Math.log2(16 / size))
    .op("i32.shr_u")
    .set(columns);
  f.repeat({ local: columns }, () => {
    // Elements past the last column are read too; nothing is made of their sums.
    for (const [step, address] of from.entries()) f.get(address).memory("v128.load").set(vectors[step]);
    for (const [row, ofRow] of factors.entries()) {
      f.get(sums)
        .get(sums)
        .memory("v128.load", row * rowBytes);
      const sum = f.local("v128");
      f.set(sum);
      for (const [step, factor] of ofRow.entries()) {
        f.madd(
          shapeOf(product),
          () => f.get(factor).get(vectors[step]),
          () => f.get(sum),
        ).set(sum);
      }
      f.get(sum).memory("v128.store", row * rowBytes);
      f.release(sum);
    }
    for (const address of [...from, sums]) f.get(address).i32(16).op("i32.add").set(address);
  });
  return f;
}

/** A function `(out, add, columns)` that makes the sums the result, or adds them to it. */
function finishRows(module: ModuleBuilder, { product, rowBytes }: Sums): Callable {
  const { dtype, m } = product;
  const size = bytesPerElement(dtype);
  const float = dtype === "float32" ? "f32" : "f64";
  const f = module.define(["i32", "i32", "i32"], []);
  const [out, add, columns] = [0, 1, 2];
  const [from, to] = [f.local("i32"), f.local("i32")];
  const keep = f.local("v128");
  const last = f.local(float);
  for (let row = 0; row < m.extent; row++) {
    f.workspace()
      .i32(row * rowBytes)
      .op("i32.add")
      .set(from);
    f.get(out)
      .i32(row * m.out * size)
      .op("i32.add")
      .set(to);
    const { groups, rest } = divide(f, { local: columns }, 16 / size);
    const advance = (bytes: number) => {
      for (const address of [from, to]) f.get(address).i32(bytes).op("i32.add").set(address);
    };
    times(f, groups, () => {
      f.get(from).memory("v128.load").set(keep);
      f.get(add).if(() =>
        f
          .get(keep)
          .get(to)
          .memory("v128.load")
          .op(`${shapeOf(product)}.add`)
          .set(keep),
      );
      f.get(to).get(keep).memory("v128.store");
      advance(16);
    });
    times(f, rest, () => {
      f.get(from).memory(`${float}.load`).set(last);
      f.get(add).if(() => f.get(last).get(to).memory(`${float}.load`).op(`${float}.add`).set(last));
      f.get(to).get(last).memory(`${float}.store`);
      advance(size);
    });
  }
  return f;
}
