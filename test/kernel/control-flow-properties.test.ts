/** @file Laws of loops and branches, tried on random bodies: they are the loop written out, in every mode, on both backends. */
import fc from "fast-check";
import { cond, grad, hessian, jacfwd, jacrev, scan, stack, type Tensor, tensor, vmap } from "../../kernel/index.ts";
import { on } from "./support/backends.ts";
import { data } from "./support/data.ts";
import { differences, loop } from "./support/differences.ts";
import { assertNear } from "./support/near.ts";
import { type Program, programFrom } from "./support/program.ts";
import { scanUnrolled } from "./support/unrolled.ts";

/** 5040 choices divide evenly by all small numbers; unbiased, or most programs would be trivial. */
const tapes = fc.noBias(fc.array(fc.nat({ max: 5039 }), { minLength: 60, maxLength: 90 }));

type Scan = typeof scan;
interface LoopProgram {
  /** A nest of loops around the random program, which may be written out instead. */
  readonly f: (scan: Scan) => (...args: Tensor[]) => Tensor;
  readonly args: Tensor[];
  readonly text: string;
}

/**
 * The first input is carried, the others are sequences or captured. What the program gives goes out, and a little of it
 * into the next carry, so that values stay small.
 */
function loopFrom({ f, inputs, text, choose }: Program): LoopProgram {
  const length = 1 + choose(3);
  const reverse = choose(2) === 1;
  const isSequence = inputs.map((_, i) => i > 0 && choose(2) === 0);
  const [isNested, branches, swaps] = [choose(3) === 0, choose(3) === 0, choose(2) === 0];
  const args = inputs.map((input, i) => (isSequence[i] ? data([length, ...input.shape], { seed: 61 + i }) : input));
  const looped =
    (which: Scan) =>
    (...given: Tensor[]): Tensor => {
      const captured = given.map((each, i) => (isSequence[i] ? null : each));
      const step = (
        [x, y]: readonly [Tensor, Tensor],
        slices: readonly Tensor[],
      ): readonly [[Tensor, Tensor], Tensor] => {
        let next = 0;
        const operands = captured.map((each, i) => (i === 0 ? x : (each ?? slices[next++])));
        const plain = (): Tensor => f(...operands);
        const out = branches ? cond(x.sum().gt(y.sum()), plain, () => plain().neg()) : plain();
        const moved = x.mul(0.6).add(out.tanh().sum().mul(0.1)).add(y.mul(0.2));
        return [swaps ? [y, moved] : [moved, y], out];
      };
      const around = (
        pair: readonly [Tensor, Tensor],
        slices: readonly Tensor[],
      ): readonly [[Tensor, Tensor], Tensor] => {
        if (!isNested) return step(pair, slices);
        const [[x, y], outs] = which((pair) => step(pair, slices), pair, null, { length: 2 });
        return [[x, y], outs.sum(0)];
      };
      const sequences = given.filter((_, i) => isSequence[i]);
      const [[x, y], outs] = which(around, [given[0], given[0].sin()], sequences, { length, reverse });
      return stack([x.sum(), y.square().sum(), outs.sin().sum(), outs.mean()]);
    };
  const options = [
    `length ${length}`,
    reverse && "reverse",
    isNested && "nested",
    branches && "cond",
    swaps && "swaps",
  ];
  return { f: looped, args, text: `${text}\n${options.filter(Boolean).join(", ")}, sequences ${isSequence}` };
}

/** Tries `law` on random loops, always the same ones; a failure shows the smallest that fails. */
function check(runs: number, seed: number, law: (program: LoopProgram) => void): void {
  fc.assert(
    fc.property(tapes, (tape) => {
      const program = loopFrom(programFrom(tape));
      try {
        law(program);
      } catch (error) {
        throw new Error(`${error instanceof Error ? error.stack : error}\nfor the loop\n${program.text}\n`);
      }
    }),
    { numRuns: runs, seed },
  );
}

const largest = (x: Tensor): number => Math.max(1, ...Array.from(x.dataSync(), Math.abs));

suite("laws of random loops", () => {
  test("compiled, interpreted and written out they are the same", () => {
    check(120, 1, ({ f, args }) => {
      const slow = on("reference", () => {
        const out = f(scan)(...args);
        out.dataSync();
        return out;
      });
      const options = { rtol: 1e-11, atol: 1e-12 * largest(slow) };
      assertNear(f(scan)(...args), slow, { ...options, what: "wasm against reference" });
      assertNear(f(scanUnrolled)(...args), slow, { ...options, what: "written out" });
    });
  });

  test("both modes give the derivatives of the loop written out, and the finite differences", () => {
    check(60, 2, ({ f, args }) => {
      args.forEach((_, argnums) => {
        const expected = jacfwd(f(scanUnrolled), { argnums })(...args);
        const options = { rtol: 1e-10, atol: 1e-11 * largest(expected) };
        assertNear(jacrev(f(scan), { argnums })(...args), expected, { ...options, what: `jacrev ${argnums}` });
        assertNear(jacfwd(f(scan), { argnums })(...args), expected, { ...options, what: `jacfwd ${argnums}` });
      });
      const J = jacrev(f(scan))(...args);
      assertNear(J, differences(f(scan), args), { rtol: 1e-5, atol: 1e-6 * largest(J), what: "differences" });
    });
  });

  test("second derivatives, and maps of values and gradients", () => {
    check(30, 3, ({ f, args }) => {
      const [looped, plain] = [scan, scanUnrolled].map(
        (which) =>
          (...given: Tensor[]): Tensor =>
            f(which)(...given)
              .mul(tensor([1, 0.5, 0.25, 2], { dtype: "float64" }))
              .sum(),
      );
      const H = hessian(plain)(...args);
      assertNear(hessian(looped)(...args), H, { rtol: 1e-9, atol: 1e-10 * largest(H), what: "hessian" });
      const inDims = args.map((_, i) => (i === 0 ? 0 : null));
      const mapped = args.map((arg, i) => (i === 0 ? stack([arg, arg.mul(0.4)]) : arg));
      const g = grad(looped);
      const expected = loop(grad(plain), mapped, inDims, 2);
      assertNear(vmap(g, { inDims })(...mapped), expected, { rtol: 1e-10, atol: 1e-9, what: "vmap of grad" });
    });
  });
});
