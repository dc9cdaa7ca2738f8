/**
 * @file Pytrees: values nested in arrays and plain objects. Transforms flatten arguments to a list of leaves, work on
 * the list, and put results back into the same nesting.
 */
import { StructureError } from "./errors.ts";

/** How a value was nested, without its leaves. `null` and `undefined` are empty trees, as None is in JAX. */
export type TreeDef =
  | { readonly kind: "leaf" }
  | { readonly kind: "empty"; readonly value: null | undefined }
  | { readonly kind: "array"; readonly children: readonly TreeDef[] }
  | { readonly kind: "object"; readonly keys: readonly string[]; readonly children: readonly TreeDef[] };

const LEAF: TreeDef = { kind: "leaf" };

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype || prototype.constructor?.name === "Object";
}

/** The leaves of `tree`, left to right, and its nesting. Whatever is not an array or plain object is a leaf. */
export function flatten(tree: unknown): { leaves: unknown[]; def: TreeDef } {
  const leaves: unknown[] = [];
  const visit = (value: unknown): TreeDef => {
    if (value === null || value === undefined) return { kind: "empty", value };
    if (Array.isArray(value)) return { kind: "array", children: value.map(visit) };
    if (isPlainObject(value)) {
      const keys = Object.keys(value);
      return { kind: "object", keys, children: keys.map((key) => visit(value[key])) };
    }
    leaves.push(value);
    return LEAF;
  };
  const def = visit(tree);
  return { leaves, def };
}

export function unflatten(def: TreeDef, leaves: readonly unknown[]): unknown {
  let next = 0;
  const build = (node: TreeDef): unknown => {
    switch (node.kind) {
      case "leaf":
        return leaves[next++];
      case "empty":
        return node.value;
      case "array":
        return node.children.map(build);
      case "object":
        return Object.fromEntries(node.keys.map((key, i) => [key, build(node.children[i])]));
    }
  };
  return build(def);
}

export function countLeaves(def: TreeDef): number {
  if (def.kind === "leaf") return 1;
  return def.kind === "empty" ? 0 : def.children.reduce((sum, child) => sum + countLeaves(child), 0);
}

export function sameTree(a: TreeDef, b: TreeDef): boolean {
  if (a.kind === "array" && b.kind === "array") {
    return a.children.length === b.children.length && a.children.every((child, i) => sameTree(child, b.children[i]));
  }
  if (a.kind === "object" && b.kind === "object") {
    return (
      a.keys.length === b.keys.length &&
      a.keys.every((key, i) => key === b.keys[i] && sameTree(a.children[i], b.children[i]))
    );
  }
  return a.kind === b.kind;
}

/**
 * One value per leaf of `def` from a tree nested like it, in which null or undefined may stand for a leaf or a branch.
 * @returns null when `tree` is nested in another way
 */
export function leavesLike(def: TreeDef, tree: unknown): unknown[] | null {
  if (def.kind === "empty") return [];
  if (tree === null || tree === undefined) {
    return def.kind === "leaf" ? [null] : def.children.flatMap((child) => leavesLike(child, null)!);
  }
  if (def.kind === "leaf") return Array.isArray(tree) || isPlainObject(tree) ? null : [tree];
  const isAlike =
    def.kind === "array"
      ? Array.isArray(tree) && tree.length === def.children.length
      : isPlainObject(tree) && Object.keys(tree).length === def.keys.length && def.keys.every((key) => key in tree);
  if (!isAlike) return null;
  const leaves: unknown[] = [];
  for (const [i, child] of def.children.entries()) {
    const found = leavesLike(child, (tree as Record<string | number, unknown>)[def.kind === "array" ? i : def.keys[i]]);
    if (found === null) return null;
    leaves.push(...found);
  }
  return leaves;
}

const isName = (key: string): boolean => /^[\p{L}_$][\p{L}\d_$]*$/u.test(key);

/**
 * The nesting as a person would write it: `{weight: *, bias: [*, *]}`. Different for different nestings, since what was
 * traced for one is found by it.
 * @param leaf what to write for each leaf, asked from left to right
 */
export function showTree(def: TreeDef, leaf: () => string = () => "*"): string {
  switch (def.kind) {
    case "leaf":
      return leaf();
    case "empty":
      return String(def.value);
    case "array":
      return `[${def.children.map((child) => showTree(child, leaf)).join(", ")}]`;
    case "object":
      return `{${def.keys.map((key, i) => `${isName(key) ? key : JSON.stringify(key)}: ${showTree(def.children[i], leaf)}`).join(", ")}}`;
  }
}

/** How to reach each leaf from `root`, left to right: `root.weight`, `root.layers[0]`. */
export function leafPaths(def: TreeDef, root: string): string[] {
  switch (def.kind) {
    case "leaf":
      return [root];
    case "empty":
      return [];
    case "array":
      return def.children.flatMap((child, i) => leafPaths(child, `${root}[${i}]`));
    case "object":
      return def.children.flatMap((child, i) => {
        const key = def.keys[i];
        return leafPaths(child, isName(key) ? `${root}.${key}` : `${root}[${JSON.stringify(key)}]`);
      });
  }
}

/** One value per leaf of `def` from `prefix`, a tree that may stop early: what it holds there goes to all below. */
export function broadcastPrefix(what: string, prefix: unknown, def: TreeDef): unknown[] {
  const out: unknown[] = [];
  const visit = (value: unknown, node: TreeDef): void => {
    if (node.kind === "leaf") {
      if (Array.isArray(value) || isPlainObject(value)) {
        throw new StructureError(
          `${what} ${JSON.stringify(prefix)} does not match the structure ${showTree(def)}: it nests deeper. Give one value per leaf, or one for a whole branch.`,
        );
      }
      out.push(value);
    } else if (node.kind === "empty") {
      return;
    } else if (Array.isArray(value)) {
      if (node.kind !== "array" || value.length !== node.children.length) {
        throw new StructureError(
          `${what} ${JSON.stringify(prefix)} does not match the structure ${showTree(def)}: expected ${
            node.kind === "array" ? `${node.children.length} entries` : "an object"
          }, got an array of ${value.length}. Give one entry for each, or one value for all.`,
        );
      }
      node.children.forEach((child, i) => {
        visit(value[i], child);
      });
    } else if (isPlainObject(value)) {
      const fits =
        node.kind === "object" &&
        node.keys.length === Object.keys(value).length &&
        node.keys.every((key) => key in value);
      if (!fits) {
        throw new StructureError(
          `${what} ${JSON.stringify(prefix)} does not match the structure ${showTree(def)}. Give the same keys.`,
        );
      }
      node.keys.forEach((key, i) => {
        visit(value[key], node.children[i]);
      });
    } else {
      for (const child of node.children) visit(value, child);
    }
  };
  visit(prefix, def);
  return out;
}
