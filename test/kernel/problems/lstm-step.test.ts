/**
 * @file One step of a long short-term memory cell (S. Hochreiter, J. Schmidhuber, 1997, with the forget gate of F. A. Gers,
 * J. Schmidhuber, F. Cummins, 2000) against a backward pass written by hand.
 */
import { concat, jacfwd, jacrev, jvp, type Tensor, vjp, vmap } from "../../../kernel/index.ts";
import { testEach } from "../support/backends.ts";
import { assertClosedForm } from "./closed-form.ts";
import { dot, f64, type Matrix, matrix, matvec, numbers, outer, times, transposed, type Vector } from "./plain.ts";

const INPUTS = 3;
const HIDDEN = 4;

type Parameters<T, V> = { readonly W: T; readonly U: T; readonly b: V };
type State<V> = { readonly h: V; readonly c: V };

/** The gates lie below one another in the weights: input, forget, candidate, output. */
function step({ W, U, b }: Parameters<Tensor, Tensor>, { h, c }: State<Tensor>, x: Tensor): State<Tensor> {
  const [input, forget, candidate, output] = W.matmul(x).add(U.matmul(h)).add(b).split(4);
  const next = forget.sigmoid().mul(c).add(input.sigmoid().mul(candidate.tanh()));
  return { h: output.sigmoid().mul(next.tanh()), c: next };
}

const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));

/** What arrives at the parameters, the state and the input when `h` and `c` of the next state get these cotangents. */
function backward({ W, U, b }: Parameters<Matrix, Vector>, { h, c }: State<Vector>, x: Vector, above: State<Vector>) {
  const fromState = matvec(U, h);
  const z = matvec(W, x).map((each, i) => each + fromState[i] + b[i]);
  const gate = (k: number, f: (z: number) => number): number[] => z.slice(k * HIDDEN, (k + 1) * HIDDEN).map(f);
  const [i, f, g, o] = [gate(0, sigmoid), gate(1, sigmoid), gate(2, Math.tanh), gate(3, sigmoid)];
  const next = c.map((each, k) => f[k] * each + i[k] * g[k]);
  const squashed = next.map(Math.tanh);
  const dNext = next.map((_, k) => above.c[k] + above.h[k] * o[k] * (1 - squashed[k] ** 2));
  const dz = [
    ...i.map((each, k) => dNext[k] * g[k] * each * (1 - each)),
    ...f.map((each, k) => dNext[k] * c[k] * each * (1 - each)),
    ...g.map((each, k) => dNext[k] * i[k] * (1 - each ** 2)),
    ...o.map((each, k) => above.h[k] * squashed[k] * each * (1 - each)),
  ];
  return {
    value: { h: o.map((each, k) => each * squashed[k]), c: next },
    parameters: { W: outer(dz, x), U: outer(dz, h), b: dz },
    state: { h: matvec(transposed(U), dz), c: dNext.map((each, k) => each * f[k]) },
    input: matvec(transposed(W), dz),
  };
}

const parameters = {
  W: matrix(4 * HIDDEN, INPUTS, 1, -1.2, 1.2),
  U: matrix(4 * HIDDEN, HIDDEN, 2, -1.2, 1.2),
  b: numbers(4 * HIDDEN, 3),
};
const state = { h: numbers(HIDDEN, 4), c: numbers(HIDDEN, 5, -2, 2) };
const x = numbers(INPUTS, 6);
const above = { h: numbers(HIDDEN, 7), c: numbers(HIDDEN, 8) };

const toTensors = ({ W, U, b }: Parameters<Matrix, Vector>) => ({ W: f64(W), U: f64(U), b: f64(b) });
const stateTensors = ({ h, c }: State<Vector>) => ({ h: f64(h), c: f64(c) });

