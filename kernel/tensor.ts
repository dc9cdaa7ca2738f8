/** @file The tensor a person holds: a shape, a type and a node of the graph. Its value is computed when it is asked for. */
import type { DType, TypedArray } from "./dtype.ts";
import { ShapeError, showShape, TraceError } from "./errors.ts";
import { formatTensor } from "./format.ts";
import { watchedBy } from "./graph/marks.ts";
import type { Node } from "./graph/node.ts";
import { isTransforming } from "./graph/retention.ts";
import { type Data, Remote, requireHost } from "./remote.ts";
import type { Shape } from "./shape.ts";

/** Numbers nested like the tensor's axes; a scalar is a number. */
export type Nested = number | Nested[];
/** What can stand where a tensor is expected in arithmetic. */
export type TensorLike = Tensor | number | boolean;

/** What a derivative's axes mean: batch axes from vmap, then the output's, then those of each input. */
export interface Provenance {
  readonly kind: "jacobian" | "hessian";
  /** Name of the differentiated function, or "output". */
  readonly of: string;
  readonly outputAxes: number;
  /** One for a Jacobian, two for a Hessian. */
  readonly inputs: readonly { readonly name: string; readonly axes: number }[];
  readonly batchAxes: number;
}

/** What computes values, and lets go of them. */
interface Evaluator {
  evaluate(nodes: readonly Node[], of?: Provenance): void;
  dispose(node: Node): void;
  /** Frees an array that was a node's value. */
  release(data: Data): void;
}
let evaluator: Evaluator | undefined;

/** Installs what computes values; `index.ts` does. */
export function registerEvaluator(given: Evaluator): void {
  evaluator = given;
}

function installed(): Evaluator {
  if (evaluator === undefined) throw new Error("no evaluator is installed: import the kernel from its index");
  return evaluator;
}

/** Memory that is used anew when a tensor is gone, even if somebody still has a view of it. */
const isBorrowed = ({ buffer }: TypedArray): boolean =>
  typeof SharedArrayBuffer === "function" && buffer instanceof SharedArrayBuffer;

/** Chains longer than this are evaluated by themselves, so that a loop that reads nothing has flat memory. */
const LONGEST_CHAIN = 400;

/**
 * Numbers in a grid of any number of axes, all of one type. Its value is computed when it is read; until then it stands for
 * what would compute it. It does not change.
 */
export class Tensor {
  readonly node: Node;
  /** Set on derivatives: how to name their axes when shown. */
  provenance?: Provenance;

  /** For the kernel's own use; people make tensors with `tensor`, `zeros`, `randn` and so on. */
  constructor(node: Node) {
    this.node = node;
    node.held = true;
    if (node.depth > LONGEST_CHAIN && node.trace === null && !isTransforming()) installed().evaluate([node]);
  }

  get shape(): Shape {
    return this.node.shape;
  }

  get dtype(): DType {
    return this.node.dtype;
  }

  /** Number of axes. */
  get ndim(): number {
    return this.node.shape.length;
  }

  /** Number of entries. */
  get size(): number {
    return this.node.size;
  }

  /**
   * Computes the value now, where it would otherwise be computed when it is first read. Returns the tensor.
   * @example const y = f(x).evaluate()
   */
  evaluate(): this {
    this.#value("evaluate()");
    return this;
  }

