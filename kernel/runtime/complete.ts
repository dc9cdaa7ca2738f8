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

  constructor(call: () => unknown) {
    this.#before = newestNode();
    this.result = call();
    this.#nodes = flatten(this.result).leaves.flatMap((leaf) => (leaf instanceof Tensor ? [leaf.node] : []));
    evaluate(this.#nodes);
  }

  /** Where results are that are still being computed when the call is over. */
  get elsewhere(): string | undefined {
    return this.#nodes.flatMap(({ value }) => (value instanceof Remote ? [value.place] : []))[0];
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
