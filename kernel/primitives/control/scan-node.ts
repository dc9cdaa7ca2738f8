/** @file Appending a scan: its parts, and its body from a description. */
import { emit } from "../../emit.ts";
import type { Body } from "../../graph/body.ts";
import type { Node, TensorType } from "../../graph/node.ts";
import { instantiate } from "../../walks/instantiate.ts";
import { makeBodies, makeBody } from "./bodies.ts";

export interface ScanParams {
  /** Inputs: carry, a slice of each sequence, constants. Outputs: the next carry, a slice of each stacked result. */
  readonly body: Body;
  readonly length: number;
  /** From the last slice to the first. */
  readonly reverse: boolean;
  /** How many of the inputs are the first carry. */
  readonly carries: number;
  /** How many of the inputs after those are sequences; the others are constants. */
  readonly sequences: number;
}
export interface ScanParts<T> {
  readonly carries: readonly T[];
  readonly sequences: readonly T[];
  readonly constants: readonly T[];
}

export function split<T>(all: readonly T[], { carries, sequences }: ScanParams): ScanParts<T> {
  return {
    carries: all.slice(0, carries),
    sequences: all.slice(carries, carries + sequences),
    constants: all.slice(carries + sequences),
  };
}

/**
 * A scan over a body that `build` describes. Sequences and constants that it does not use are left out; what it uses besides
 * becomes a constant.
 */
export function emitScan(
  { carries, sequences, constants }: ScanParts<Node>,
  { length, reverse }: { readonly length: number; readonly reverse: boolean },
  build: (inputs: ScanParts<Node>) => { carries: readonly Node[]; outputs: readonly Node[] },
): Node {
  const slices = sequences.map(({ shape, dtype }): TensorType => ({ shape: shape.slice(1), dtype }));
  const counts = { carries: carries.length, sequences: sequences.length } as ScanParams;
  const flow = (inputs: readonly Node[]): readonly Node[] => {
    const out = build(split(inputs, counts));
    return [...out.carries, ...out.outputs];
  };
  const { bodies, captured } = makeBodies([...carries, ...slices, ...constants], [flow], false);
  const [full] = bodies;
  const used = new Set([...full.graph.nodes.flatMap(({ inputs }) => inputs), ...full.graph.outputs]);
  const isUsed = (offset: number) => (_: Node, i: number) => used.has(offset + i);
  const keptSequences = sequences.filter(isUsed(carries.length));
  const keptConstants = [...constants, ...captured].filter(isUsed(carries.length + sequences.length));
  const kept = [...carries, ...keptSequences, ...keptConstants];
  const body = kept.length === full.graph.inputs.length ? full : dropUnused(full, carries.length, used);
  return emit("scan", kept, { body, length, reverse, carries: carries.length, sequences: keptSequences.length });
}

/** The same body without the inputs that nothing reads, the first `always` of them excepted. */
function dropUnused(body: Body, always: number, used: ReadonlySet<number>): Body {
  const { graph } = body;
  const kept = graph.inputs.filter((place, i) => i < always || used.has(place));
  return makeBody(
    kept.map((place) => graph.nodes[place]),
    (inputs) => {
      const given = graph.inputs.map((place) => inputs[kept.indexOf(place)]);
      return instantiate(body, given);
    },
  );
}