  /** The entries wherever they are, on a device maybe. */
  #value(asked: string): Data {
    const { node } = this;
    if (node.value === null) {
      requireConcrete(node, asked);
      installed().evaluate([node], this.provenance);
    }
    return node.value!;
  }

  /** The entries where they are in this machine's memory. Only for reading at once: no view of them may be kept. */
  #entries(asked: string): TypedArray {
    return requireHost(this.#value(asked), asked);
  }

  /** The entries in row-major order. This is the tensor's own storage: read it, do not write to it. */
  dataSync(): TypedArray {
    const data = this.#entries("dataSync()");
    if (this.node.value instanceof Remote || !isBorrowed(data)) return data;
    // From here on the collector must see who has the numbers, so they move to an array of their own.
    const own = data.slice();
    this.node.value = own;
    installed().release(data);
    return own;
  }

  /**
   * Frees the tensor's memory now rather than when the collector finds it unused, unless something still has to be
   * computed from it. Never necessary; it helps in loops over large tensors. Nobody may use the tensor afterwards, and an
   * error says so if somebody does.
   * @example const y = f(x);  const norm = y.norm().item();  y.dispose()
   */
  dispose(): void {
    installed().dispose(this.node);
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  /**
   * The entries in row-major order. Works on every backend: where they are on a device, they are fetched from there, and
   * known here from then on.
   * @example const numbers = await f(x).data()
   */
  async data(): Promise<TypedArray> {
    const value = this.#value("data()");
    return value instanceof Remote ? value.read() : this.dataSync();
  }

  /** The entries as numbers nested like the axes. */
  toArray(): Nested {
    const data = this.#entries("toArray()");
    let at = 0;
    const build = (axis: number): Nested => {
      if (axis === this.ndim) return data[at++];
      return Array.from({ length: this.shape[axis] }, () => build(axis + 1));
    };
    return build(0);
  }

  /** The number in a tensor of one entry. */
  item(): number {
    requireConcrete(this.node, "item()");
    if (this.size !== 1) {
      throw new ShapeError(
        `item(): expected a tensor of one entry, got shape ${showShape(this.shape)} with ${this.size}. ` +
          "Reduce it first, or read it with toArray().",
      );
    }
    return this.#entries("item()")[0];
  }

  toString(): string {
    const { trace } = this.node;
    if (trace !== null) return `Tensor(${showShape(this.shape)}, ${this.dtype}, inside ${trace.transform})`;
    return formatTensor(this.#entries("toString()"), this.shape, this.dtype);
  }

  /** Node's `console.log` shows what `toString` says. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    const { trace } = this.node;
    if (trace === null) {
      const value = this.#value("toString()");
      if (value instanceof Remote && value.host === null) {
        return `Tensor(${showShape(this.shape)}, ${this.dtype}, on ${value.place}: await x.data() reads it)`;
      }
    }
    return this.toString();
  }

  /** The entries, nested: `JSON.stringify` writes those. */
  toJSON(): Nested {
    return this.toArray();
  }

  /** The parts along axis 0, so that `const [a, b] = x` and `for (const row of x)` work, also under transforms. */
  *[Symbol.iterator](): Generator<Tensor, undefined, undefined> {
    if (this.ndim === 0) {
      throw new ShapeError("a scalar has no axis to go along: it cannot be taken apart. Read it with item().");
    }
    for (let i = 0; i < this.shape[0]; i++) yield part(this, i);
  }

  /**
   * What operators and comparisons of JavaScript see. They give plain numbers, so this is refused where a derivative would
   * be lost in silence.
   */
  valueOf(): number {
    const transform = watchedBy(this.node);
    if (transform !== null) {
      throw new TraceError(
        `an operator on a tensor of shape ${showShape(this.shape)} inside ${transform}: +, *, < and the like make a plain number ` +
          "of it, and its derivative would be lost. Use methods, x.mul(2) for x * 2; where only the value counts, as in an " +
          "if, read it with x.item().",
      );
    }
    const { trace } = this.node;
    if (trace?.open) {
      throw new TraceError(
        `an operator on a tensor of shape ${showShape(this.shape)} inside ${trace.transform}: +, *, < and the like need a plain ` +
          "number, and there it has none. Use methods, x.mul(2) for x * 2, and where(condition, a, b) or " +
          "cond(condition, f, g) for what an if would decide.",
      );
    }
    requireConcrete(this.node, "an operator");
    if (this.size !== 1) {
      throw new ShapeError(
        `an operator on a tensor of shape ${showShape(this.shape)}: +, *, < and the like work on single numbers. Use methods, ` +
          "x.mul(2) for x * 2.",
      );
    }
    return this.item();
  }
}

type Part = (x: Tensor, index: number) => Tensor;
let part: Part = () => {
  throw new Error("no indexing is installed: import the kernel from its index");
};

/** Installs what takes tensors apart; `methods.ts` does. */
export function registerPart(at: Part): void {
  part = at;
}

/** Throws where a tensor has no numbers: inside a transform. @param asked what wants them, for the message */
export function requireConcrete(node: Node, asked: string): void {
  const { trace } = node;
  if (trace === null) return;
  if (trace.open) {
    throw new TraceError(
      `${asked}: inside ${trace.transform} a tensor of shape ${showShape(node.shape)} stands for many values and has none ` +
        "of its own, so it cannot be read or decide an if. Use where(condition, a, b) or cond(condition, f, g) instead.",
    );
  }
  throw new TraceError(
    `${asked}: this tensor of shape ${showShape(node.shape)} belongs to a call of ${trace.transform} that has ended. ` +
      "Return it from the function instead of storing it outside.",
  );
}
