/** @file The contract of a backend: it turns a graph into something that runs. */
import type { DType, TypedArray } from "../dtype.ts";
import type { Graph } from "../graph/graph.ts";
import type { Remote } from "../remote.ts";
import type { Executable } from "./executable.ts";

/** A graph of which it is known how it will run, but for which nothing was made yet. */
export interface Plan {
  /** Memory that a run takes, its inputs and results included, without the arrays that the caller gives and gets. */
  readonly bytes: number;
  /** How many kernels run. */
  readonly kernels: number;
  compile(): Executable;
}

/** Where a backend keeps arrays between programs, so that they need not be copied for each. */
export interface Residence {
  /** The same numbers where programs read them; the array itself where that gains nothing. */
  settle(dtype: DType, data: TypedArray): TypedArray;
  /** Says that an array is the value of several tensors. */
  share(data: TypedArray): void;
  /** Frees an array that only one tensor had; nobody may use it afterwards. Arrays that live elsewhere are let be. */
  release(data: TypedArray): void;
}

/** How float32 numbers are kept at a place: as they are, or in half precision. */
export type StorageType = "float32" | "float16";

export interface Backend {
  readonly name: string;
  /** Tells backends of one name apart whose programs differ. */
  readonly variant?: string;
  /** Where its results stay until they are read, if that is not this machine's memory: the `place` of a `Remote`. */
  readonly place?: string;
  /** What computes there, as its driver names it, where that is known. */
  readonly device?: string;
  /** The most that one program can have, whatever the budget, and what sets that limit. */
  readonly limit?: { readonly bytes: number; readonly reason: string };
  /** Without one, arrays are the collector's business alone. */
  readonly residence?: Residence;
  /** Puts numbers that are here at its place. */
  bring?(dtype: DType, data: TypedArray, storage?: StorageType): Remote;
  /** Settles when all work that it was given is done; copies nothing. Every backend with a place has it. */
  finished?(): Promise<void>;
  plan(graph: Graph): Plan;
}
