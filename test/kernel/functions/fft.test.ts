/** @file Fourier transforms against their sums, and complex tensors. */
import assert from "node:assert/strict";
import {
  ArgumentError,
  type Complex,
  checkGrads,
  complexAbs,
  complexAngle,
  complexConj,
  complexMul,
  fft,
  fft2,
  fftfreq,
  fftshift,
  grad,
  ifft,
  ifft2,
  ifftshift,
  irfft,
  jacfwd,
  jacrev,
  rfft,
  rfftfreq,
  ShapeError,
  StructureError,
  type Tensor,
  tensor,
  vmap,
} from "../../../kernel/index.ts";
import { fourierPlan } from "../../../kernel/primitives/fourier-plan.ts";
import { testEach } from "../support/backends.ts";
import { data, uniform } from "../support/data.ts";
import { type Grid, get, grid, gridOf } from "../support/grid.ts";
import { assertNear, assertNearTree, assertThrows } from "../support/near.ts";

/** The transform of `x + iy` along `axis`, multiplied by `factor`, as [real, imaginary]. */
function sums(x: Grid, y: Grid, axis: number, sign: number, factor = 1): [Grid, Grid] {
  const n = x.shape[axis];
  const part = (which: "real" | "imag"): Grid =>
    grid(x.shape, (at) => {
      let total = 0;
      for (let j = 0; j < n; j++) {
        const angle = (sign * 2 * Math.PI * ((j * at[axis]) % n)) / n;
        const [re, im] = [get(x, at.with(axis, j)), get(y, at.with(axis, j))];
        const [c, s] = [Math.cos(angle), Math.sin(angle)];
        total += which === "real" ? re * c - im * s : re * s + im * c;
      }
      return total * factor;
    });
  return [part("real"), part("imag")];
}

function assertComplex(got: Complex, [real, imag]: readonly [Grid | Tensor, Grid | Tensor], what?: string): void {
  assertNear(got.real, real, { rtol: 1e-12, what: `${what}: real part` });
  assertNear(got.imag, imag, { rtol: 1e-12, what: `${what}: imaginary part` });
}

const complex = (shape: readonly number[], seed = 1): Complex => ({
  real: data(shape, { seed }),
  imag: data(shape, { seed: seed + 20 }),
});
const grids = ({ real, imag }: Complex): [Grid, Grid] => [gridOf(real), gridOf(imag)];

