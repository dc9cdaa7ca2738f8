/** @file The types of transforms: what a derivative looks like follows from the types of the function. */
import type { Tensor } from "../tensor.ts";

/** Any function that can be transformed. Its arguments and result are pytrees: tensors, numbers, arrays, plain objects. */
export type AnyFunction = (...args: never[]) => unknown;

/** The same nesting with a tensor, or what else `Leaf` says, for each leaf. */
export type TensorTree<Tree, Leaf = Tensor> = Tree extends Tensor | number | boolean
  ? Leaf
  : Tree extends null | undefined
    ? Tree
    : Tree extends object
      ? { [Key in keyof Tree]: TensorTree<Tree[Key], Leaf> }
      : Leaf;

/** The argument at place `K` from the end, which is "1" for the last; any of them where their number is not known. */
type FromEnd<
  Args extends readonly unknown[],
  K extends string,
  Place extends unknown[] = [unknown],
> = Args extends readonly [...infer Before, infer Last]
  ? `${Place["length"]}` extends K
    ? Last
    : FromEnd<Before, K, [...Place, unknown]>
  : Args[number];

/** The arguments that `argnums` names: one for a number, an array for an array. Negatives count from the end. */
export type Selected<Args extends readonly unknown[], N> = N extends readonly number[]
  ? { [I in keyof N]: Selected<Args, N[I]> }
  : N extends number
    ? // Asked first: every number is a key of a tuple, and gives the union of all.
      `${N}` extends `-${infer K}`
      ? FromEnd<Args, K>
      : Args[N]
    : Args[number];

/** The nesting of the result outside, that of the selected arguments inside. */
export type JacobianTree<Out, In, Leaf = Tensor> = Out extends Tensor | number | boolean
  ? TensorTree<In, Leaf>
  : Out extends object
    ? { [Key in keyof Out]: JacobianTree<Out[Key], In, Leaf> }
    : TensorTree<In, Leaf>;

export type Argnums = number | readonly number[];

export interface ArgnumsOption<N extends Argnums = Argnums> {
  /** Which arguments to differentiate with respect to. Default 0. Negatives count from the end. */
  readonly argnums?: N;
}

export interface AuxOption<H extends boolean = boolean> {
  /** The function returns `[out, aux]`; `aux` is passed on beside the derivative. */
  readonly hasAux?: H;
}

/** What is differentiated: the function's result, or with `hasAux` the first of `[out, aux]`. */
export type Primary<Out, H extends boolean> = H extends true
  ? Out extends readonly [infer First, unknown]
    ? First
    : never
  : Out;

/** The second of `[out, aux]`. */
export type AuxOf<Out> = Out extends readonly [unknown, infer Aux] ? Aux : never;

/** What a transform returns: its own result, or with `hasAux` that and aux. */
export type BesideAux<Result, Out, H extends boolean> = H extends true ? [Result, AuxOf<Out>] : Result;
