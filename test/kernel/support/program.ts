/**
 * @file Random programs over tensors, made from a tape of numbers: each number decides something, so a shorter tape or
 * smaller numbers give a simpler program, and a failing one shrinks to something a person can read.
 */
import {
  arange,
  concat,
  einsum,
  eye,
  full,
  maximum,
  minimum,
  ones,
  type Shape,
  stack,
  type Tensor,
  tensor,
  where,
  zeros,
} from "../../../kernel/index.ts";
import { data } from "./data.ts";
import { entries } from "./grid.ts";

/** One operation: how it reads, and what it does to the values so far. */
interface Step {
  readonly text: string;
  readonly run: (values: readonly Tensor[]) => Tensor;
}

/** From all values so far to the last one. */
export type Rest = (...values: Tensor[]) => Tensor;

export interface Program {
  readonly inputs: readonly Tensor[];
  readonly f: (...inputs: Tensor[]) => Tensor;
  /** The inputs, constants and every step's value; `f` gives the last. */
  readonly values: (...inputs: Tensor[]) => Tensor[];
  /**
   * The same function, but what remains to be done after the inputs, and after each step, is a function of all values so
   * far, which goes through `wrap`.
   */
  readonly through: (wrap: (rest: Rest, step: number) => Rest) => Rest;
  readonly steps: number;
  /** One line per input and step. */
  readonly text: string;
  /** The next decision of the tape, for what is done with the program. */
  readonly choose: (count: number) => number;
}

const LARGEST = 30;

/** Keeps finite differences meaningful: bounded functions, smooth but for kinks that no sample hits. */
const unary: readonly (readonly [string, (x: Tensor) => Tensor])[] = [
  ["sin", (x) => x.sin()],
  ["tanh", (x) => x.tanh()],
  ["sigmoid", (x) => x.sigmoid()],
  ["neg", (x) => x.neg()],
  ["square", (x) => x.square()],
  ["expTanh", (x) => x.tanh().exp()],
  ["recip", (x) => x.square().add(1).reciprocal()],
  ["sqrt1", (x) => x.square().add(0.5).sqrt()],
  ["abs", (x) => x.abs()],
  ["relu", (x) => x.relu()],
  ["softplus", (x) => x.softplus()],
  ["gelu", (x) => x.gelu()],
  ["scale", (x) => x.mul(0.75).sub(0.3)],
  ["clip", (x) => x.clip(-0.9, 0.8)],
];

const binary: readonly (readonly [string, (x: Tensor, y: Tensor) => Tensor])[] = [
  ["add", (x, y) => x.add(y)],
  ["sub", (x, y) => x.sub(y)],
  ["mul", (x, y) => x.mul(y)],
  ["div1", (x, y) => x.div(y.square().add(0.7))],
  ["maximum", maximum],
  ["minimum", minimum],
  ["whereGt", (x, y) => where(x.gt(0.1), x, y)],
  ["atan2", (x, y) => x.atan2(y.square().add(0.4))],
  ["pow", (x, y) => x.square().add(0.5).pow(y.tanh())],
];

const reduce: readonly (readonly [string, (x: Tensor, axis: number, keepDims: boolean) => Tensor])[] = [
  ["sum", (x, axis, keepDims) => x.sum(axis, { keepDims })],
  ["mean", (x, axis, keepDims) => x.mean(axis, { keepDims })],
  ["max", (x, axis, keepDims) => x.max(axis, { keepDims })],
  ["min", (x, axis, keepDims) => x.min(axis, { keepDims })],
  ["prod", (x, axis, keepDims) => x.prod(axis, { keepDims })],
  ["logsumexp", (x, axis, keepDims) => x.logsumexp(axis, { keepDims })],
  ["normOf", (x, axis, keepDims) => x.square().add(0.1).norm(axis, { keepDims })],
];

