/** @file Loops written out: what scan, map, forLoop, whileLoop and cond mean, one iteration after the other. */
import { stack, type Tensor, tensor } from "../../../kernel/index.ts";
import { flatten, unflatten } from "../../../kernel/pytree.ts";

type Step = (carry: never, slice: never) => readonly [unknown, unknown];

interface Options {
  readonly length?: number;
  readonly reverse?: boolean;
}

/** What scan means. At least one iteration: without one the types of the outputs are not known. */
function unrolledScan(f: Step, init: unknown, sequences: unknown, { length, reverse = false }: Options = {}): unknown {
  const { leaves, def } = flatten(sequences);
  const count = length ?? (leaves as Tensor[])[0].shape[0];
  const first = flatten(init);
  let carry: unknown = unflatten(
    first.def,
    first.leaves.map((leaf) => (typeof leaf === "number" ? tensor(leaf) : leaf)),
  );
  const outputs: unknown[] = [];
  for (let i = 0; i < count; i++) {
    const t = reverse ? count - 1 - i : i;
    const slice = unflatten(
      def,
      leaves.map((leaf) => (leaf as Tensor).at(t)),
    );
    const [next, output] = f(carry as never, slice as never);
    carry = next;
    outputs[t] = output;
  }
  const trees = outputs.map(flatten);
  const stacked = trees[0].leaves.map((_, i) => stack(trees.map((tree) => tree.leaves[i] as Tensor)));
  return [carry, unflatten(trees[0].def, stacked)];
}

/** Written out, with the signature of scan, so that a test can take either. */
export const scanUnrolled = unrolledScan as unknown as typeof import("../../../kernel/index.ts").scan;