suite("fft", () => {
  test("lines of every length from 1 to 70, and some longer ones, are their sums to a few units in the last place", () => {
    const next = uniform(8);
    const lengths = [...Array.from({ length: 70 }, (_, i) => i + 1), 97, 120, 121, 211, 256, 961, 1000, 1009];
    for (const n of lengths) {
      const [re, im] = [Float64Array.from({ length: n }, next), Float64Array.from({ length: n }, next)];
      const [real, imag] = [re.slice(), im.slice()];
      fourierPlan(n)(real, imag);
      for (let k = 0; k < n; k++) {
        let [x, y] = [0, 0];
        for (let j = 0; j < n; j++) {
          const angle = (-2 * Math.PI * ((j * k) % n)) / n;
          x += re[j] * Math.cos(angle) - im[j] * Math.sin(angle);
          y += re[j] * Math.sin(angle) + im[j] * Math.cos(angle);
        }
        const error = Math.hypot(real[k] - x, imag[k] - y);
        assert.ok(error < 2e-15 * n, `length ${n}, frequency ${k}: off by ${error}`);
      }
    }
  });

  test("there and back over a large prime length, in time that is not quadratic", () => {
    const n = 200_003;
    const x = data([n], { seed: 2 });
    assertNear(ifft(fft(x)).real, x, { rtol: 0, atol: 1e-14 });
  });

  testEach("norms, axes, lengths that cut or continue", () => {
    const x = complex([3, 6, 2]);
    for (const axis of [0, 1, -1]) {
      const n = x.real.shape.at(axis) as number;
      const d = axis < 0 ? axis + 3 : axis;
      for (const [norm, forward, inverse] of [
        ["backward", 1, 1 / n],
        ["ortho", 1 / Math.sqrt(n), 1 / Math.sqrt(n)],
        ["forward", 1 / n, 1],
      ] as const) {
        assertComplex(fft(x, { axis, norm }), sums(...grids(x), d, -1, forward), `fft ${axis} ${norm}`);
        assertComplex(ifft(x, { axis, norm }), sums(...grids(x), d, 1, inverse), `ifft ${axis} ${norm}`);
      }
    }
    const [short, long] = [
      x.real.slice(1, 0, 4),
      x.real.pad([
        [0, 0],
        [0, 3],
        [0, 0],
      ]),
    ];
    assertNearTree(fft(x.real, { axis: 1, n: 4 }), fft(short, { axis: 1 }));
    assertNearTree(fft(x.real, { axis: 1, n: 9 }), fft(long, { axis: 1 }));
    assert.equal(fft(tensor([1, 2, 3])).real.dtype, "float32");
    assert.equal(fft(tensor([1, 2], { dtype: "int32" })).imag.dtype, "float32");
  });

  testEach("rfft is the first half of fft, irfft undoes it", () => {
    for (const n of [1, 2, 7, 8]) {
      const x = data([2, n, 3], { seed: n });
      const half = rfft(x, { axis: 1 });
      const all = fft(x, { axis: 1 });
      assertComplex(half, [all.real.slice(1, 0, Math.floor(n / 2) + 1), all.imag.slice(1, 0, Math.floor(n / 2) + 1)]);
      for (const norm of ["backward", "ortho", "forward"] as const) {
        assertNear(irfft(rfft(x, { axis: 1, norm }), { axis: 1, n, norm }), x, { atol: 1e-14 });
      }
    }
    // What cannot come from a real line does not count, and a length of its own cuts or continues the spectrum.
    const spectrum = complex([5], 3);
    const mirror = (m: number): Tensor => {
      const [re, im] = grids(spectrum);
      const at = (k: number): [number, number] => (k < 5 ? [re.data[k], im.data[k]] : [0, 0]);
      const full = Array.from({ length: m }, (_, k) => (2 * k <= m ? at(k) : [at(m - k)[0], -at(m - k)[1]]));
      const lone = full.map(([a, b], k) => [a, k === 0 || 2 * k === m ? 0 : b]);
      const line = (part: 0 | 1): Tensor =>
        tensor(
          lone.map((entry) => entry[part]),
          { dtype: "float64" },
        );
      return ifft({ real: line(0), imag: line(1) }).real;
    };
    for (const n of [undefined, 4, 7, 9, 12]) assertNear(irfft(spectrum, { n }), mirror(n ?? 8), { atol: 1e-14 });
  });

  testEach("two axes", () => {
    const x = complex([3, 4, 5]);
    const [re, im] = sums(...grids(x), 2, -1);
    assertComplex(fft2(x), sums(re, im, 1, -1));
    assertNearTree(ifft2(fft2(x, { axes: [0, 2], norm: "ortho" }), { axes: [0, 2], norm: "ortho" }), x, {
      atol: 1e-14,
    });
    assert.deepEqual(fft2(x, { shape: [2, 7] }).real.shape, [3, 2, 7]);
    assertNearTree(fft2(x, { shape: [2, 7] }), fft(fft(x, { axis: 1, n: 2 }), { axis: 2, n: 7 }));
  });

  testEach("the product of spectra is a circular convolution", () => {
    const [x, y] = [data([6]), data([6], { seed: 2 })];
    const got = irfft(complexMul(rfft(x), rfft(y)));
    const [a, b] = [gridOf(x).data, gridOf(y).data];
    const wanted = a.map((_, k) => a.reduce((sum, each, j) => sum + each * b[(k - j + 6) % 6], 0));
    assertNear(got, { shape: [6], data: wanted }, { atol: 1e-14 });
  });

  testEach("derivatives: both modes, twice, and through vmap", () => {
    const x = complex([2, 5]);
    const power = (x: Complex): Tensor => {
      const { real, imag } = fft(x, { norm: "ortho" });
      return real.square().add(imag.square().mul(0.5)).mul(real.sin()).sum();
    };
    checkGrads(power, [x], { order: 2 });
    checkGrads((x: Tensor) => complexAbs(rfft(x, { axis: 0, n: 4 })), [data([3, 2])], { order: 2 });
    checkGrads((x: Complex) => irfft(x, { n: 5 }).sin(), [complex([3])], { order: 2 });
    checkGrads((x: Complex) => ifft2(x).real.tanh(), [complex([2, 3])], { order: 2 });
    const J = jacrev((x: Tensor) => fft(x).imag)(data([4]));
    assertNear(
      J,
      grid([4, 4], ([k, j]) => -Math.sin((2 * Math.PI * ((j * k) % 4)) / 4)),
      { atol: 1e-15 },
    );
    assertNear(jacfwd((x: Tensor) => fft(x).imag)(data([4])), J, { atol: 1e-15 });
    const many = complex([2, 3, 4]);
    const mapped = vmap((x: Complex) => fft(x, { axis: 0 }), { inDims: 2 })(many);
    assertNearTree(mapped, {
      real: fft(many, { axis: 0 }).real.moveAxis(2, 0),
      imag: fft(many, { axis: 0 }).imag.moveAxis(2, 0),
    });
  });

  test("shifts and frequencies, even and odd", () => {
    assert.deepEqual(fftfreq(4).toArray(), [0, 0.25, -0.5, -0.25]);
    assert.deepEqual(fftfreq(5, 0.1, { dtype: "float64" }).toArray(), [0, 2, 4, -4, -2]);
    assert.deepEqual(rfftfreq(5, 0.5, { dtype: "float64" }).toArray(), [0, 0.4, 0.8]);
    assert.deepEqual(rfftfreq(4).toArray(), [0, 0.25, 0.5]);
    assert.deepEqual(fftshift(fftfreq(4)).toArray(), [-0.5, -0.25, 0, 0.25]);
    assert.deepEqual(fftshift(tensor([0, 1, 2, -2, -1])).toArray(), [-2, -1, 0, 1, 2]);
    const x = data([3, 4]);
    assertNear(ifftshift(fftshift(x)), x);
    assertNear(fftshift(x, 0), x.roll(1, 0));
    assertNear(fftshift({ real: x, imag: x }, [1]).imag, x.roll(2, 1));
    assertNear(ifftshift(tensor([0, 1, 2])), tensor([1, 2, 0]));
  });

  test("what cannot be transformed is said by name", () => {
    const x = data([4]);
    assertThrows(() => fft(x, { axis: 1 }), ShapeError, "fft", "axis 1");
    assertThrows(() => fft(tensor(1)), ShapeError, "fft", "scalar");
    assertThrows(() => fft(x, { n: 0 }), ArgumentError, "fft", "got 0");
    assertThrows(() => ifft(x, { norm: "none" as "ortho" }), ArgumentError, "ifft", '"none"', '"ortho"');
    assertThrows(() => fft({ real: x } as Complex), StructureError, "fft", "{ real, imag }", "imag: undefined");
    assertThrows(() => rfft({ real: x, imag: x } as unknown as Tensor), StructureError, "rfft", "Use fft");
    assertThrows(() => fft2(x), ShapeError, "fft2", "[4]");
    assertThrows(() => irfft(x.slice(0, 0, 1)), ArgumentError, "irfft", "2 frequencies", "got 1", "{ n: 1 }");
    assertThrows(() => irfft(x, { n: 0 }), ArgumentError, "irfft", "got 0", "Leave n out");
    assertThrows(() => fft(data([0])), ArgumentError, "fft", "got 0", "no entries");
    assertThrows(() => fft({ real: x, imag: data([3]) }), ShapeError, "[4]", "[3]");
  });
});

