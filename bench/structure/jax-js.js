/**
 * @file jax-js's side of `npm run bench -- structure`, on its WebAssembly backend, under its jit or without, whichever is
 * faster. Its own jacrev and jacfwd are right for square Jacobians only (0.1.25), so they are composed here from vmap, vjp
 * and jvp, in the mode with fewer unit vectors. A jax-js function owns its arguments: `ref` is one more use of them.
 */
import { blockUntilReady, defaultDevice, grad, init, jit, jvp, nn, numpy as np, vjp, vmap } from "@jax-js/jax";
import { serve } from "../answer.js";
import { summary } from "../summary.js";

await init("wasm");
defaultDevice("wasm");

/** Of x and a list of parameters that are borrowed. */
const functions = {
  affine: (x, [weight, bias]) => np.tanh(np.dot(weight.ref, x).add(bias.ref)),
  batch: (x, [weight]) => np.tanh(np.matmul(x, weight.ref)),
  stencil: (x) => np.square(x.ref.slice([1]).sub(x.slice([0, -1]))),
  softmax: (x) => nn.softmax(x),
  gated: (x) => np.tanh(x.ref).mul(x),
  layers: (x, weights) => weights.reduce((value, weight) => np.tanh(np.dot(weight.ref, value)), x),
  logistic: (weight, [x, y]) => {
    const logits = np.dot(x.ref, weight);
    return np.log1p(np.exp(logits.ref)).sub(logits.mul(y.ref)).sum();
  },
  rows: (x) => np.log(np.exp(x).sum(1)).sum(),
  chain: (x) => np.square(x.ref.slice([1]).sub(np.square(x.slice([0, -1])))).sum(),
};

/** An identity matrix of unit vectors of a shape. */
const units = (shape) => {
  const size = shape.reduce((product, extent) => product * extent, 1);
  return np.eye(size).reshape([size, ...shape]);
};

const reverse = (f) => (x) => {
  const inputShape = x.shape;
  const [out, pullback] = vjp(f, [x]);
  const { shape } = out;
  out.dispose();
  const rows = vmap((unit) => pullback(unit)[0])(units(shape));
  pullback.dispose?.();
  return rows.reshape([...shape, ...inputShape]);
};

const forward = (f) => (x) => {
  const { shape } = x;
  const columns = np.moveaxis(vmap((unit) => jvp(f, [x.ref], [unit])[1])(units(shape)), 0, -1);
  x.dispose();
  return columns.reshape([...columns.shape.slice(0, -1), ...shape]);
};

/** Functions whose result has no axes: their first derivative is a gradient. */
const SCALARS = new Set(["logistic", "rows", "chain"]);

function derivativeOf({ name, derivative, fewerInputs }) {
  if (derivative === "jacobian") return fewerInputs ? forward : reverse;
  return (f) => forward(SCALARS.has(name) ? grad(f) : reverse(f));
}

const once = async (call) => {
  const start = performance.now();
  const result = await blockUntilReady(call());
  return { result, time: performance.now() - start };
};

/** Milliseconds of one call: the fastest of a few. */
async function timeOf(call) {
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0, spent = 0; i < 3 || (spent < 50 && i < 100); i++) {
    const { result, time } = await once(call);
    result.dispose();
    best = Math.min(best, time);
    spent += time;
    if (spent > 2000) break;
  }
  return best;
}

let call = () => np.zeros([]);

await serve("jax-js", {
  async prepare(task) {
    const [x, ...parameters] = task.inputs.map(({ shape, data }) => np.array(Float32Array.from(data)).reshape(shape));
    const f = functions[task.name];
    const derive = (value, given) => {
      const result = derivativeOf(task)((u) => f(u, given))(value);
      for (const each of given) each.dispose();
      return result;
    };
    const eagerly = () =>
      derive(
        x.ref,
        parameters.map((each) => each.ref),
      );
    const compiled = jit((value, ...given) => derive(value, given));
    const jitted = () => compiled(x.ref, ...parameters.map((each) => each.ref));
    const { result, time: first } = await once(eagerly);
    const leaves = [summary(result.shape, result.dataSync())];
    const modes = [["eager", eagerly, await timeOf(eagerly)]];
    if (modes[0][2] < 5000) {
      try {
        const warm = await once(jitted);
        warm.result.dispose();
        if (warm.time < 10_000) modes.push(["jit", jitted, await timeOf(jitted)]);
      } catch {
        // What its jit cannot compile runs without it.
      }
    }
    const [mode, chosen] = modes.reduce((best, each) => (each[2] < best[2] ? each : best));
    call = chosen;
    return { first, leaves, mode };
  },
  async run(calls) {
    let time = 0;
    for (let i = 0; i < calls; i++) {
      const done = await once(call);
      done.result.dispose();
      time += done.time;
    }
    return { time };
  },
});
