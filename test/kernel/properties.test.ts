/** @file Laws that hold for every program, tried on random ones: modes agree, backends agree, vmap is a loop. */
import fc from "fast-check";
import { withoutSimplifying } from "../../kernel/emit.ts";
import { eye, grad, hessian, jacfwd, jacobian, jacrev, jit, jvp, type Tensor, vjp, vmap } from "../../kernel/index.ts";
import { on } from "./support/backends.ts";
import { data } from "./support/data.ts";
import { differences, loop } from "./support/differences.ts";
import { assertNear } from "./support/near.ts";
import { type Program, programFrom } from "./support/program.ts";

/** 5040 choices divide evenly by all small numbers; unbiased, or most programs would be trivial. */
const tapes = fc.noBias(fc.array(fc.nat({ max: 5039 }), { minLength: 60, maxLength: 90 }));

/** Tries `law` on random programs, always the same ones; a failure shows the smallest program that fails. */
function check(runs: number, seed: number, law: (program: Program) => void): void {
  fc.assert(
    fc.property(tapes, (tape) => {
      const program = programFrom(tape);
      try {
        law(program);
      } catch (error) {
        throw new Error(`${error instanceof Error ? error.stack : error}\nfor the program\n${program.text}\n`);
      }
    }),
    { numRuns: runs, seed },
  );
}

const largest = (x: Tensor): number => Math.max(1, ...Array.from(x.dataSync(), Math.abs));

