/** @file Running a function once on placeholders, for what is compiled of it: jit and explain. */
import { type Body, capturedByLoop, cutBody } from "../graph/body.ts";
import { type Node, placeholderNode, type TensorType } from "../graph/node.ts";
import { whileTransforming } from "../graph/retention.ts";
import { whileTracing, withoutValues } from "../graph/tracing.ts";
import type { TreeDef } from "../pytree.ts";
import { callOn, resultNodes } from "./arguments.ts";
import type { AnyFunction } from "./types.ts";

export interface TracedFunction {
  /** Its inputs are the leaves of the arguments, then what is captured. */
  readonly body: Body;
  /** What the function closes over, as it was when it was traced. */
  readonly captured: readonly Node[];
  /** What the function returned, and how that is nested. */
  readonly result: unknown;
  readonly out: TreeDef;
}

/** The function sees placeholders of these types and can read no values. */
export function traceFunction(
  transform: string,
  f: AnyFunction,
  args: { readonly nodes: readonly TensorType[]; readonly def: TreeDef },
): TracedFunction {
  const trace = withoutValues(transform);
  return whileTransforming(() =>
    whileTracing(trace, () => {
      const inputs = args.nodes.map(({ shape, dtype }) => placeholderNode({ shape, dtype }, trace));
      const result = callOn(f, args.def, inputs);
      const out = resultNodes(transform, result);
      const captured = capturedByLoop(inputs, out.nodes);
      return { body: cutBody([...inputs, ...captured], out.nodes), captured, result, out: out.def };
    }),
  );
}
