/** @file Expressions made simpler, and those that are equal made one, in each loop nest. */
import { orderedOperands } from "../graph/commuting.ts";
import type { Affine, Expr, Kernel } from "../loops/ir.ts";
import { inOrder, mapStore, nestRoots, withOperands } from "../loops/walk.ts";
import { simpler } from "./algebra.ts";
import type { Draft } from "./lower.ts";

/** Equal expressions of one nest as one object. */
class Shared {
  readonly #known = new Map<string, Expr>();
  readonly #numbers = new Map<Expr, number>();
  readonly #tidied = new Map<Expr, Expr>();

  /** The tidied form of `root`. */
  readonly tidy = (root: Expr): Expr => {
    for (const e of inOrder([root])) {
      if (!this.#tidied.has(e)) this.#tidied.set(e, this.#one(this.#simplest(e)));
    }
    return this.#tidied.get(root)!;
  };

  #simplest(e: Expr): Expr {
    let at = withOperands(e, (operand) => this.#tidied.get(operand)!);
    // What became of it may be simpler still; its operands are objects that were tidied before.
    for (let next = simpler(at); next !== at; next = simpler(at)) at = next;
    return at;
  }

  #one(e: Expr): Expr {
    if (this.#numbers.has(e)) return e;
    const key = this.#keyOf(e);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    this.#known.set(key, e);
    this.#numbers.set(e, this.#numbers.size);
    return e;
  }

  /** Operands that a simplification made, such as a constant, are met here first. */
  #numberOf(e: Expr): number {
    return this.#numbers.get(this.#one(e))!;
  }

  #keyOf(e: Expr): string {
    switch (e.kind) {
      case "const":
        return `${e.dtype} ${Object.is(e.value, -0) ? "-0" : e.value}`;
      case "iota":
        return `iota ${affineKey(e.index)}`;
      case "accumulator":
        return "accumulator";
      case "load": {
        let key = `load ${e.buffer} ${affineKey(e.index)}`;
        for (const part of e.index.dynamic ?? []) key += `+${part.stride}*${this.#numberOf(part.value)}`;
        return key;
      }
      case "unary":
        return `${e.fn} ${e.dtype} ${this.#numberOf(e.x)}`;
      case "binary": {
        const [x, y] = orderedOperands(e.fn, [this.#numberOf(e.x), this.#numberOf(e.y)]);
        return `${e.fn} ${e.dtype} ${x} ${y}`;
      }
      case "select":
        return `select ${this.#numberOf(e.test)} ${this.#numberOf(e.yes)} ${this.#numberOf(e.no)}`;
      case "cast":
        return `cast ${e.dtype} ${this.#numberOf(e.x)}`;
    }
  }
}

const affineKey = ({ offset, strides }: Affine): string => `${offset}@${strides.join(",")}`;

function tidied(kernel: Kernel): Kernel {
  if (kernel.kind !== "map" && kernel.kind !== "reduce") return kernel;
  const { tidy } = new Shared();
  const roots = nestRoots(kernel);
  if (roots.every((root) => tidy(root) === root)) return kernel;
  const stores = kernel.stores.map((store) => mapStore(store, tidy));
  return kernel.kind === "map" ? { ...kernel, stores } : { ...kernel, stores, value: tidy(kernel.value) };
}

/** The same kernels doing less at each point. */
export const tidyKernels = (draft: Draft): Draft => ({ ...draft, kernels: draft.kernels.map(tidied) });
