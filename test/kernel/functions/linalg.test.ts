/**
 * @file Linear algebra as people call it: values against SciPy's, batches, vmap, both modes and higher derivatives, and
 * what happens where there is no result.
 */
import assert from "node:assert/strict";
import {
  ArgumentError,
  checkGrads,
  cholesky,
  choleskySolve,
  compilationCount,
  conditionNumber,
  det,
  eigh,
  eigvalsh,
  expm,
  eye,
  full,
  grad,
  hessian,
  inv,
  jacfwd,
  jacrev,
  jvp,
  lstsq,
  lu,
  luFactor,
  luSolve,
  type MatrixNormOrder,
  matrixNorm,
  matrixPower,
  matrixRank,
  multiDot,
  ones,
  pinv,
  qr,
  ShapeError,
  slogdet,
  solve,
  svd,
  svdvals,
  type Tensor,
  tensor,
  triangularSolve,
  vander,
  vectorNorm,
  vmap,
  zeros,
} from "../../../kernel/index.ts";
import { testEach } from "../support/backends.ts";
import { data } from "../support/data.ts";
import { loop } from "../support/differences.ts";
import { assertNear, assertThrows } from "../support/near.ts";

const f64 = (values: Parameters<typeof tensor>[0]): Tensor => tensor(values, { dtype: "float64" });
const identity = (n: number): Tensor => eye(n, { dtype: "float64" });

/** General, symmetric positive definite, tall. */
const A = f64([
  [2, -1, 0.5],
  [1, 3, -2],
  [0.25, 1.5, 1],
]);
const S = f64([
  [4, 1, -0.5],
  [1, 3, 0.75],
  [-0.5, 0.75, 2],
]);
const T = f64([
  [1, 2],
  [3, -1],
  [0.5, 2.5],
]);
const b = f64([1, -2, 0.5]);

const definite = (x: Tensor): Tensor => x.matmul(x.transpose(-2, -1)).add(identity(x.shape[x.ndim - 1]));
/** Projects on a space: what does not depend on the choice of a basis for it. */
const projection = (q: Tensor): Tensor => q.matmul(q.transpose(-2, -1));

