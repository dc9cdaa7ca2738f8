/** @file StructuredJacobian: every reading of it agrees with the Jacobian written out, and costs what its entries do. */
import assert from "node:assert/strict";
import {
  ArgumentError,
  cholesky,
  concat,
  einsum,
  eye,
  grad,
  hessian,
  jacfwd,
  jacobian,
  jacrev,
  jit,
  linear,
  MemoryError,
  ShapeError,
  StructuredJacobian,
  solve,
  stack,
  type Tensor,
  TraceError,
  take,
  tensor,
  vmap,
  zeros,
} from "../../../kernel/index.ts";
import { sizeOf } from "../../../kernel/shape.ts";
import { data } from "../support/data.ts";
import { assertNear, assertThrows } from "../support/near.ts";

const table = tensor([3, 0, 3, 1, 4], { dtype: "int32" });
const weight = data([4, 6], { seed: 5 });

/** The differences of neighbours. */
const steps = (x: Tensor): Tensor => x.slice(0, 1).sub(x.slice(0, 0, -1));
/** Rosenbrock's function of any number of variables: its Hessian is tridiagonal. */
const rosenbrock = (x: Tensor): Tensor =>
  x
    .slice(0, 1)
    .sub(x.slice(0, 0, -1).square())
    .square()
    .mul(5)
    .sum()
    .add(x.square().sum().mul(30));

/** Functions of one argument with all sorts of structure. */
const functions: Record<string, { f: (x: Tensor) => Tensor; shape: number[]; kind: string; nnz: number }> = {
  "entry by entry": { f: (x) => x.tanh().mul(x), shape: [7], kind: "diagonal", nnz: 7 },
  "entry by entry, a matrix": { f: (x) => x.exp(), shape: [3, 4], kind: "diagonal", nnz: 12 },
  "entry by entry, with axes of extent 1": { f: (x) => x.exp(), shape: [1, 4, 1], kind: "diagonal", nnz: 4 },
  "a scalar": { f: (x) => x.sin(), shape: [], kind: "diagonal", nnz: 1 },
  differences: { f: (x) => steps(x).square(), shape: [9], kind: "banded", nnz: 16 },
  "reversed, every second": { f: (x) => x.flip(0).slice(0, 1, 8, 3).sin(), shape: [9], kind: "sparse", nnz: 3 },
  "affine, many to few": { f: (x) => linear(x, weight).tanh(), shape: [6], kind: "dense", nnz: 24 },
  "rows by themselves": {
    f: (x) => x.matmul(weight.transpose()).tanh(),
    shape: [3, 6],
    kind: "block diagonal",
    nnz: 72,
  },
  softmax: { f: (x) => x.softmax(-1), shape: [8], kind: "low rank plus diagonal", nnz: 64 },
  "softmax of rows": { f: (x) => x.softmax(-1), shape: [3, 5], kind: "block diagonal", nnz: 75 },
  "outer product with the sum": {
    f: (x) =>
      x
        .sin()
        .sum()
        .mul(data([5]).exp()),
    shape: [7],
    kind: "low rank",
    nnz: 35,
  },
  transposed: { f: (x) => x.transpose().square(), shape: [3, 4], kind: "sparse", nnz: 12 },
  gathered: { f: (x) => take(x, table).square(), shape: [6], kind: "sparse", nnz: 5 },
  "gathered and scattered": {
    f: (x) =>
      zeros([4], { dtype: "float64" }).indexAdd(
        0,
        tensor([2, 0, 2, 1, 1], { dtype: "int32" }),
        take(x, table).square(),
      ),
    shape: [6],
    kind: "sparse",
    nnz: 4,
  },
  "two pieces": { f: (x) => concat([x.slice(0, 2).exp(), x.square()]), shape: [6], kind: "sparse", nnz: 10 },
  "running sums": { f: (x) => x.square().cumsum(0), shape: [6], kind: "dense", nnz: 36 },
  "several stencils": {
    f: (x) =>
      x
        .slice(1, 1)
        .mul(x.slice(1, 0, -1))
        .slice(0, 1)
        .sub(x.slice(0, 0, -1).slice(1, 1)),
    shape: [4, 5],
    kind: "sparse",
    nnz: 36,
  },
  "nothing of it": { f: () => data([3]), shape: [5], kind: "zero", nnz: 0 },
};

