/**
 * @file The memory budget: what one evaluation may need. A result that is predicted to need more is refused before
 * anything is allocated, so that a slip of the pen (the Hessian of a hundred thousand numbers) costs a message, not the
 * session.
 */
import { bytesPerElement, type DType } from "./dtype.ts";
import { ArgumentError, MemoryError, showShape } from "./errors.ts";
import { type Shape, sizeOf } from "./shape.ts";

/** Half of what WebAssembly can address: a program and the copy of its results fit together. */
const DEFAULT_BYTES = 2 * 2 ** 30;

let budget = DEFAULT_BYTES;

/**
 * The bytes that one evaluation may need at once, inputs, intermediate results and results together. 2 GiB at first.
 * @example memoryBudget() / 2 ** 30   // 2
 */
export const memoryBudget = (): number => budget;

/**
 * Sets what one evaluation may need at once. Work that would need more is done in chunks where that is possible (`vmap`,
 * `jacrev`, `jacfwd`, `hessian`) and refused with a `MemoryError` where it is not. One program can address 4 GiB at
 * most, whatever the budget.
 * @param bytes a positive number, or Infinity for no limit but that of WebAssembly
 * @example setMemoryBudget(512 * 2 ** 20)   // 512 MiB
 */
export function setMemoryBudget(bytes: number): void {
  if (typeof bytes !== "number" || !(bytes > 0)) {
    throw new ArgumentError(
      `setMemoryBudget: expected a positive number of bytes, got ${String(bytes)}. 2 * 2 ** 30 is the default.`,
    );
  }
  budget = bytes;
}

/** `37.3 GiB`, `512 MiB`: three digits. */
export function showBytes(bytes: number): string {
  const units = ["bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
  let unit = 0;
  let value = bytes;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 ? value : Number(value.toPrecision(3))} ${units[unit]}`;
}

/** What someone asked for, and what to do instead. */
export interface Demand {
  /** The function or result, e.g. "randn" or "the Hessian of loss". */
  readonly name: string;
  /** What it is to give, e.g. "float32[100, 100]". */
  readonly what: string;
  readonly bytes: number;
  readonly remedy: string;
}

/** @param limit what cannot be had more of, when it is not the budget */
export function memoryError({ name, what, bytes, remedy }: Demand, limit?: string, cause?: unknown): MemoryError {
  const against = limit ?? `the memory budget is ${showBytes(budget)}`;
  return new MemoryError(`${name}: ${what} needs ${showBytes(bytes)}, but ${against}. ${remedy}`, { cause });
}

/** Refuses what does not fit; the demand is only put together when it does not. */
export function requireMemory(bytes: number, demand: () => Omit<Demand, "bytes">): void {
  if (bytes > budget) throw memoryError({ ...demand(), bytes });
}

/** What a value of a type takes; all of them together for several results. */
export const bytesOf = (type: {
  readonly shape: Shape;
  readonly dtype: DType;
  readonly results?: readonly { readonly shape: Shape; readonly dtype: DType }[];
}): number =>
  type.results === undefined
    ? sizeOf(type.shape) * bytesPerElement(type.dtype)
    : type.results.reduce((sum, each) => sum + bytesOf(each), 0);

/** For functions that make a tensor at once. */
export function requireMemoryFor(name: string, shape: Shape, dtype: DType): void {
  requireMemory(bytesOf({ shape, dtype }), () => ({
    name,
    what: `${dtype}${showShape(shape)}`,
    remedy: "Ask for a smaller shape, or raise the budget with setMemoryBudget(bytes).",
  }));
}
