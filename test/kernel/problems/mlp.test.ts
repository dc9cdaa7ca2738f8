/**
 * @file A perceptron with one hidden layer and a softmax, against backpropagation written by hand (D. E. Rumelhart,
 * G. E. Hinton, R. J. Williams, 1986): one example, each example of a batch, and the whole batch.
 */
import { crossEntropy, grad, jacfwd, jacrev, type Tensor, tensor, valueAndGrad, vmap } from "../../../kernel/index.ts";
import { testEach } from "../support/backends.ts";
import { assertClosedForm, type Nested } from "./closed-form.ts";
import { f64, matrix, matvec, numbers, outer, times, total, transposed, type Vector } from "./plain.ts";

const [INPUTS, HIDDEN, CLASSES, EXAMPLES] = [4, 6, 3, 5];

const weights = {
  w1: matrix(HIDDEN, INPUTS, 1),
  b1: numbers(HIDDEN, 2),
  w2: matrix(CLASSES, HIDDEN, 3),
  b2: numbers(CLASSES, 4),
};
const xs = matrix(EXAMPLES, INPUTS, 5, -2, 2);
const labels = [2, 0, 1, 2, 2];
const names = ["w1", "b1", "w2", "b2"] as const;
type Weights<T> = { readonly [Name in (typeof names)[number]]: T };

function backprop(x: Vector, label: number) {
  const hidden = matvec(weights.w1, x).map((z, i) => Math.tanh(z + weights.b1[i]));
  const logits = matvec(weights.w2, hidden).map((z, i) => z + weights.b2[i]);
  const powers = logits.map(Math.exp);
  const chances = powers.map((each) => each / total(powers));
  const atLogits = chances.map((each, i) => each - (i === label ? 1 : 0));
  const atHidden = matvec(transposed(weights.w2), atLogits).map((each, i) => each * (1 - hidden[i] ** 2));
  const gradient = { w1: outer(atHidden, x), b1: atHidden, w2: outer(atLogits, hidden), b2: atLogits };
  return { loss: -Math.log(chances[label]), gradient };
}

const each = xs.map((x, i) => backprop(x, labels[i]));

/** Entry by entry, the mean over the examples. */
function mean(values: readonly Nested[]): Nested {
  const [first] = values;
  if (typeof first === "number") return total(values as number[]) / values.length;
  return first.map((_, i) => mean(values.map((value) => (value as readonly Nested[])[i])));
}

const forward = ({ w1, b1, w2, b2 }: Weights<Tensor>, x: Tensor): Tensor =>
  x.matmul(w1.transpose()).add(b1).tanh().matmul(w2.transpose()).add(b2);

const lossOf = (p: Weights<Tensor>, x: Tensor, label: Tensor): Tensor =>
  forward(p, x).logSoftmax().takeAlongAxis(label.expandDims(0), 0).neg().sum();
const meanLoss = (p: Weights<Tensor>, x: Tensor, labels: Tensor): Tensor => crossEntropy(forward(p, x), labels);

const tensors = (): Weights<Tensor> => ({
  w1: f64(weights.w1),
  b1: f64(weights.b1),
  w2: f64(weights.w2),
  b2: f64(weights.b2),
});

suite("a perceptron with a hidden layer", () => {
  testEach("one example", () => {
    const { loss, gradient } = each[1];
    const args = [tensors(), f64(xs[1]), tensor(labels[1], { dtype: "int32" })] as const;
    const [value, found] = valueAndGrad(lossOf)(...args);
    assertClosedForm(value, loss, "loss");
    const forwards = jacfwd(lossOf)(...args);
    for (const name of names) {
      assertClosedForm(found[name], gradient[name], `grad by ${name}`);
      assertClosedForm(forwards[name], gradient[name], `jacfwd by ${name}`);
    }
  });

  testEach("the gradient of each example", () => {
    const args = [tensors(), f64(xs), tensor(labels, { dtype: "int32" })] as const;
    const perExample = { inDims: [null, 0, 0] };
    const mapped = vmap(grad(lossOf), perExample)(...args);
    const looped = vmap(grad(lossOf), { ...perExample, chunkSize: 2 })(...args);
    const losses = (p: Weights<Tensor>): Tensor => vmap(lossOf, perExample)(p, args[1], args[2]);
    const [rows, columns] = [jacrev(losses)(args[0]), jacfwd(losses)(args[0])];
    for (const name of names) {
      const expected = each.map(({ gradient }) => gradient[name]);
      assertClosedForm(mapped[name], expected, `vmap of grad by ${name}`);
      assertClosedForm(looped[name], expected, `vmap of grad in chunks by ${name}`);
      assertClosedForm(rows[name], expected, `jacrev of vmap by ${name}`);
      assertClosedForm(columns[name], expected, `jacfwd of vmap by ${name}`);
    }
  });

  testEach("the batch", () => {
    const args = [tensors(), f64(xs), tensor(labels, { dtype: "int32" })] as const;
    const [value, found] = valueAndGrad(meanLoss)(...args);
    assertClosedForm(value, mean(each.map(({ loss }) => loss)), "loss");
    const mapped = vmap(grad(lossOf), { inDims: [null, 0, 0] })(...args);
    for (const name of names) {
      const expected = mean(each.map(({ gradient }) => gradient[name]));
      assertClosedForm(found[name], expected, `grad by ${name}`);
      assertClosedForm(mapped[name].mean(0), expected, `the mean of vmap of grad by ${name}`);
    }
  });

  testEach("the Hessian by the last layer is (diag p − p pᵀ) ⊗ h hᵀ", () => {
    const [x] = xs;
    const hidden = matvec(weights.w1, x).map((z, i) => Math.tanh(z + weights.b1[i]));
    const powers = matvec(weights.w2, hidden).map((z, i) => Math.exp(z + weights.b2[i]));
    const p = powers.map((each) => each / total(powers));
    const middle = (a: number, c: number): number => p[a] * ((a === c ? 1 : 0) - p[c]);
    const expected = times(CLASSES, (a) =>
      times(HIDDEN, (b) => times(CLASSES, (c) => times(HIDDEN, (d) => middle(a, c) * hidden[b] * hidden[d]))),
    );
    const byLast = (w2: Tensor): Tensor => lossOf({ ...tensors(), w2 }, f64(x), tensor(labels[0], { dtype: "int32" }));
    const w2 = f64(weights.w2);
    assertClosedForm(jacfwd(grad(byLast))(w2), expected, "jacfwd of grad");
    assertClosedForm(jacrev(grad(byLast))(w2), expected, "jacrev of grad");
  });
});
