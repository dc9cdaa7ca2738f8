/** @file Numbers that are elsewhere: bringing those of many tensors here at once, and asking whether they are here. */
import { ArgumentError } from "../errors.ts";
import { flatten } from "../pytree.ts";
import { Remote, requireHost } from "../remote.ts";
import { requireConcrete, Tensor } from "../tensor.ts";
import { computedHere, evaluate, isWithinReach } from "./evaluate.ts";

const tensorsIn = (tree: unknown): Tensor[] => flatten(tree).leaves.filter((leaf) => leaf instanceof Tensor);

/**
 * Brings the numbers of all tensors in `tree` here and gives `tree` again, so that whatever reads at once works afterwards
 * (`item`, `toArray`, `allclose`, `nonzero`, `checkGrads`, text). What is not known yet is computed first, all of it by one
 * program; tensors that are on a device stay there too. Whatever is no tensor is let be.
 * @param tree tensors of any shapes and types, nested in arrays and plain objects
 * @throws TraceError inside `vmap` and `jit`, where tensors have no numbers
 * @example const { loss, slope } = await deviceGet({ loss: f(x), slope: grad(f)(x) });  loss.item()
 */
export async function deviceGet<Tree>(tree: Tree): Promise<Tree> {
  const tensors = tensorsIn(tree);
  for (const { node } of tensors) requireConcrete(node, "deviceGet");
  evaluate(tensors.map(({ node }) => node));
  // Asked for together, so that there is one time of waiting for all.
  await Promise.all(tensors.map(({ node: { value } }) => (value instanceof Remote ? value.read() : null)));
  return tree;
}

/**
 * Whether the numbers of a tensor are here, or would be computed here, so that they can be read at once; else
 * `await deviceGet(x)` brings them. Computes nothing. False inside `vmap` and `jit`, where there are none.
 * @example isHere(x) ? x.item() : (await deviceGet(x)).item()
 */
export function isHere(x: Tensor): boolean {
  if (!(x instanceof Tensor)) throw new ArgumentError(`isHere: expected a tensor, got ${typeof x}.`);
  return isWithinReach(x.node);
}

/**
 * Runs `action` where numbers decide what is done next: it computes here, and the numbers of `given` must be here.
 * @param asked what wants them, for the message
 */
export function withNumbers<T>(asked: string, given: unknown, action: () => T): T {
  for (const x of tensorsIn(given)) {
    requireConcrete(x.node, asked);
    requireHost(x.evaluate().node.value!, asked);
  }
  return computedHere(action);
}
