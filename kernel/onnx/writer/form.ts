/** @file What a primitive says of its form in ONNX: how to write it with operators of a standard model. */
import type { Body } from "../../graph/body.ts";
import type { TensorType } from "../../graph/node.ts";
import type { Shape } from "../../shape.ts";
import type { GraphWriter, OnnxSubgraph, OnnxValueType } from "./graph-writer.ts";

/** An input of an operation that is being written. Who asks for its name has it written, if it was not yet. */
export interface OnnxInput extends TensorType {
  readonly name: string;
  readonly view?: OnnxView;
}

/** What a value is of another one: an operation that can take that other one in its place leaves it unwritten. */
export type OnnxView = OnnxWindows | OnnxPadded | OnnxProduct;

/** Windows that slide over another value. */
export interface OnnxWindows {
  readonly kind: "windows";
  readonly source: OnnxInput;
  readonly params: WindowSteps;
  /**
   * The extents of windows as they come from the source: its axes, of which some count windows, then those inside; and of
   * axes of one entry that were added.
   */
  readonly extents: Shape;
  /** Which of those each axis of this value is. Those of one entry may be missing. */
  readonly axes: readonly number[];
}

export interface WindowSteps {
  readonly axes: readonly number[];
  readonly extents: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
}

/** A product of tensors, its axes in another order or several of them as one. */
export interface OnnxProduct {
  readonly kind: "product";
  readonly operands: readonly OnnxInput[];
  readonly params: Dot;
  /** Where each axis of the product comes from, and its extent. */
  readonly from: readonly ProductAxis[];
  /** Which of those each axis of this value is; those of one entry are nowhere. */
  readonly axes: readonly (readonly number[])[];
}

/** An axis that both operands have, by its place among those, or one that stays of an operand. */
export interface ProductAxis {
  readonly operand: 0 | 1 | "both";
  readonly axis: number;
  readonly extent: number;
}

/** Which axes of two operands are summed over, and which run together. */
export interface Dot {
  readonly contract: readonly [readonly number[], readonly number[]];
  readonly batch: readonly [readonly number[], readonly number[]];
}

/** Another value with zeros around it: how many along each axis. */
export interface OnnxPadded {
  readonly kind: "padded";
  readonly source: OnnxInput;
  readonly before: readonly number[];
  readonly after: readonly number[];
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
  /** What the result is of an input; then it is written only for those that need it as it is. */
  readonly seenAs?: (site: OnnxSite<P>) => OnnxView | undefined;
  readonly write: Write<P>;
}