const float64 = { dtype: "float64" } as const;
const literals: readonly (readonly [string, () => Tensor])[] = [
  ["eye(2)", () => eye(2, float64)],
  ["eye(3)", () => eye(3, float64)],
  ["eye(3).mul(2)", () => eye(3, float64).mul(2)],
  ["eye(4).reshape([2, 2, 4])", () => eye(4, float64).reshape([2, 2, 4])],
  ["diag([1, 2, 3]).neg()", () => tensor([1, 2, 3], float64).diag().neg()],
  ["eye(2) outer ones(2)", () => eye(2, float64).outer(ones([2], float64))],
  ["zeros([3])", () => zeros([3], float64)],
  ["ones([2, 3])", () => ones([2, 3], float64)],
  ["full([2, 1], -0.5)", () => full([2, 1], -0.5, float64)],
  ["arange(3)", () => arange(3).to("float64")],
  ["tril(ones([3, 3]))", () => ones([3, 3], float64).tril()],
];

const broadcasts = (a: Shape, b: Shape): boolean => {
  for (let i = 1; i <= Math.min(a.length, b.length); i++) {
    const [m, n] = [a[a.length - i], b[b.length - i]];
    if (m !== n && m !== 1 && n !== 1) return false;
  }
  return true;
};

export function programFrom(tape: readonly number[]): Program {
  let next = 0;
  const choose = (count: number): number => (tape[next++] ?? 0) % count;
  const pick = <T>(list: readonly T[]): T => list[choose(list.length)];

  const inputs: Tensor[] = [];
  const lines: string[] = [];
  const count = 1 + choose(2);
  for (let i = 0; i < count; i++) {
    const shape = Array.from({ length: choose(4) }, () => 1 + choose(3));
    inputs.push(data(shape, { seed: 11 + i + choose(50) }));
    lines.push(`v${i} = input [${shape}]`);
  }
  // Values that are part of the program: their structure is known and simplified by.
  const constants: Tensor[] = [];
  for (let i = choose(3); i > 0; i--) {
    const [name, constant] = pick(literals);
    lines.push(`v${inputs.length + constants.length} = ${name}`);
    constants.push(constant());
  }
  const run = (given: readonly Tensor[]): Tensor[] => {
    const values = [...given, ...constants];
    for (const step of steps) values.push(step.run(values));
    return values;
  };
  const shapes: Shape[] = [...inputs, ...constants].map(({ shape }) => shape);
  const steps: Step[] = [];

  /** A step on value `a`, or null where it does not apply. */
  const draw = (): Step | null => {
    const a = shapes.length - 1 - choose(Math.min(3, shapes.length));
    const shape = shapes[a];
    const rank = shape.length;
    const axis = rank === 0 ? 0 : choose(rank);
    const on = (text: string, run: (x: Tensor) => Tensor): Step => ({
      text: `${text}(v${a})`,
      run: (values) => run(values[a]),
    });
    switch (choose(rank === 0 ? 3 : 24)) {
      case 0:
      case 17:
      case 18: {
        const [name, f] = pick(unary);
        return on(name, f);
      }
      case 1:
      case 19:
      case 20: {
        const [name, f] = pick(binary);
        const b = choose(shapes.length);
        if (!broadcasts(shape, shapes[b])) return null;
        return { text: `${name}(v${a}, v${b})`, run: (values) => f(values[a], values[b]) };
      }
      case 2: {
        const to = [1 + choose(2), ...shape];
        return on(`broadcastTo[${to}]`, (x) => x.broadcastTo(to));
      }
      case 3:
      case 21: {
        const [name, f] = pick(reduce);
        const keepDims = choose(2) === 1;
        return on(`${name} axis ${axis}${keepDims ? " keepDims" : ""}`, (x) => f(x, axis, keepDims));
      }
      case 4: {
        const to = choose(2) === 0 ? [-1] : [...shape.slice(0, -1), 1, shape[rank - 1]];
        return on(`reshape[${to}]`, (x) => x.reshape(to));
      }
      case 5: {
        const axes = Array.from({ length: rank }, (_, d) => d);
        for (let d = rank - 1; d > 0; d--) {
          const other = choose(d + 1);
          [axes[d], axes[other]] = [axes[other], axes[d]];
        }
        return on(`permute[${axes}]`, (x) => x.permute(axes));
      }
      case 6: {
        const start = choose(shape[axis]);
        const step = 1 + choose(2);
        return on(`slice axis ${axis} from ${start} step ${step}`, (x) => x.slice(axis, start, undefined, step));
      }
      case 7:
        return on(`flip ${axis}`, (x) => x.flip(axis));
      case 8: {
        const b = choose(shapes.length);
        const fits = shapes[b].length === rank && shapes[b].every((extent, d) => d === axis || extent === shape[d]);
        if (!fits) return on(`concat with itself ${axis}`, (x) => concat([x, x.neg()], axis));
        return { text: `concat(v${a}, v${b}) ${axis}`, run: (values) => concat([values[a], values[b]], axis) };
      }
      case 9:
      case 22:
      case 23: {
        const b = choose(shapes.length);
        const inner = shapes[b].length === 0 ? 0 : shapes[b][Math.max(0, shapes[b].length - 2)];
        if (inner !== shape[rank - 1]) return null;
        if (rank > 2 && shapes[b].length > 2 && !broadcasts(shape.slice(0, -2), shapes[b].slice(0, -2))) return null;
        return { text: `matmul(v${a}, v${b})`, run: (values) => values[a].matmul(values[b]) };
      }
      case 10: {
        const at = Array.from({ length: 1 + choose(3) }, () => choose(2 * shape[axis]) - shape[axis]);
        return on(`take[${at}] axis ${axis}`, (x) => x.take(at, axis));
      }
      case 11:
        return on(`cumsum ${axis}`, (x) => x.cumsum(axis));
      case 12: {
        const widths = shape.map((_, d) => [d === axis ? 1 : 0, choose(2)] as const);
        return on(`pad ${JSON.stringify(widths)}`, (x) => x.pad(widths, 0.5));
      }
      case 13:
        return on(`softmax ${axis}`, (x) => x.softmax(axis));
      case 14: {
        if (rank === 1) return on("diag", (x) => x.diag());
        return choose(2) === 0 ? on("diagonal", (x) => x.diagonal()) : on("tril", (x) => x.tril());
      }
      case 15: {
        const letters = "abcdef".slice(0, rank);
        const formula = `${letters},${letters}->${letters.slice(1)}`;
        return on(`einsum ${formula}`, (x) => einsum(formula, x, x.tanh()));
      }
      default:
        return choose(2) === 0
          ? on(`stack ${axis}`, (x) => stack([x, x.square()], axis))
          : on(`roll ${axis}`, (x) => x.roll(1, axis));
    }
  };

  const wanted = 2 + choose(8);
  for (let tries = 0; steps.length < wanted && tries < 30; tries++) {
    const step = draw();
    if (step === null) continue;
    const values = run(inputs);
    const { shape } = step.run(values);
    if (entries(shape) > LARGEST || entries(shape) === 0 || shape.length > 4) continue;
    lines.push(`v${shapes.length} = ${step.text}  [${shape}]`);
    steps.push(step);
    shapes.push(shape);
  }
  return {
    inputs,
    f: (...given) => run(given).at(-1)!,
    values: (...given) => run(given),
    through(wrap) {
      const from = (at: number): Rest => {
        const step = steps[at];
        if (step === undefined) return (...values) => values.at(-1)!;
        return wrap((...values) => from(at + 1)(...values, step.run(values)), at);
      };
      return (...given) => from(0)(...given, ...constants);
    },
    steps: steps.length,
    text: lines.join("\n"),
    choose,
  };
}
