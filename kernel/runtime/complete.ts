/** @file Calling a function and doing all the work that its result owes: tensors are lazy. */
import { type Node, newestNode } from "../graph/node.ts";
import { flatten } from "../pytree.ts";
import { Remote } from "../remote.ts";
import { Tensor } from "../tensor.ts";
import { dispose, evaluate } from "./evaluate.ts";

/** A call whose result has been computed: tensors are lazy, and a tensor that nobody computed was not timed. */
export class Completed {
  readonly result: unknown;
  readonly #nodes: readonly Node[];
  /** Nodes up to this one were there before the call. */
  readonly #before: number;

  /** @param before the newest node there was before the call, if it began earlier */
  constructor(call: () => unknown, before = newestNode()) {
    this.#before = before;
    this.result = call();
    this.#nodes = flatten(this.result).leaves.flatMap((leaf) => (leaf instanceof Tensor ? [leaf.node] : []));
    evaluate(this.#nodes);
  }

  /** Settles when results that are on a device are computed there. Rejects with what went wrong. */
  async finished(): Promise<void> {
    await Promise.all(this.#nodes.map(({ value }) => (value instanceof Remote ? value.finished() : null)));
  }

  /** Of the tensors that the call made and gave, values that several of them share counted once. */
  get bytes(): number {
    const values = this.#nodes.flatMap(({ id, value }) => (id > this.#before && value !== null ? [value] : []));
    return [...new Set(values)].reduce((sum, value) => sum + value.byteLength, 0);
  }

  /** Frees the tensors that the call made, but those that a later call gave again. */
  release(later: Completed): void {
    for (const node of this.#nodes) if (node.id > this.#before && !later.#nodes.includes(node)) dispose(node);
  }
}
