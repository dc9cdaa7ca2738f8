/** @file Running a function once with marks on its arguments: what forward and reverse mode both start from. */
import { isFloating } from "../dtype.ts";
import { whileMarked } from "../graph/marks.ts";
import type { Node } from "../graph/node.ts";
import { whileTransforming } from "../graph/retention.ts";
import { pushForward } from "../walks/forward.ts";
import { derivativePaths } from "../walks/paths.ts";
import { accumulate, pullBack } from "../walks/reverse.ts";
import { callOn, mark, type NodeTree, resultNodes, splitAux } from "./arguments.ts";
import type { AnyFunction } from "./types.ts";

/** A function run once, with what is needed to push tangents through it and to pull cotangents back, many times. */
export interface Recording {
  readonly out: NodeTree;
  readonly aux: unknown;
  readonly result: unknown;
  /** One tangent per input leaf to one per output leaf; `null` is zero. */
  push(tangents: readonly (Node | null)[]): (Node | null)[];
  /** One cotangent per output leaf to one per input leaf; `null` is zero. */
  pull(cotangents: readonly (Node | null)[]): (Node | null)[];
}

/** Runs `f` on marked inputs and keeps the paths from them to its result. */
export function record(transform: string, f: AnyFunction, primals: NodeTree, hasAux?: boolean): Recording {
  return whileTransforming(() => {
    const marks = mark(transform, primals.nodes);
    const returned = whileMarked(transform, marks, () => callOn(f, primals.def, marks));
    const [result, aux] = splitAux(transform, returned, hasAux);
    const out = resultNodes(transform, result);
    const paths = derivativePaths(marks, out.nodes);
    return {
      out,
      aux,
      result,
      push(given) {
        const tangents = new Map<Node, Node>();
        given.forEach((tangent, i) => {
          if (tangent !== null) tangents.set(marks[i], tangent);
        });
        pushForward(paths.steps, tangents);
        return out.nodes.map((node) => tangents.get(node) ?? null);
      },
      pull(given) {
        const cotangents = new Map<Node, Node>();
        // One node may be given back twice, so cotangents add up.
        given.forEach((cotangent, i) => {
          const node = out.nodes[i];
          if (cotangent !== null && isFloating(node.dtype)) accumulate(cotangents, node, cotangent);
        });
        pullBack(paths, cotangents);
        return marks.map((each) => cotangents.get(each) ?? null);
      },
    };
  });
}