suite("linear algebra", () => {
  // Figures of SciPy 1.17 and NumPy 2.4.
  testEach("values are SciPy's", () => {
    assertNear(solve(A, b), f64([0.1981981981981982, -0.21621621621621628, 0.7747747747747746]));
    assertNear(
      inv(A),
      f64([
        [0.43243243243243246, 0.12612612612612611, 0.03603603603603603],
        [-0.10810810810810811, 0.13513513513513514, 0.3243243243243243],
        [0.054054054054054036, -0.2342342342342342, 0.5045045045045045],
      ]),
    );
    assertNear(det(A), f64(13.875));
    assertNear(
      cholesky(S),
      f64([
        [2, 0, 0],
        [0.5, 1.6583123951777, 0],
        [-0.25, 0.5276448530110863, 1.2880570286640687],
      ]),
    );
    assertNear(eigvalsh(S), f64([1.2699338365152066, 3.1116053795215683, 4.618460783963224]));
    assertNear(
      eigh(S)[1].abs(),
      f64([
        [0.3370470559102537, 0.3974775836461467, 0.8534698896862449],
        [0.5316572829336924, 0.6677878108852515, 0.5209606253227278],
        [0.777006959818118, 0.6293417276264974, 0.013754063483267376],
      ]),
    );
    assertNear(svdvals(T), f64([3.362888192369016, 3.192331907184002]));
    const [q, r] = qr(T);
    assertNear(
      q,
      f64([
        [-0.3123475237772124, 0.5891727172635239],
        [-0.9370425713316366, -0.32004443900734625],
        [-0.1561737618886061, 0.7419211995170302],
      ]),
    );
    assertNear(
      r,
      f64([
        [-3.201562118716424, -0.0780868809443036],
        [0, 3.3531928723269693],
      ]),
    );
    assertNear(
      pinv(T),
      f64([
        [0.09327548806941438, 0.2950108459869849, 0.04338394793926243],
        [0.17570498915401297, -0.09544468546637741, 0.22125813449023854],
      ]),
    );
    assertNear(lstsq(T, b), f64([-0.4750542299349243, 0.47722342733188733]));
    assertNear(
      lstsq(T.transpose(-2, -1), b.slice(0, 0, 2)),
      f64([-0.2581344902386119, 0.4859002169197399, -0.39913232104121465]),
    );
    assertNear(
      expm(A),
      f64([
        [4.987858239186762, -5.0797894501712015, 6.522850725693295],
        [5.803963268463512, 3.1879964155810394, -7.262883627173167],
        [4.709772999431264, 5.809249629526031, -2.264452665861361],
      ]),
    );
    assertNear(
      jvp(expm, [A], [S])[1],
      f64([
        [18.242985533957835, -12.231077335231646, 11.095481865450957],
        [31.27847095044795, 8.590336632885698, -13.183934626416299],
        [20.061944999626682, 18.871821389365195, -7.829168837582012],
      ]),
    );
    assertNear(expm(A.mul(10)).at(0), f64([488465149.8914678, 128373711.58555025, 358618369.7939883]));
    assertNear(
      matrixPower(A, -3),
      f64([
        [0.07301969610223812, 0.013154132949604104, 0.06446768170654217],
        [-0.00023690600754152366, -0.06284809279696056, 0.07797717366745852],
        [0.058068294737396255, -0.0520242667795626, 0.04742214822565442],
      ]),
    );
    assertNear(
      matrixPower(A, 5),
      f64([
        [-8.3125, 12.640625, 64.3203125],
        [0.203125, -142.96875, 76.65625],
        [57.84765625, -51.0703125, -34.203125],
      ]),
    );
  });

  testEach("LU exchanges rows as SciPy does", () => {
    const [p, l, u] = lu(A.flip(0));
    assert.deepEqual(p.toArray(), [
      [0, 0, 1],
      [0, 1, 0],
      [1, 0, 0],
    ]);
    assertNear(
      l,
      f64([
        [1, 0, 0],
        [0.5, 1, 0],
        [0.125, 0.46428571428571425, 1],
      ]),
    );
    assertNear(
      u,
      f64([
        [2, -1, 0.5],
        [0, 3.5, -2.25],
        [0, 0, 1.9821428571428572],
      ]),
    );
  });

  testEach("norms and condition numbers are NumPy's", () => {
    const orders: readonly MatrixNormOrder[] = ["fro", "nuc", 1, -1, 2, -2, Infinity, -Infinity];
    const norms = [4.636809247747852, 6.5552200995530185, 5.5, 4.5, 3.3628881923690166, 3.192331907184002, 4, 3];
    const conditions = [
      3.8344348202036747, 10.232715797868234, 4.756756756756756, 1.6103603603603602, 2.3885495807879713,
      0.41866411651798524, 4.756756756756756, 1.5608108108108107,
    ];
    orders.forEach((order, i) => {
      assertNear(matrixNorm(T, order), f64(norms[i]), { what: `norm ${order}` });
      assertNear(matrixNorm(T, order, { keepDims: true }), f64([[norms[i]]]), { what: `norm ${order}` });
      assertNear(conditionNumber(A, order), f64(conditions[i]), { what: `condition ${order}` });
    });
    [
      [0, 3],
      [1, 3.5],
      [2, 2.29128784747792],
      [3, 2.089669598190616],
      [0.5, 9.742640687119284],
      [Infinity, 2],
      [-Infinity, 0.5],
    ].forEach(([order, norm]) => {
      assertNear(vectorNorm(b, order), f64(norm), { what: `norm ${order}` });
    });
    assertNear(vectorNorm(T, 1, 0, { keepDims: true }), f64([[4.5, 5.5]]));
    // Hilbert's matrix of order 6: the small singular values keep their digits to the rounding of the largest.
    const hilbert = f64(Array.from({ length: 6 }, (_, i) => Array.from({ length: 6 }, (_, j) => 1 / (i + j + 1))));
    assertNear(
      svdvals(hilbert),
      f64([
        1.6188998589243393, 0.24236087057520947, 0.016321521319875812, 0.0006157483541826451, 1.2570757122632469e-5,
        1.0827994844462713e-7,
      ]),
      { rtol: 0, atol: 1e-15 },
    );
    assertNear(conditionNumber(hilbert), f64(14951058.64177819), { rtol: 1e-8 });
    assert.equal(matrixRank(hilbert).item(), 6);
    assert.equal(matrixRank(hilbert, { rtol: 1e-4 }).item(), 4);
    assert.deepEqual(matrixRank(T.matmul(T.transpose(-2, -1))).toArray(), 2);
    assert.deepEqual(conditionNumber(ones([2, 2]), 1).item(), Infinity);
  });

  for (const [m, n] of [
    [1, 1],
    [6, 6],
    [7, 4],
    [4, 7],
    [40, 31],
    [31, 40],
    [5, 1],
    [1, 5],
    [0, 3],
    [3, 0],
  ]) {
    testEach(`factors of ${m} × ${n} multiply to the matrix`, () => {
      const a = data([2, m, n], { seed: m });
      const k = Math.min(m, n);
      const close = { rtol: 0, atol: 4e-14 };
      const isOrthonormal = (q: Tensor): void => {
        const columns = q.shape[2];
        assertNear(q.transpose(-2, -1).matmul(q), identity(columns).broadcastTo([2, columns, columns]), close);
      };
      for (const mode of ["reduced", "complete"] as const) {
        const [q, r] = qr(a, { mode });
        assert.deepEqual(q.shape, [2, m, mode === "reduced" ? k : m]);
        assertNear(q.matmul(r), a, close);
        assertNear(r.triu(), r, { rtol: 0, atol: 0 });
        isOrthonormal(q);
      }
      const [p, l, u] = lu(a);
      assertNear(p.matmul(l).matmul(u), a, close);
      assert.deepEqual(
        [p.shape, l.shape, u.shape],
        [
          [2, m, m],
          [2, m, k],
          [2, k, n],
        ],
      );
      if (k > 0) assert.ok(l.abs().max().item() <= 1 + 1e-15, "the pivot is the largest");
      const [left, s, right] = svd(a, { fullMatrices: false });
      assertNear(left.mul(s.expandDims(-2)).matmul(right), a, close);
      isOrthonormal(left);
      isOrthonormal(right.transpose(-2, -1));
      assertNear(s.sort(-1, { descending: true }), s, { rtol: 0, atol: 0 });
      const [wholeLeft, , wholeRight] = svd(a);
      assert.deepEqual(
        [wholeLeft.shape, wholeRight.shape],
        [
          [2, m, m],
          [2, n, n],
        ],
      );
      isOrthonormal(wholeLeft);
      isOrthonormal(wholeRight);
      const inverse = pinv(a);
      assertNear(a.matmul(inverse).matmul(a), a, close);
      assertNear(inverse.matmul(a).transpose(-2, -1), inverse.matmul(a), close);
      if (m !== n) return;
      const even = a.add(a.transpose(-2, -1));
      const [w, v] = eigh(even);
      assertNear(v.mul(w.expandDims(-2)).matmul(v.transpose(-2, -1)), even, close);
      isOrthonormal(v);
      assertNear(inv(a).matmul(a), identity(n).broadcastTo([2, n, n]), { rtol: 0, atol: 1e-12 });
      const half = cholesky(definite(a));
      assertNear(half.matmul(half.transpose(-2, -1)), definite(a), { rtol: 1e-14 });
      assertNear(cholesky(definite(a), { upper: true }), half.transpose(-2, -1), { rtol: 0, atol: 0 });
    });
  }

  testEach("very large and very small entries do no harm", () => {
    for (const scale of [1e-200, 1e200]) {
      const a = A.mul(scale);
      assertNear(svdvals(a).div(scale), svdvals(A), { rtol: 1e-13 });
      assertNear(eigvalsh(S.mul(scale)).div(scale), eigvalsh(S), { rtol: 1e-13 });
      assertNear(qr(a)[1].div(scale), qr(A)[1], { rtol: 1e-13 });
    }
    const [sign, log] = slogdet(identity(400).mul(-1e-3));
    assertNear(sign, f64(1));
    assertNear(log, f64(-2763.102111592873));
  });

  testEach("solvers agree with each other, one vector or many columns, either triangle", () => {
    const B = data([3, 4], { seed: 5 });
    const x = solve(S, B);
    assertNear(S.matmul(x), B);
    assertNear(choleskySolve(cholesky(S), B), x);
    assertNear(choleskySolve(cholesky(S, { upper: true }), B, { upper: true }), x);
    const [factors, order] = luFactor(S);
    assertNear(luSolve(factors, order, B), x);
    assertNear(luSolve(...luFactor(A), b), solve(A, b));
    assertNear(lstsq(S, B), x);
    assertNear(triangularSolve(A, b, { upper: true }), solve(A.triu(), b));
    assertNear(triangularSolve(A, B, { transposed: true }), solve(A.tril().transpose(-2, -1), B));
    assertNear(triangularSolve(A, B, { unitDiagonal: true }), solve(A.tril(-1).add(identity(3)), B));
    assertNear(solve(S.to("float32"), b).to("float32"), solve(S, b).to("float32"), { rtol: 1e-6 });
    assert.equal(solve(S.to("float32"), b.to("float32")).dtype, "float32");
    assert.equal(
      inv(
        tensor(
          [
            [2, 0],
            [0, 4],
          ],
          { dtype: "int32" },
        ),
      ).dtype,
      "float32",
    );
  });

  testEach("stacks broadcast, and give what a loop gives", () => {
    const stack = data([2, 1, 3, 3], { seed: 7 });
    const right = data([4, 3, 2], { seed: 8 });
    const x = solve(stack, right);
    assert.deepEqual(x.shape, [2, 4, 3, 2]);
    assertNear(stack.matmul(x), right.broadcastTo([2, 4, 3, 2]));
    // One matrix, many right sides.
    assertNear(A.matmul(solve(A, right)), right);
    assert.deepEqual(solve(stack, b).shape, [2, 1, 3]);
    assertNear(stack.matmul(solve(stack, b).expandDims(-1)), b.expandDims(-1).broadcastTo([2, 1, 3, 1]));
    assertNear(triangularSolve(A, right), solve(A.tril(), right));
    assertNear(choleskySolve(cholesky(S), right), solve(S, right));
    assertNear(luSolve(...luFactor(stack), right), x);
    assertNear(lstsq(T, right), pinv(T).matmul(right));
    const each = data([3, 4, 4], { seed: 9 });
    const functions: Record<string, (x: Tensor) => Tensor> = {
      inv,
      det,
      expm,
      eigvalsh,
      svdvals,
      pinv,
      lu: (y) => lu(y)[2],
      qr: (y) => qr(y)[0],
      slogdet: (y) => slogdet(y)[1],
      cholesky: (y) => cholesky(definite(y)),
      matrixPower: (y) => matrixPower(y, 3),
      condition: (y) => conditionNumber(y, 1),
      lstsq: (y) => lstsq(y, b.take([0, 1, 2, 0])),
    };
    for (const [name, f] of Object.entries(functions)) {
      const wanted = loop(f, [each], [0], 3);
      assertNear(f(each), wanted, { what: name, rtol: 1e-11 });
      assertNear(vmap(f)(each), wanted, { what: `vmap of ${name}`, rtol: 1e-11 });
      const slopes = (y: Tensor): Tensor => grad((z: Tensor) => f(z).sum())(y);
      assertNear(vmap(slopes)(each), loop(slopes, [each], [0], 3), { what: `vmap of grad of ${name}`, rtol: 1e-9 });
    }
  });

  testEach("vmap of solve, whichever argument is mapped", () => {
    const [a, right] = [data([3, 4, 4], { seed: 2 }), data([3, 4, 2], { seed: 3 })];
    for (const dims of [
      [0, 0],
      [0, null],
      [null, 0],
    ] as const) {
      const args = dims.map((dim, i) => (dim === null ? [a, right][i].at(1) : [a, right][i]));
      const got = vmap(solve, { inDims: [...dims] })(...(args as [Tensor, Tensor]));
      assertNear(
        got,
        loop((x, y) => solve(x, y), args, dims, 3),
        { rtol: 1e-11 },
      );
    }
  });

  const square = data([4, 4], { seed: 1 });
  const gradients: Record<string, readonly [(...args: Tensor[]) => Tensor | readonly Tensor[], readonly Tensor[]]> = {
    solve: [solve as (...args: Tensor[]) => Tensor, [square, data([4, 2], { seed: 3 })]],
    "solve a vector": [solve as (...args: Tensor[]) => Tensor, [square, data([4], { seed: 3 })]],
    "solve a stack": [solve as (...args: Tensor[]) => Tensor, [data([2, 3, 3]), data([3, 2])]],
    "solve many right sides": [solve as (...args: Tensor[]) => Tensor, [data([3, 3]), data([2, 3, 2])]],
    inv: [(x) => inv(x), [square]],
    "det of 4 × 4": [det, [square]],
    "det of 3 × 3": [det, [data([2, 3, 3])]],
    "det of 2 × 2": [det, [data([2, 2])]],
    "det of 1 × 1": [(x) => det(x).mul(det(x)), [data([1, 1])]],
    slogdet: [(x) => slogdet(x)[1], [square]],
    triangularSolve: [(x, y) => triangularSolve(x, y, { upper: true }), [square, data([4, 2])]],
    cholesky: [(x) => cholesky(definite(x)), [square]],
    "cholesky of a matrix that is not symmetric": [(x) => cholesky(x, { upper: true }), [S.add(A.mul(0.1))]],
    choleskySolve: [(x, y) => choleskySolve(cholesky(definite(x)), y), [square, data([4, 2])]],
    lu: [(x) => lu(x).slice(1), [square]],
    "lu, tall": [(x) => lu(x).slice(1), [data([5, 3])]],
    "lu, wide": [(x) => lu(x).slice(1), [data([3, 5])]],
    luSolve: [(x, y) => luSolve(...luFactor(x), y), [square, data([4, 2])]],
    qr: [(x) => qr(x), [square]],
    "qr, tall": [(x) => qr(x), [data([5, 3])]],
    "qr, wide": [(x) => qr(x), [data([3, 5])]],
    "the space that the complete qr adds": [
      (x) => {
        const [q, r] = qr(x, { mode: "complete" });
        return [projection(q.slice(1, 3)), r];
      },
      [data([5, 3])],
    ],
    eigh: [(x) => eigh(x), [square]],
    eigvalsh: [eigvalsh, [square]],
    svd: [(x) => svd(x), [square]],
    "svd, tall": [(x) => svd(x, { fullMatrices: false }), [data([5, 3])]],
    "svd, wide": [(x) => svd(x, { fullMatrices: false }), [data([3, 5])]],
    "the spaces that the full svd adds": [
      (x) => {
        const [u, , vt] = svd(x);
        return [projection(u.slice(1, 2)), projection(vt.slice(0, 2).transpose(-2, -1))];
      },
      [data([4, 2])],
    ],
    svdvals: [svdvals, [data([3, 5])]],
    "lstsq, tall": [lstsq as (...args: Tensor[]) => Tensor, [data([5, 3]), data([5, 2])]],
    "lstsq, wide": [lstsq as (...args: Tensor[]) => Tensor, [data([3, 5]), data([3])]],
    "pinv of full rank": [(x) => pinv(x), [data([5, 3])]],
    "pinv of rank 2": [(x, y) => pinv(x.matmul(y)), [data([4, 2]), data([2, 3])]],
    expm: [expm, [data([3, 3])]],
    matrixPower: [(x) => matrixPower(x, -2), [data([3, 3])]],
    multiDot: [(x, y, z) => multiDot([x, y, z]), [data([2]), data([2, 3]), data([3, 2], { seed: 4 })]],
    vander: [(x) => vander(x, 4), [f64([0, 1.5, -2])]],
    "matrixNorm 2": [(x) => matrixNorm(x, 2), [data([3, 2])]],
    "matrixNorm nuc": [(x) => matrixNorm(x, "nuc"), [data([3, 2])]],
    "matrixNorm 1": [(x) => matrixNorm(x, 1).square(), [data([3, 2])]],
    "vectorNorm 3": [(x) => vectorNorm(x, 3, 1), [data([3, 2])]],
    conditionNumber: [(x) => conditionNumber(x), [data([3, 3])]],
  };
  for (const [name, [f, args]] of Object.entries(gradients)) {
    test(`derivatives of ${name}: differences, both modes, twice`, () => checkGrads(f, [...args], { order: 2 }));
  }

  testEach("jacrev is jacfwd, and both are the closed form", () => {
    const x = square;
    const inverse = inv(x);
    // ∂(A⁻¹)[i,j] / ∂A[k,l] = −A⁻¹[i,k] A⁻¹[l,j]
    const wanted = inverse
      .reshape([4, 1, 4, 1])
      .mul(inverse.transpose(-2, -1).reshape([1, 4, 1, 4]))
      .neg();
    assertNear(jacrev(inv)(x), wanted, { rtol: 1e-10 });
    assertNear(jacfwd(inv)(x), wanted, { rtol: 1e-10 });
    const right = data([4], { seed: 3 });
    for (const argnums of [0, 1] as const) {
      assertNear(jacrev(solve, { argnums })(x, right), jacfwd(solve, { argnums })(x, right), { rtol: 1e-10 });
    }
    // The slope of a simple eigenvalue is v vᵀ.
    const [, v] = eigh(S);
    const slopes = v.transpose(-2, -1).expandDims(-1).mul(v.transpose(-2, -1).expandDims(-2));
    assertNear(jacrev(eigvalsh)(S), slopes);
    assertNear(jacfwd(eigvalsh)(S), slopes);
  });

  testEach("the Hessian of log det is minus the inverse twice; the third derivative by hand", () => {
    const logdet = (x: Tensor): Tensor => slogdet(x)[1];
    const inverse = inv(A);
    // ∂² log det / ∂A[i,j] ∂A[k,l] = −A⁻¹[l,i] A⁻¹[j,k]
    const wanted = inverse
      .transpose(-2, -1)
      .reshape([3, 1, 1, 3])
      .mul(inverse.reshape([1, 3, 3, 1]))
      .neg();
    assertNear(hessian(logdet)(A), wanted);
    assertNear(jacfwd(jacfwd(logdet))(A), wanted);
    assertNear(grad(logdet)(A), inverse.transpose(-2, -1));
    // Along one direction E: d³/dt³ log det(A + t E) = 2 tr((A⁻¹ E)³).
    const along = (t: Tensor): Tensor => logdet(A.add(S.mul(t)));
    const m = inverse.matmul(S);
    const third = matrixPower(m, 3).trace().mul(2);
    const zero = f64(0);
    assertNear(grad(grad(grad(along)))(zero), third);
    assertNear(jacfwd(jacfwd(jacfwd(along)))(zero), third);
    assertNear(jacfwd(grad(jacfwd(along)))(zero), third);
    // d³/dt³ exp(t A) = A³ exp(t A)
    const flow = (t: Tensor): Tensor => expm(A.mul(t));
    assertNear(jacfwd(jacrev(jacfwd(flow)))(f64(0.3)), matrixPower(A, 3).matmul(flow(f64(0.3))), { rtol: 1e-11 });
  });

  testEach("eigenvalues and singular values that are equal have first derivatives; their vectors do not", () => {
    const unit = identity(3);
    for (const derive of [jacfwd, jacrev]) {
      assertNear(derive((x: Tensor) => eigvalsh(x).sum())(unit), unit, { what: `${derive.name} of eigvalsh` });
      assertNear(derive((x: Tensor) => svdvals(x).sum())(unit), unit, { what: `${derive.name} of svdvals` });
      const turned = derive((x: Tensor) => eigh(x)[1].at(0).sum())(unit);
      assert.ok(
        turned.dataSync().some((value) => !Number.isFinite(value)),
        "a derivative that does not exist looks finite",
      );
    }
  });

  testEach("a symmetric function has a symmetric derivative, whatever the other triangle holds", () => {
    for (const f of [(x: Tensor) => cholesky(x).sum(), (x: Tensor) => eigh(x)[1].at(0, 1)]) {
      const slope = grad(f)(S);
      assertNear(slope, slope.transpose(-2, -1));
      assertNear(f(S.add(A).sub(A.add(A.transpose(-2, -1)).div(2))), f(S));
    }
  });

  testEach("a singular matrix has a determinant with a derivative", () => {
    const singular = f64([
      [1, 2, 3, 4],
      [2, 4, 6, 8],
      [1, 0, 1, 0],
      [0, 1, 0, 2],
    ]);
    assertNear(det(singular), f64(0), { atol: 1e-14 });
    const wanted = f64([
      [0, 8, 0, -4],
      [0, -4, 0, 2],
      [0, 0, 0, 0],
      [0, 0, 0, 0],
    ]);
    assertNear(grad(det)(singular), wanted, { rtol: 0, atol: 1e-13 });
    assertNear(jacfwd(det)(singular), wanted, { rtol: 0, atol: 1e-13 });
    assertNear(grad(det)(zeros([5, 5])), zeros([5, 5]));
    assertThrows(() => hessian(det)(singular).dataSync(), ArgumentError, "det, differentiated twice", "singular");
    // Up to 3 × 3 all derivatives are there: the second of the zero matrix is constant.
    const H = hessian(det)(zeros([2, 2], { dtype: "float64" }));
    assert.deepEqual(H.toArray(), [
      [
        [
          [0, 0],
          [0, 1],
        ],
        [
          [0, 0],
          [-1, 0],
        ],
      ],
      [
        [
          [0, -1],
          [0, 0],
        ],
        [
          [1, 0],
          [0, 0],
        ],
      ],
    ]);
    const [sign, log] = slogdet(zeros([2, 2]));
    assert.deepEqual([sign.item(), log.item()], [0, -Infinity]);
    assertThrows(
      () => grad((x: Tensor) => slogdet(x)[1])(zeros([2, 2])).dataSync(),
      ArgumentError,
      "slogdet",
      "singular",
    );
  });

  testEach("what has no result says so when it is evaluated, and the next calculation is sound", () => {
    const bad = ones([2, 3, 3]).add(tensor([[[1]], [[0]]]).mul(eye(3)));
    const x = solve(bad, ones([3]));
    assert.deepEqual(x.shape, [2, 3]);
    assertThrows(
      () => x.dataSync(),
      ArgumentError,
      "solve",
      "matrix [1] of the batch",
      "singular",
      "pivot 1",
      "check: false",
    );
    assertThrows(() => inv(zeros([2, 2])).dataSync(), ArgumentError, "inv: the matrix is singular", "pivot 0", "pinv");
    assertNear(solve(A, b), inv(A).matmul(b));
    // The very program that just failed.
    const sound = ones([2, 3, 3]).add(eye(3));
    assertNear(solve(sound, ones([3])), ones([2, 3]).div(4));
    assertThrows(
      () => grad((y: Tensor) => inv(y).sum())(ones([2, 2])).dataSync(),
      ArgumentError,
      "inv: the matrix is singular",
    );
    const indefinite = tensor([
      [1, 2],
      [2, 1],
    ]);
    assertThrows(() => cholesky(indefinite).dataSync(), ArgumentError, "cholesky", "leading block of order 2");
    assertThrows(
      () => vmap((y: Tensor) => cholesky(y))(zeros([3, 1, 1])).dataSync(),
      ArgumentError,
      "matrix [0] of the batch",
      "order 1",
    );
    assertNear(cholesky(S).matmul(cholesky(S).transpose(-2, -1)), S);
    assertThrows(
      () => lstsq(ones([3, 2]), ones([3])).dataSync(),
      ArgumentError,
      "lstsq",
      "full rank",
      "column 1",
      "pinv",
    );
    // Without the check they can stand in a where.
    assertNear(cholesky(indefinite, { check: false }), full([2, 2], Number.NaN));
    assert.ok(
      !solve(bad, ones([3]), { check: false })
        .at(1)
        .isfinite()
        .all()
        .item(),
    );
    assertNear(solve(bad, ones([3]), { check: false }).at(0), ones([3]).div(4));
    assert.ok(
      !triangularSolve(zeros([2, 2]), ones([2]))
        .isfinite()
        .any()
        .item(),
    );
  });

  testEach("NaN spreads instead of stopping", () => {
    const nan = full([2, 2], Number.NaN);
    for (const out of [det(nan), inv(nan), solve(nan, ones([2])), svdvals(nan), eigvalsh(nan), expm(nan), pinv(nan)]) {
      assert.ok(out.isnan().all().item());
    }
    assert.ok(cholesky(nan).isnan().any().item());
    assert.ok(
      expm(full([2, 2], Infinity))
        .isnan()
        .all()
        .item(),
    );
  });

  testEach("matrices without entries", () => {
    const none = zeros([0, 0]);
    assert.equal(det(none).item(), 1);
    assert.deepEqual(
      [inv(none), solve(none, zeros([0, 2])), cholesky(none), expm(none), eigvalsh(none), pinv(zeros([0, 3]))].map(
        ({ shape }) => shape,
      ),
      [[0, 0], [0, 2], [0, 0], [0, 0], [0], [3, 0]],
    );
    for (const x of [inv(none), solve(none, zeros([0, 2])), cholesky(none), expm(none)])
      assert.equal(x.dataSync().length, 0);
    const [sign, log] = slogdet(zeros([2, 0, 0]));
    assert.deepEqual(
      [sign.toArray(), log.toArray()],
      [
        [1, 1],
        [0, 0],
      ],
    );
    assert.deepEqual(lstsq(zeros([3, 0]), ones([3])).shape, [0]);
    assert.equal(matrixRank(zeros([3, 0])).item(), 0);
    assert.equal(matrixRank(zeros([3, 2])).item(), 0);
    assertNear(pinv(zeros([3, 2])), zeros([2, 3]));
    assertNear(matrixPower(zeros([2, 2]), 0), eye(2));
  });

  testEach("results that belong together are computed together", () => {
    const [w, v] = eigh(data([9, 9]));
    const count = w.dataSync().length;
    const before = compilationCount();
    assert.deepEqual([count, v.dataSync().length], [9, 81]);
    assert.equal(compilationCount(), before, "the second result was computed again");
  });

  test("multiDot multiplies the cheapest way round", () => {
    const tensors = [data([2, 30]), data([30, 3], { seed: 2 }), data([3, 40], { seed: 3 }), data([40], { seed: 4 })];
    const wanted = tensors[0].matmul(tensors[1].matmul(tensors[2].matmul(tensors[3])));
    assertNear(multiDot(tensors), wanted);
    assertNear(multiDot([b, A, S, b]), b.matmul(A).matmul(S).matmul(b));
  });

  test("vander has rising powers", () => {
    const x = tensor([2, 3]);
    assert.deepEqual(vander(x, 4).toArray(), [
      [1, 2, 4, 8],
      [1, 3, 9, 27],
    ]);
    assert.deepEqual(vander(x).toArray(), [
      [1, 2],
      [1, 3],
    ]);
    assert.deepEqual(vander(x, 0).shape, [2, 0]);
    assert.deepEqual(vander(ones([2, 3])).shape, [2, 3, 3]);
  });

  test("errors", () => {
    const wide = ones([2, 3]);
    for (const [name, f] of Object.entries({ det, inv, slogdet, cholesky, eigh, eigvalsh, expm, luFactor })) {
      assertThrows(() => f(wide), ShapeError, name, "square", "[2, 3]");
      assertThrows(() => f(ones([3])), ShapeError, name, "[m, n]", "[3]");
    }
    assertThrows(() => solve(wide, ones([2])), ShapeError, "solve", "square", "lstsq");
    assertThrows(() => solve(A, ones([4])), ShapeError, "solve", "[3]", "[4]");
    assertThrows(() => solve(ones([5, 3, 3]), ones([5, 3])), ShapeError, "solve", "[5, 3]", "expandDims(-1)");
    assertThrows(() => solve(ones([2, 3, 3]), ones([4, 3, 1])), ShapeError, "solve", "broadcast");
    assertThrows(() => qr(ones([3])), ShapeError, "qr", "[3]");
    assertThrows(() => svd(tensor(1)), ShapeError, "svd", "[]");
    assertThrows(() => luSolve(A, b, b), ArgumentError, "luSolve", "int32", "float64");
    assertThrows(() => luSolve(A, tensor([0, 1], { dtype: "int32" }), b), ShapeError, "luSolve", "[3]", "[2]");
    assertThrows(() => matrixPower(A, 0.5), ArgumentError, "matrixPower", "0.5", "eigh");
    assertThrows(() => multiDot([A]), ArgumentError, "multiDot", "two");
    assertThrows(() => multiDot([A, ones([2, 3, 3]), A]), ShapeError, "multiDot", "[2, 3, 3]", "place 1");
    assertThrows(() => matrixNorm(A, 3), ArgumentError, "matrixNorm", "3", "nuc");
    assertThrows(() => vectorNorm(b, "fro" as unknown as number), ArgumentError, "vectorNorm", "fro");
    assertThrows(() => vander(tensor(1)), ShapeError, "vander");
    assertThrows(() => vander(b, -1), ArgumentError, "vander", "-1");
  });
});
