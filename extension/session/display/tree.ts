/** @file The leaves of a result that is a tree of arrays and plain objects, each with its path. */
import { types } from "node:util";
import { GETTER, ownValue } from "../variables/looking.ts";
import { isKernelValue } from "./kernel-values.ts";

export interface Leaf {
  /** As a person would write it behind the value's name: `[0]`, `weight`, `layers[1].bias`. */
  readonly path: string;
  readonly leaf: unknown;
}

/** A large plain array is data, not a tree of tensors: no search for pictures goes through all of it. */
const MOST_LEAVES = 1000;

/** In order; stops after `MOST_LEAVES`. An object that contains itself is entered once. */
export function leavesOf(value: unknown): Leaf[] {
  const leaves: Leaf[] = [];
  const entered = new Set<unknown>();
  const visit = (node: unknown, path: string): void => {
    if (leaves.length >= MOST_LEAVES) return;
    if (!isBranch(node)) {
      leaves.push({ path, leaf: node });
      return;
    }
    if (entered.has(node)) return;
    entered.add(node);
    if (Array.isArray(node)) {
      for (let i = 0; i < node.length && leaves.length < MOST_LEAVES; i++) visit(node[i], `${path}[${i}]`);
    } else {
      for (const key of Object.keys(node)) {
        const child = ownValue(node, key);
        // Nobody knows what a getter does.
        if (child !== GETTER) visit(child, path ? `${path}.${key}` : key);
      }
    }
  };
  visit(value, "");
  return leaves;
}

function isBranch(node: unknown): node is unknown[] | Record<string, unknown> {
  if (typeof node !== "object" || node === null || types.isProxy(node) || isKernelValue(node)) return false;
  if (Array.isArray(node)) return true;
  const prototype: unknown = Object.getPrototypeOf(node);
  return prototype === null || prototype === Object.prototype;
}
