/**
 * @file Loops. What is known to run a number of times becomes a `scan`, which derivatives go through in both modes; what
 * runs until something holds becomes a `whileLoop`; a loop whose values change their shapes is written out.
 */
import { promote } from "../../../dtype.ts";
import { showShape } from "../../../errors.ts";
import { arange, tensor } from "../../../functions/creation.ts";
import { stack } from "../../../functions/joining.ts";
import { sameShape } from "../../../shape.ts";
import type { Tensor } from "../../../tensor.ts";
import { scan } from "../../../transforms/control-flow/scan.ts";
import { whileLoop } from "../../../transforms/control-flow/while-loop.ts";
import { type Call, type OperatorTable, originOf, type Value } from "../call.ts";
import type { ModelGraph } from "../model.ts";

/** Iterations that are written out one by one. */
const MOST_WRITTEN_OUT = 1000;

/** What an iteration leaves. */
interface Iteration {
  /** Whether there is another. */
  readonly goesOn: Value;
  readonly carry: Tensor[];
  /** What is collected of each iteration. */
  readonly collected: Tensor[];
}

interface Loop {
  readonly call: Call;
  readonly body: ModelGraph;
  /** At most that many iterations. */
  readonly limit: number;
  readonly first: readonly Tensor[];
}

const TRUE = tensor(true);
const fromInputs = (value: Tensor): Value => ({ tensor: value, origin: "inputs" });

function iterate({ call, body, first }: Loop, i: Tensor, carry: readonly Tensor[]): Iteration {
  const goesOn: Value = { tensor: TRUE, origin: "file" };
  const [next, ...results] = call.runGraph(body, true, [fromInputs(i), goesOn, ...carry.map(fromInputs)]);
  const tensors = results.map((each) => each.tensor);
  return { goesOn: next, carry: tensors.slice(0, first.length), collected: tensors.slice(first.length) };
}

/** The number of iterations is known. */
function counted(loop: Loop): Tensor[] {
  const step = (carry: readonly Tensor[], i: Tensor): [Tensor[], Tensor[]] => {
    const out = iterate(loop, i, carry);
    return [out.carry, out.collected];
  };
  const [last, collected] = scan(step, loop.first, arange(loop.limit));
  return [...last, ...collected];
}

/** It ends when the values say so; nothing is collected. */
function conditional(loop: Loop, goesOn: Tensor): Tensor[] {
  const start: [Tensor, Tensor, Tensor[]] = [
    tensor(0, { dtype: "int32" }),
    goesOn.reshape([]).to("bool"),
    [...loop.first],
  ];
  const limit = Math.min(loop.limit, 2 ** 31 - 1);
  const [, , last] = whileLoop(
    ([i, on]) => on.logicalAnd(i.lt(limit)),
    ([i, , carry]) => {
      const out = iterate(loop, i, carry);
      return [i.add(1), out.goesOn.tensor.reshape([]), out.carry] as const;
    },
    start,
  );
  return [...last];
}

/** Iteration after iteration, for what a loop of fixed shapes cannot say. */
function writtenOut(loop: Loop, goesOn: Tensor): Tensor[] {
  const { call, limit, body } = loop;
  let carry: readonly Tensor[] = loop.first;
  let on = goesOn;
  const collected: Tensor[][] = body.outputs.slice(1 + carry.length).map(() => []);
  for (let i = 0; i < limit; i++) {
    if (on.node.trace !== null) {
      call.fail(
        `when it ends depends on the entries of an input, and with it a shape. Inside ${on.node.trace.transform} these ` +
          "have no values: call the model outside.",
      );
    }
    if (on.dataSync()[0] === 0) break;
    if (i === MOST_WRITTEN_OUT)
      call.fail(`its values change their shapes, and that more than ${MOST_WRITTEN_OUT} times.`);
    const out = iterate(loop, tensor(i, { dtype: "int32" }), carry);
    carry = out.carry;
    on = out.goesOn.tensor;
    for (const [k, list] of collected.entries()) list.push(out.collected[k]);
  }
  const stacked = collected.map((list) =>
    list.length > 0
      ? stack(list)
      : call.fail("it collects results, and no iteration runs, so their shape is not known."),
  );
  return [...carry, ...stacked];
}

function loopOf(call: Call): readonly Value[] {
  const body = call.graph("body");
  const given = call.inputsFrom(2);
  if (body.inputs.length !== given.length + 2 || body.outputs.length < given.length + 1) {
    call.fail(
      `expected a body of ${given.length + 2} inputs and at least ${given.length + 1} outputs, got ${body.inputs.length} and ${body.outputs.length}.`,
    );
  }
  const limit = call.optional(0) === undefined ? Number.POSITIVE_INFINITY : Math.max(0, call.integer(0, "how often"));
  const goesOn = call.optional(1) ?? TRUE;
  // One iteration to see what becomes of types and shapes, and whether it can end early.
  const trial = iterate({ call, body, limit, first: given }, tensor(0, { dtype: "int32" }), given);
  const first = given.map((each, i) => each.to(promote(each.dtype, trial.carry[i].dtype)));
  const loop: Loop = { call, body, limit, first };

  const keepsShapes = given.every((each, i) => sameShape(each.shape, trial.carry[i].shape));
  const known = (value: Tensor): boolean => value.node.trace === null && value.dataSync()[0] !== 0;
  const runsThrough = originOf([trial.goesOn]) !== "inputs" && known(trial.goesOn.tensor) && known(goesOn);
  if (goesOn.size !== 1 || trial.goesOn.tensor.size !== 1) {
    call.fail(`expected one truth value for whether it goes on, got shape ${showShape(goesOn.shape)}.`);
  }
  let results: Tensor[];
  if (keepsShapes && runsThrough && Number.isFinite(limit)) results = counted(loop);
  else if (keepsShapes && trial.collected.length === 0) results = conditional(loop, goesOn);
  else results = writtenOut(loop, goesOn);
  return results.map(fromInputs);
}

export const loops: OperatorTable = {
  Loop: {
    run: loopOf,
    limits: "reverse mode only where the number of iterations is known; at most 1000 where shapes change on the way",
  },
};
