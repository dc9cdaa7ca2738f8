/** @file What the compatibility table says about a function, and short ways to say it. */
import * as kernel from "../../../kernel/index.ts";

/** Something to run: a function of tensors only, and small arguments for it. */
export interface Example {
  readonly f: (...args: kernel.Tensor[]) => unknown;
  readonly args: readonly kernel.Tensor[];
  /** The derivative of a draw is not that of its value; only the two modes are compared. */
  readonly isDraw?: true;
}

/** Names of the same thing elsewhere; empty where there is none. */
export interface Peers {
  readonly torch: string;
  readonly jax: string;
  readonly jaxJs: string;
}

export interface Entry extends Peers {
  readonly name: string;
  /** null: there is no tensor in, or none out. */
  readonly example: Example | null;
  readonly note: string;
}

export interface Section {
  readonly title: string;
  readonly entries: readonly Entry[];
}

type Names = readonly [torch: string, jax: string, jaxJs: string];

/** A function of that name, called as it is with `args`. */
export function of(
  name: string,
  [torch, jax, jaxJs]: Names,
  args: readonly kernel.Tensor[],
  f: Example["f"] = called(name),
  note = "",
): Entry {
  return { name, torch, jax, jaxJs, example: { f, args }, note };
}

/** A random draw, which starts its own stream whenever it is called. */
export function draw(
  name: string,
  [torch, jax, jaxJs]: Names,
  args: readonly kernel.Tensor[],
  f: Example["f"],
  note = "",
): Entry {
  return { name, torch, jax, jaxJs, example: { f, args, isDraw: true }, note };
}

/** Nothing to measure. */
export function plain(name: string, [torch, jax, jaxJs]: Names, note: string): Entry {
  return { name, torch, jax, jaxJs, example: null, note };
}

function called(name: string): Example["f"] {
  const f = (kernel as unknown as Record<string, Example["f"]>)[name];
  // A name that is not exported is told by the test that compares with the exports.
  return (...args) => f(...args);
}

/** `toSnake("cumSum")` is "cum_sum". */
const toSnake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** Called alike in all three, but for the way names are written. */
export const alike = (name: string): Names => [`torch.${toSnake(name)}`, `jnp.${toSnake(name)}`, `np.${name}`];