suite("an LSTM step", () => {
  const expected = backward(parameters, state, x, above);

  testEach("vjp is the backward pass", () => {
    const [value, pullback] = vjp(step, toTensors(parameters), stateTensors(state), f64(x));
    assertClosedForm(value.h, expected.value.h, "h");
    assertClosedForm(value.c, expected.value.c, "c");
    const [forParameters, forState, forInput] = pullback(stateTensors(above));
    assertClosedForm(forParameters.W, expected.parameters.W, "W");
    assertClosedForm(forParameters.U, expected.parameters.U, "U");
    assertClosedForm(forParameters.b, expected.parameters.b, "b");
    assertClosedForm(forState.h, expected.state.h, "h before");
    assertClosedForm(forState.c, expected.state.c, "c before");
    assertClosedForm(forInput, expected.input, "the input");
  });

  testEach("jvp is its transpose", () => {
    const moves = {
      parameters: { W: matrix(4 * HIDDEN, INPUTS, 11), U: matrix(4 * HIDDEN, HIDDEN, 12), b: numbers(4 * HIDDEN, 13) },
      state: { h: numbers(HIDDEN, 14), c: numbers(HIDDEN, 15) },
      input: numbers(INPUTS, 16),
    };
    const [, change] = jvp(
      step,
      [toTensors(parameters), stateTensors(state), f64(x)],
      [toTensors(moves.parameters), stateTensors(moves.state), f64(moves.input)],
    );
    const along = f64(above.h).dot(change.h).add(f64(above.c).dot(change.c));
    const { W, U, b } = expected.parameters;
    const wanted =
      dot(W.flat(), moves.parameters.W.flat()) +
      dot(U.flat(), moves.parameters.U.flat()) +
      dot(b, moves.parameters.b) +
      dot(expected.state.h, moves.state.h) +
      dot(expected.state.c, moves.state.c) +
      dot(expected.input, moves.input);
    assertClosedForm(along, wanted, "⟨cotangent, jvp⟩");
  });

  testEach("Jacobians have the backward passes of unit vectors as rows", () => {
    const flat = (p: Parameters<Tensor, Tensor>, s: State<Tensor>, x: Tensor): Tensor => {
      const next = step(p, s, x);
      return concat([next.h, next.c]);
    };
    const rows = times(2 * HIDDEN, (row) => {
      const unit = times(2 * HIDDEN, (k) => (k === row ? 1 : 0));
      return backward(parameters, state, x, { h: unit.slice(0, HIDDEN), c: unit.slice(HIDDEN) });
    });
    for (const jacobian of [jacrev, jacfwd]) {
      const [forParameters, forState, forInput] = jacobian(flat, { argnums: [0, 1, 2] })(
        toTensors(parameters),
        stateTensors(state),
        f64(x),
      );
      const column = <T>(part: (row: (typeof rows)[number]) => T): T[] => rows.map(part);
      const by = (name: string): string => `${jacobian.name} by ${name}`;
      assertClosedForm(
        forParameters.W,
        column((row) => row.parameters.W),
        by("W"),
      );
      assertClosedForm(
        forParameters.U,
        column((row) => row.parameters.U),
        by("U"),
      );
      assertClosedForm(
        forParameters.b,
        column((row) => row.parameters.b),
        by("b"),
      );
      assertClosedForm(
        forState.h,
        column((row) => row.state.h),
        by("h"),
      );
      assertClosedForm(
        forState.c,
        column((row) => row.state.c),
        by("c"),
      );
      assertClosedForm(
        forInput,
        column((row) => row.input),
        by("the input"),
      );
    }
  });

  testEach("vmap of a backward pass over a batch", () => {
    const BATCH = 5;
    const batch = {
      h: matrix(BATCH, HIDDEN, 21),
      c: matrix(BATCH, HIDDEN, 22, -2, 2),
      x: matrix(BATCH, INPUTS, 23),
    };
    const p = toTensors(parameters);
    const gradients = vmap((h: Tensor, c: Tensor, x: Tensor) => {
      const [, pullback] = vjp((p: Parameters<Tensor, Tensor>) => step(p, { h, c }, x), p);
      return pullback(stateTensors(above));
    })(f64(batch.h), f64(batch.c), f64(batch.x));
    const wanted = times(
      BATCH,
      (i) => backward(parameters, { h: batch.h[i], c: batch.c[i] }, batch.x[i], above).parameters,
    );
    assertClosedForm(
      gradients.W,
      wanted.map(({ W }) => W),
      "W",
    );
    assertClosedForm(
      gradients.U,
      wanted.map(({ U }) => U),
      "U",
    );
    assertClosedForm(
      gradients.b,
      wanted.map(({ b }) => b),
      "b",
    );
  });
});
