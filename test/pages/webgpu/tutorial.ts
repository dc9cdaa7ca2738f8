/** @file The steps of the tutorial "Jacobians, Hessians and more", of which WebAssembly has PyTorch's numbers. */
import {
  backendName,
  eye,
  grad,
  hessian,
  hvp,
  jacfwd,
  jacrev,
  linear,
  manualSeed,
  randn,
  stack,
  type Tensor,
  useBackend,
  vjp,
  vmap,
} from "../../../kernel/index.ts";

const predict = (weight: Tensor, bias: Tensor, x: Tensor): Tensor => linear(x, weight, bias).tanh();
const x2 = { argnums: 2 } as const;

/** Drawn in the tutorial's order from one seed, and known here. */
function draws() {
  const before = backendName();
  useBackend("wasm");
  manualSeed(0);
  const layer = (outputs: number, inputs: number, x: readonly number[]) =>
    [randn([outputs, inputs]).evaluate(), randn([outputs]).evaluate(), randn(x).evaluate()] as const;
  const all = {
    square: layer(16, 16, [16]),
    tall: layer(2048, 32, [32]),
    wide: layer(32, 2048, [2048]),
    curved: layer(32, 512, [512]),
    batch: layer(33, 31, [64, 31]),
    vectors: [randn([2048]).evaluate(), randn([2048]).evaluate()] as const,
  };
  useBackend(before);
  return all;
}

export const steps: Readonly<Record<string, () => Tensor>> = {
  "2: row by row": () => {
    const [weight, bias, x] = draws().square;
    const [, pullback] = vjp((x: Tensor) => predict(weight, bias, x), x);
    return stack(Array.from({ length: 16 }, (_, i) => pullback(eye(16).at(i))));
  },
  "3: vmap of the pullback": () => {
    const [weight, bias, x] = draws().square;
    const [, pullback] = vjp((x: Tensor) => predict(weight, bias, x), x);
    return vmap(pullback)(eye(16));
  },
  "4: jacrev": () => jacrev(predict, x2)(...draws().square),
  "4: jacfwd": () => jacfwd(predict, x2)(...draws().square),
  "6: the parameters": () => jacrev(predict, { argnums: [0, 1] })(...draws().square)[0],
  "7: tall": () => jacfwd(predict, x2)(...draws().tall),
  "8: wide": () => jacrev(predict, x2)(...draws().wide),
  "9: the Hessian": () => hessian(predict, x2)(...draws().curved),
  "11: Jacobians of a batch": () => vmap(jacrev(predict, x2), { inDims: [null, null, 0] })(...draws().batch),
  "12: Hessians of a batch": () => vmap(hessian(predict, x2), { inDims: [null, null, 0] })(...draws().batch),
  "13: a Hessian times a vector": () => {
    const [x, v] = draws().vectors;
    return hvp((x: Tensor) => x.sin().sum(), [x], [v]);
  },
  "13: the gradient of a gradient": () => {
    const [x, v] = draws().vectors;
    return grad((x: Tensor) =>
      grad((y: Tensor) => y.sin().sum())(x)
        .mul(v)
        .sum(),
    )(x);
  },
};