suite("laws of random programs", () => {
  test("Jacobians and Hessians by elimination are those with unit vectors", () => {
    const plain = { strategy: "vmap" } as const;
    check(200, 8, ({ f, inputs }) => {
      const all = inputs.map((_, i) => i);
      const J = jacrev(f, { ...plain, argnums: all })(...inputs);
      const found = jacobian(f, { argnums: all })(...inputs);
      found.forEach((each, i) => {
        assertNear(each, J[i], { rtol: 1e-10, atol: 1e-12 * largest(J[i]), what: `Jacobian, argument ${i}` });
      });
      // Every pair of arguments, also of a sum, in which what is hidden in one entry shows in others.
      const total = (...args: Tensor[]): Tensor => {
        const y = f(...args).reshape([-1]);
        return y.dot(data([y.size], { seed: 5 }));
      };
      const H = jacfwd(jacrev(total, { ...plain, argnums: all }), { ...plain, argnums: all })(...inputs);
      hessian(total, { argnums: all })(...inputs).forEach((row, i) => {
        row.forEach((each, j) => {
          const options = { rtol: 1e-9, atol: 1e-11 * largest(H[i][j]) };
          assertNear(each, H[i][j], { ...options, what: `Hessian, arguments ${i} and ${j}` });
        });
      });
    });
  });

  test("both backends compute the same", () => {
    check(250, 1, ({ f, inputs }) => {
      const fast = f(...inputs);
      fast.dataSync();
      const slow = on("reference", () => {
        const out = f(...inputs);
        out.dataSync();
        return out;
      });
      assertNear(fast, slow, { rtol: 1e-12, atol: 1e-12 * largest(slow) });
    });
  });

  test("values on the way are the same in whatever order they are read", () => {
    check(150, 6, ({ values, inputs, choose }) => {
      const slow = on("reference", () =>
        values(...inputs).map((each) => ({ shape: each.shape, data: [...each.dataSync()] })),
      );
      const fast = values(...inputs);
      const left = fast.map((_, i) => i);
      while (left.length > 0) {
        const [i] = left.splice(choose(left.length), 1);
        const scale = Math.max(1, ...slow[i].data.map(Math.abs));
        assertNear(fast[i], slow[i], { rtol: 1e-12, atol: 1e-12 * scale, what: `v${i}` });
      }
      // And all derivatives of all of them, in one tree.
      const [rev, fwd] = [jacrev(values)(...inputs), jacfwd(values)(...inputs)];
      rev.forEach((each, i) => {
        assertNear(fwd[i], each, { rtol: 1e-11, atol: 1e-12 * largest(each), what: `derivative of v${i}` });
      });
    });
  });

  test("with jit and without it, simplified and not, values and derivatives are the same", () => {
    check(80, 7, ({ f, inputs }) => {
      const derivatives = (...args: Tensor[]): Tensor[] => [f(...args), jacrev(f)(...args), jacfwd(f)(...args)];
      const plain = derivatives(...inputs);
      const compiled = jit(derivatives)(...inputs);
      const unsimplified = withoutSimplifying(() => {
        const found = derivatives(...inputs);
        for (const each of found) each.dataSync();
        return found;
      });
      plain.forEach((each, i) => {
        const atol = 1e-12 * largest(each);
        assertNear(compiled[i], each, { rtol: 1e-12, atol, what: `with jit, ${i}` });
        assertNear(unsimplified[i], each, { rtol: 1e-11, atol: 10 * atol, what: `unsimplified, ${i}` });
      });
      const slopes = jit(jacrev((...args: Tensor[]) => jit(f)(...args)))(...inputs);
      assertNear(slopes, plain[1], { rtol: 1e-12, atol: 1e-12 * largest(plain[1]), what: "jit inside and outside" });
    });
  });

  test("both modes give the finite differences, on both backends", () => {
    check(120, 2, ({ f, inputs }) => {
      inputs.forEach((_, argnums) => {
        const fwd = jacfwd(f, { argnums })(...inputs);
        const rev = jacrev(f, { argnums })(...inputs);
        const atol = 1e-12 * largest(rev);
        assertNear(fwd, rev, { rtol: 1e-11, atol, what: `jacfwd ${argnums} against jacrev` });
        const slow = on("reference", () => {
          const out = jacrev(f, { argnums })(...inputs);
          out.dataSync();
          return out;
        });
        assertNear(rev, slow, { rtol: 1e-11, atol, what: `jacrev ${argnums} on wasm against reference` });
        const scale = largest(f(...inputs));
        assertNear(rev, differences(f, inputs, argnums), {
          rtol: 1e-6,
          atol: 1e-8 * scale + 1e-6 * largest(rev) ** 0.5,
          what: `jacrev ${argnums} against differences`,
        });
      });
    });
  });

  test("vmap is a loop, of the function and of its Jacobian", () => {
    check(120, 3, ({ f, inputs, choose }) => {
      const size = 2;
      const mapped = inputs.map((_, i) => i === 0 || choose(2) === 0);
      const dims = inputs.map(({ ndim }, i) => (mapped[i] ? choose(2 * ndim + 2) - ndim - 1 : null));
      const args = inputs.map((input, i) => {
        const axis = dims[i];
        if (axis === null) return input;
        const shape = [...input.shape];
        shape.splice(axis < 0 ? axis + shape.length + 1 : axis, 0, size);
        return data(shape, { seed: 31 + i });
      });
      const what = `inDims ${JSON.stringify(dims)}`;
      const out = vmap(f, { inDims: dims })(...args);
      assertNear(out, loop(f, args, dims, size), { rtol: 1e-11, atol: 1e-12 * largest(out), what });
      const jacobian = jacrev(f, { argnums: 0 });
      const J = vmap(jacobian, { inDims: dims })(...args);
      assertNear(J, loop(jacobian, args, dims, size), { rtol: 1e-11, atol: 1e-12 * largest(J), what });
      const forward = vmap(jacfwd(f), { inDims: dims })(...args);
      assertNear(forward, J, { rtol: 1e-11, atol: 1e-12 * largest(J), what });
      const outDims = choose(out.ndim);
      assertNear(vmap(f, { inDims: dims, outDims, chunkSize: 1 })(...args), out.moveAxis(0, outDims), { what });
    });
  });

  test("the pullback mapped over unit vectors is the Jacobian, in one or in chunks", () => {
    check(100, 4, ({ f, inputs, choose }) => {
      const g = (...args: Tensor[]): Tensor => f(...args).reshape([-1]);
      const first = (x: Tensor): Tensor => g(x, ...inputs.slice(1));
      const [out, pullback] = vjp(first, inputs[0]);
      const J = jacrev(first)(inputs[0]);
      const options = { rtol: 1e-11, atol: 1e-12 * largest(J) };
      assertNear(vmap(pullback)(eye(out.size, { dtype: "float64" })), J, options);
      const chunkSize = 1 + choose(3);
      assertNear(jacrev(first, { chunkSize })(inputs[0]), J, { ...options, what: `jacrev in chunks of ${chunkSize}` });
      assertNear(jacfwd(first, { chunkSize })(inputs[0]), J, { ...options, what: `jacfwd in chunks of ${chunkSize}` });
      const v = data(inputs[0].shape, { seed: 5 });
      const expected = J.reshape([out.size, -1]).matmul(v.reshape([-1]));
      assertNear(jvp(first, [inputs[0]], [v])[1], expected, { ...options, what: "jvp" });
    });
  });

  test("the Hessian is the difference of gradients, in all four orders", () => {
    check(60, 5, ({ f, inputs }) => {
      const g = (...args: Tensor[]): Tensor =>
        f(...args)
          .sin()
          .sum();
      const H = hessian(g)(...inputs);
      const options = { rtol: 1e-10, atol: 1e-10 * largest(H) };
      assertNear(jacrev(jacrev(g))(...inputs), H, { ...options, what: "reverse over reverse" });
      assertNear(jacfwd(jacfwd(g))(...inputs), H, { ...options, what: "forward over forward" });
      assertNear(jacrev(jacfwd(g))(...inputs), H, { ...options, what: "reverse over forward" });
      // Where it bends this much, differences have no digits left.
      if (largest(H) > 1e3) return;
      assertNear(H, differences(grad(g), inputs), { rtol: 1e-5, atol: 1e-6 * largest(H), what: "differences" });
      const rank = inputs[0].ndim;
      const axes = Array.from({ length: 2 * rank }, (_, d) => (d + rank) % (2 * rank));
      assertNear(H.permute(axes), H, { ...options, what: "symmetry" });
    });
  });
});
