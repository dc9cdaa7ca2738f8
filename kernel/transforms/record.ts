/** @file Running a function once with marks on its arguments: what forward and reverse mode both start from. */
import { whileMarked } from "../graph/marks.ts";
import type { Node } from "../graph/node.ts";
import { whileTransforming } from "../graph/retention.ts";
import type { Paths } from "../graph/walk.ts";
import { pushAlong } from "../walks/forward.ts";
import { derivativePaths } from "../walks/paths.ts";
import { pullAlong } from "../walks/reverse.ts";
import { callOn, mark, type NodeTree, resultNodes, splitAux } from "./arguments.ts";
import type { AnyFunction } from "./types.ts";

/** A function run once, with what is needed to push tangents through it and to pull cotangents back, many times. */
export interface Recording {
  readonly out: NodeTree;
  readonly aux: unknown;
  readonly result: unknown;
  /** What stands for the inputs, and the way from there to the outputs. */
  readonly marks: readonly Node[];
  readonly paths: Paths;
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
      marks,
      paths,
      push: (tangents) => pushAlong(paths, marks, tangents, out.nodes),
      pull: (cotangents) => pullAlong(paths, out.nodes, cotangents, marks),
    };
  });
}