suite("complex tensors", () => {
  testEach("products, conjugates, absolute values and angles", () => {
    const [x, y] = [complex([2, 3]), complex([3], 5)];
    const product = complexMul(x, y);
    assertNear(product.real, x.real.mul(y.real).sub(x.imag.mul(y.imag)));
    assertNear(product.imag, x.imag.mul(y.real).add(x.real.mul(y.imag)));
    assertNearTree(complexMul(x, 2), { real: x.real.mul(2), imag: x.imag.mul(2) });
    assertNear(complexMul(x, complexConj(x)).real, complexAbs(x).square());
    assertNear(complexMul(x, complexConj(x)).imag, x.real.mul(0));
    assertNear(
      complexAngle(x),
      grid([2, 3], (at) => Math.atan2(get(gridOf(x.imag), at), get(gridOf(x.real), at))),
    );
    checkGrads((x: Complex) => complexAbs(x).mul(complexAngle(x)), [x], { order: 2 });
  });

  testEach("at 0 both have the derivative 0", () => {
    const zero = { real: tensor([0, 3], { dtype: "float64" }), imag: tensor([0, 4], { dtype: "float64" }) };
    assert.deepEqual(complexAbs(zero).toArray(), [0, 5]);
    const abs = grad((x: Complex) => complexAbs(x).sum())(zero);
    assertNearTree(abs, { real: tensor([0, 0.6], { dtype: "float64" }), imag: tensor([0, 0.8], { dtype: "float64" }) });
    const angle = grad((x: Complex) => complexAngle(x).sum())(zero);
    assertNearTree(angle, {
      real: tensor([0, -0.16], { dtype: "float64" }),
      imag: tensor([0, 0.12], { dtype: "float64" }),
    });
  });
});