/** The matrix that a COO or CSR says. */
function rebuilt(
  rows: ArrayLike<number>,
  columns: ArrayLike<number>,
  values: Tensor,
  shape: readonly number[],
): Tensor {
  const width = shape[1];
  const all = new Float64Array(sizeOf(shape));
  values.dataSync().forEach((value, i) => {
    all[rows[i] * width + columns[i]] += value;
  });
  return tensor(all, { shape, dtype: values.dtype });
}

suite("StructuredJacobian", () => {
  for (const [name, { f, shape, kind, nnz }] of Object.entries(functions)) {
    test(`${name}: all readings are those of the Jacobian written out`, () => {
      const x = data(shape, { seed: 3 });
      const dense = jacobian(f, { strategy: "vmap" })(x);
      const out = f(x).shape;
      for (const derive of [jacobian, jacrev, jacfwd]) {
        const found = derive(f, { structured: true })(x);
        assert.ok(found instanceof StructuredJacobian);
        assert.deepEqual([...found.shape], [...out, ...shape]);
        assert.deepEqual([...found.outputShape], [...out]);
        assert.deepEqual([...found.inputShape], shape);
        assert.equal(found.dtype, "float64");
        assertNear(found.toDense(), dense);
      }
      const found = jacobian(f, { structured: true })(x);
      const matrix: [number, number] = [sizeOf(out), sizeOf(shape)];
      const flat = dense.reshape(matrix);
      assert.equal(found.nnz, nnz);
      assert.equal(found.kind, kind);
      const { rows, columns, values } = found.toCOO();
      assert.equal(values.size, nnz);
      assert.equal(rows.length, nnz);
      for (let i = 1; i < nnz; i++) {
        assert.ok(rows[i] > rows[i - 1] || (rows[i] === rows[i - 1] && columns[i] > columns[i - 1]), "sorted, unique");
      }
      assertNear(rebuilt(rows, columns, values, matrix), flat, { what: "COO" });
      const csr = found.toCSR();
      assert.equal(csr.rowStarts.length, matrix[0] + 1);
      const rowOf = Array.from({ length: nnz }, (_, i) => csr.rowStarts.findLastIndex((start) => start <= i));
      assertNear(rebuilt(rowOf, csr.columns, csr.values, matrix), flat, { what: "CSR" });
      const [u, v] = [data(shape, { seed: 8 }), data(out, { seed: 9 })];
      assertNear(found.matvec(u), flat.matmul(u.reshape([matrix[1]])).reshape(out), { what: "matvec" });
      const pulled = v.reshape([matrix[0]]).matmul(flat).reshape(shape);
      assertNear(found.transposeMatvec(v), pulled, { what: "transposeMatvec" });
      let [lower, upper] = [0, 0];
      for (let i = 0; i < nnz; i++) {
        lower = Math.max(lower, rows[i] - columns[i]);
        upper = Math.max(upper, columns[i] - rows[i]);
      }
      assert.deepEqual(found.bandwidth, { lower, upper });
      const counts = found.pattern();
      assert.deepEqual([...counts.shape], matrix);
      assert.equal(counts.sum().item(), nnz);
      assert.ok(found.toString().includes(`${kind}: ${nnz} of ${matrix[0] * matrix[1]} entries`), found.toString());
    });
  }

  test("the diagonal, where output and input have one shape", () => {
    for (const [name, { f, shape }] of Object.entries(functions)) {
      const x = data(shape, { seed: 3 });
      const found = jacobian(f, { structured: true })(x);
      if (String(found.outputShape) !== String(shape)) {
        assertThrows(() => found.diagonal(), ShapeError, "one shape", "toCOO()");
        continue;
      }
      const whole = jacobian(f)(x).reshape([x.size, x.size]);
      assertNear(found.diagonal(), whole.diagonal().reshape(shape), { what: name });
    }
  });

  test("the diagonal where rows and columns both come from tables", () => {
    const [from, to] = [tensor([3, 0, 2, 1, 4], { dtype: "int32" }), tensor([2, 0, 2, 3, 4], { dtype: "int32" })];
    const f = (x: Tensor): Tensor => zeros([5], { dtype: "float64" }).indexAdd(0, to, take(x, from).square());
    const x = data([5]);
    assertNear(jacobian(f, { structured: true })(x).diagonal(), jacobian(f)(x).diagonal());
  });

  test("blocks along the axes that go together", () => {
    const x = data([3, 5]);
    const each = vmap(jacobian((row: Tensor) => row.softmax(-1)))(x);
    const found = jacobian((v: Tensor) => v.softmax(-1), { structured: true })(x);
    assertNear(found.blocks(), each);
    const entrywise = jacobian((v: Tensor) => v.exp(), { structured: true })(x);
    assertNear(entrywise.blocks(), x.exp());
    assertNear(entrywise.blocks(1), vmap(jacobian((row: Tensor) => row.exp()))(x));
    const rows = jacobian((v: Tensor) => v.matmul(data([5, 2])), { structured: true })(x);
    assert.deepEqual([...rows.blocks().shape], [3, 2, 5]);
    assertThrows(() => rows.blocks(2), ArgumentError, "blocks", "along the first axis");
    const coupled = jacobian(steps, { structured: true })(x);
    assertThrows(() => coupled.blocks(), ArgumentError, "couple", "toCSR()");
  });

  test("a Hessian is a square matrix, with the diagonal of second derivatives", () => {
    const x = data([7]);
    const found = hessian(rosenbrock, { structured: true })(x);
    const dense = hessian(rosenbrock, { strategy: "vmap" })(x);
    assertNear(found.toDense(), dense, { rtol: 1e-11 });
    assert.equal(found.kind, "banded");
    assert.equal(found.nnz, 19);
    assert.deepEqual(found.bandwidth, { lower: 1, upper: 1 });
    assert.deepEqual(found.colors(), { column: 3, row: 3, star: 3 });
    assertNear(found.diagonal(), dense.diagonal(), { rtol: 1e-11 });
    assert.equal(found.toDense().provenance?.kind, "hessian");
    const of = (v: Tensor): Tensor => stack([rosenbrock(v), v.exp().sum()]);
    const several = hessian(of, { structured: true })(x);
    assert.deepEqual([...several.outputShape], [2, 7]);
    assertNear(several.toDense(), hessian(of)(x));
    assertNear(several.diagonal(), einsum("kii->ki", hessian(of)(x)));
  });

  test("a Hessian through an operation without structure", () => {
    const f = (a: Tensor): Tensor =>
      cholesky(a.matmul(a.transpose()).add(eye(3, { dtype: "float64" })))
        .square()
        .sum();
    const x = data([3, 2]);
    assertNear(hessian(f, { structured: true })(x).toDense(), hessian(f, { strategy: "vmap" })(x), { rtol: 1e-9 });
  });

  test("nested like the results and arguments", () => {
    const f = (a: Tensor, b: { w: Tensor }) => ({ sum: a.mul(b.w), rest: [a.square().sum()] });
    const [a, w] = [data([4]), data([4], { seed: 2 })];
    const found = jacobian(f, { argnums: [0, 1], structured: true })(a, { w });
    const dense = jacobian(f, { argnums: [0, 1] })(a, { w });
    assertNear(found.sum[1].w.toDense(), dense.sum[1].w);
    assertNear(found.rest[0][0].toDense(), dense.rest[0][0]);
    assert.equal(found.rest[0][1].w.kind, "zero");
    const [pair, aux] = jacobian((x: Tensor) => [x.exp(), x.sum()], { hasAux: true, structured: true })(a);
    assertNear(pair.diagonal(), a.exp());
    assertNear(aux, a.sum());
    const both = hessian((u: Tensor, v: Tensor) => u.mul(v).square().sum(), { argnums: [0, 1], structured: true })(
      a,
      w,
    );
    const densely = hessian((u: Tensor, v: Tensor) => u.mul(v).square().sum(), { argnums: [0, 1] })(a, w);
    for (const i of [0, 1]) for (const j of [0, 1]) assertNear(both[i][j].toDense(), densely[i][j]);
  });

  test("inside vmap, jit and grad", () => {
    const x = data([3, 6]);
    const u = data([6], { seed: 4 });
    const along = (v: Tensor): Tensor => jacobian(steps, { structured: true })(v.square()).matvec(u.mul(v));
    assertNear(vmap(along)(x), stack([0, 1, 2].map((i) => along(x.at(i)))));
    const diagonal = (v: Tensor): Tensor => hessian(rosenbrock, { structured: true })(v).diagonal();
    assertNear(vmap(diagonal)(x), stack([0, 1, 2].map((i) => diagonal(x.at(i)))));
    assertNear(jit(diagonal)(x.at(0)), diagonal(x.at(0)));
    const dense = (v: Tensor): Tensor => jacobian(rosenbrock, { structured: true })(v).toDense();
    assertNear(jacobian(dense)(x.at(1)), hessian(rosenbrock)(x.at(1)), { rtol: 1e-11 });
    const values = (v: Tensor): Tensor => hessian(rosenbrock, { structured: true })(v).toCSR().values.square().sum();
    const plainly = (v: Tensor): Tensor => hessian(rosenbrock)(v).square().sum();
    assertNear(grad(values)(x.at(2)), grad(plainly)(x.at(2)), { rtol: 1e-10 });
    const entrywise = (v: Tensor): Tensor => jacobian((w: Tensor) => w.exp(), { structured: true })(v).solve(u);
    assertNear(jacobian(entrywise)(x.at(0)), jacobian((v: Tensor) => u.div(v.exp()))(x.at(0)));
  });

  test("what needs numbers says so inside of transforms", () => {
    const x = data([12]);
    const solved = (v: Tensor): Tensor => hessian(rosenbrock, { structured: true })(v).solve(v).sum();
    assertThrows(() => vmap(solved)(x.reshape([1, 12])), TraceError, "solve", "vmap", "toDense()");
    assertThrows(() => grad(solved)(x), TraceError, "solve", "grad", "toDense()");
    const gathers = (i: Tensor): Tensor => {
      const found = jacobian((v: Tensor) => take(v, i).square(), { structured: true })(x);
      return tensor(found.bandwidth.lower);
    };
    assertThrows(() => jit(gathers)(table), TraceError, "indices", "toDense()");
    const products = (i: Tensor): Tensor =>
      jacobian((v: Tensor) => take(v, i).square(), { structured: true })(x).matvec(x);
    assertNear(jit(products)(table), products(table));
  });

  test("solve, each kind in its way", () => {
    const x = data([12], { seed: 6 });
    const b = data([12], { seed: 7 });
    const square: Record<string, (v: Tensor) => Tensor> = {
      diagonal: (v) => v.exp(),
      banded: (v) => grad(rosenbrock)(v),
      "low rank plus diagonal": (v) => v.softmax(0).add(v.mul(0)).sub(v),
      dense: (v) => linear(v, data([12, 12], { seed: 2 }).add(eye(12, { dtype: "float64" }).mul(5))).tanh(),
      sparse: (v) => concat([v.slice(0, 7).exp(), v.slice(0, 0, 7).square().add(v.at(11))]),
    };
    for (const [kind, f] of Object.entries(square)) {
      const found = jacobian(f, { structured: true })(x);
      if (kind !== "low rank plus diagonal") assert.equal(found.kind, kind);
      const solution = found.solve(b);
      assertNear(solution, solve(jacobian(f)(x), b), { rtol: 1e-9, what: kind });
      assertNear(found.matvec(solution), b, { rtol: 1e-9, what: kind });
    }
    const m = data([3, 4]);
    const rows = jacobian((v: Tensor) => v.matmul(data([4, 4], { seed: 3 })).sinh(), { structured: true })(m);
    assert.equal(rows.kind, "block diagonal");
    const right = data([3, 4], { seed: 5 });
    assertNear(rows.matvec(rows.solve(right)), right, { rtol: 1e-9 });
  });

  test("solve: large systems without the dense matrix", () => {
    const n = 5000;
    const [x, b] = [data([n], { seed: 6 }), data([n], { seed: 7 })];
    const f = (v: Tensor): Tensor => v.exp().mul(2).add(v.sin().sum().mul(v.cos()).mul(0.01)).add(v.mean());
    const found = jacobian(f, { structured: true })(x);
    assert.equal(found.kind, "low rank plus diagonal");
    assertNear(found.matvec(found.solve(b)), b, { rtol: 1e-8 });
    const of = (v: Tensor): Tensor => jacobian(f, { structured: true })(v).solve(b).sum();
    assert.ok(grad(of)(x).isfinite().all().item());
    const batch = data([40, 300], { low: 0.5 });
    const energies = hessian(
      (v: Tensor) =>
        v
          .slice(1, 1)
          .sub(v.slice(1, 0, -1))
          .square()
          .sum()
          .add(v.exp().sum()),
      {
        structured: true,
      },
    )(batch);
    assert.equal(energies.kind, "block diagonal");
    const right = data([40, 300], { seed: 5 });
    assertNear(energies.matvec(energies.solve(right)), right, { rtol: 1e-9 });
    const few = data([2, 40], { seed: 3 });
    const rows = (v: Tensor): Tensor =>
      v
        .slice(1, 1)
        .sub(v.slice(1, 0, -1))
        .square()
        .sum()
        .add(v.exp().sum());
    const solved = (v: Tensor): Tensor => hessian(rows, { structured: true })(v).solve(few);
    assertNear(vmap(solved)(few.reshape([1, 2, 40])), solved(few).reshape([1, 2, 40]), { rtol: 1e-9 });
  });

  test("counts what is too large to be written out", () => {
    const x = zeros([1000, 1000]);
    const found = jacobian((v: Tensor) => v.softmax(-1), { structured: true })(x);
    assert.equal(found.nnz, 1e9);
    assert.equal(found.kind, "block diagonal");
    assertNear(found.matvec(x), x);
    assertThrows(() => found.toCOO(), MemoryError, "toCOO", "entries", "blocks()");
  });

  test("solve: exchanges rows where a pivot is zero", () => {
    // Each pair is exchanged: the diagonal is all zeros.
    const exchanged = (v: Tensor): Tensor => v.reshape([20, 2]).flip(1).reshape([40]).mul(3).add(v.roll(1, 0).mul(0));
    const x = data([40]);
    const found = jacobian((v: Tensor) => exchanged(v).add(v.mul(data([40], { seed: 2 }).floor().mul(0))), {
      structured: true,
    })(x);
    const b = data([40], { seed: 4 });
    assertNear(found.matvec(found.solve(b)), b, { rtol: 1e-12 });
  });

  test("solve: errors say what to do", () => {
    const x = data([12]);
    assertThrows(() => jacobian(steps, { structured: true })(x).solve(data([11])), ShapeError, "square", "lstsq");
    const found = hessian(rosenbrock, { structured: true })(x);
    assertThrows(() => found.solve(data([4])), ShapeError, "solve", "[12]", "[4]");
    assertThrows(() => found.matvec(data([3, 4])), ShapeError, "matvec", "input", "[12]", "[3, 4]");
    assertThrows(() => found.transposeMatvec(data([5])), ShapeError, "transposeMatvec", "output");
    const flat = hessian((v: Tensor) => v.slice(0, 1).square().sum(), { structured: true })(x);
    assertThrows(() => flat.solve(x), ArgumentError, "singular");
    const loops = (v: Tensor): Tensor => steps(v).square().square().sum();
    assertThrows(() => hessian(loops, { structured: true })(zeros([12])).solve(zeros([12])), ArgumentError, "singular");
    const nothing = jacobian((v: Tensor) => v.mul(0).add(x), { structured: true })(x);
    assertThrows(() => nothing.solve(x), ArgumentError, "zero");
    const scattered = (v: Tensor): Tensor => v.reshape([60, 50]).transpose().reshape([3000]).exp().add(v);
    const wide = jacobian(scattered, { structured: true })(data([3000]));
    assertThrows(() => wide.solve(data([3000])), ArgumentError, "band", "matvec", "toDense()");
  });

  test("float32 stays float32, and a wider vector widens", () => {
    const x = data([5], { dtype: "float32" });
    const found = jacobian((v: Tensor) => v.exp(), { structured: true })(x);
    assert.equal(found.dtype, "float32");
    assert.equal(found.toCOO().values.dtype, "float32");
    assert.equal(found.matvec(x).dtype, "float32");
    assert.equal(found.matvec(data([5])).dtype, "float64");
    assert.equal(found.solve(x).dtype, "float32");
    assert.equal(found.matvec(tensor([1, 2, 3, 4, 5], { dtype: "int32" })).dtype, "float32");
  });

  test("options that do not go together", () => {
    const f = (v: Tensor): Tensor => v.exp();
    for (const derive of [jacobian, jacrev, jacfwd, hessian]) {
      assertThrows(() => derive(f, { structured: true, diagonal: true }), ArgumentError, "Leave one out");
      assertThrows(() => derive(f, { structured: true, strategy: "vmap" }), ArgumentError, "strategy", "structured");
      assertThrows(() => derive(f, { structured: true, chunkSize: 2 }), ArgumentError, "chunkSize");
      assertThrows(() => derive(f, { diagonal: true, verify: true }), ArgumentError, "verify", "diagonal");
    }
  });

  test("a tridiagonal system of 20,000 equations", () => {
    const n = 20_000;
    const x = data([n], { low: 0.5, high: 1.5 });
    const found = hessian(rosenbrock, { structured: true })(x);
    assert.equal(found.nnz, 3 * n - 2);
    assert.deepEqual(found.colors(), { column: 3, row: 3, star: 3 });
    const g = grad(rosenbrock)(x);
    const solution = found.solve(g);
    assertNear(found.matvec(solution), g, { rtol: 1e-11, atol: 1e-10 });
    assert.deepEqual([...found.pattern().shape], [128, 128]);
    assert.equal(found.pattern().sum().item(), found.nnz);
    assert.ok(found.toString().includes("banded: 59,998 of 400,000,000 entries (0.015 %)"), found.toString());
  });
});
