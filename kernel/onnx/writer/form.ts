/** @file What a primitive says of its form in ONNX: how to write it with operators of a standard model. */
import type { Body } from "../../graph/body.ts";
import type { TensorType } from "../../graph/node.ts";
import type { GraphWriter, OnnxSubgraph, OnnxValueType } from "./graph-writer.ts";

/** An input of an operation that is being written. */
export interface OnnxInput extends TensorType {
  readonly name: string;
}

/** One operation of ours while it is being written. */
export interface OnnxSite<P> {
  readonly writer: GraphWriter;
  readonly inputs: readonly OnnxInput[];
  readonly type: TensorType;
  readonly params: P;
  /**
   * A graph inside, as loops and branches have: `inputs` are its own, `write` appends to it, a body with `run`, and says
   * what its outputs are. Names from outside may be used in it.
   */
  inside(name: string, inputs: readonly OnnxValueType[], write: WriteInside): OnnxSubgraph;
  /** Writes a body beside the operation. */
  readonly run: RunBody;
}

/** Writes a body; `inputs` are the names of what it takes. Returns the names of its outputs. */
export type RunBody = (body: Body, inputs: readonly string[]) => string[];
export type WriteInside = (writer: GraphWriter, run: RunBody) => OnnxValueType[];

/** Writes the operation and returns the name of the result, or of each of several. */
type Write<P> = (site: OnnxSite<P>) => string | readonly string[];

export interface OnnxForm<P> {
  /** The operators it is written with, for the table of the documentation. */
  readonly operators: readonly string[];
  /** Set where inputs may have less than their shape, if that is what they broadcast to: of constants, one number. */
  readonly broadcasts?: true;
  readonly write: Write<P>;
}
