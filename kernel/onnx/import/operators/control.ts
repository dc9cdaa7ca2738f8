/** @file Branches. */
import { showShape } from "../../../errors.ts";
import { where } from "../../../functions/choice.ts";
import { sameShape } from "../../../shape.ts";
import type { Call, OperatorTable, Value } from "../call.ts";

/**
 * The branch that the condition says. Where it has no value of its own, under vmap and jit, both are computed and one is
 * chosen.
 */
function branch(call: Call): readonly Value[] {
  const condition = call.input(0);
  if (condition.size !== 1) call.fail(`expected one truth value, got shape ${showShape(condition.shape)}.`);
  const [yes, no] = [call.graph("then_branch"), call.graph("else_branch")];
  if (condition.node.trace === null) return call.runGraph(condition.dataSync()[0] === 0 ? no : yes, call.isFixed(0));
  const [ifTrue, ifFalse] = [call.runGraph(yes, false), call.runGraph(no, false)];
  return ifTrue.map(({ tensor }, i) => {
    const other = ifFalse[i]?.tensor;
    if (other === undefined || !sameShape(tensor.shape, other.shape)) {
      return call.fail(
        `the branches give shapes ${showShape(tensor.shape)} and ${other === undefined ? "none" : showShape(other.shape)}, and ` +
          "which one counts depends on the entries of an input, which have no values here. Call the model outside of vmap and jit.",
      );
    }
    return { tensor: where(condition.reshape([]), tensor, other), origin: "inputs" };
  });
}

export const control: OperatorTable = { If: { run: branch } };
