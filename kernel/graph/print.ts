/** @file A graph as text that a person can read: one line per operation, each result with its type. */
import type { DType } from "../dtype.ts";
import { showTree, type TreeDef } from "../pytree.ts";
import { type Shape, sameShape } from "../shape.ts";
import { Body } from "./body.ts";
import type { Params, ParamValue, TensorType } from "./node.ts";

/** One result of a graph, as plain data. */
export interface NamedNode extends TensorType {
  readonly name: string;
  /** The operation; null for inputs and constants. */
  readonly op: string | null;
  /** Positions of earlier nodes in the graph's `nodes`. */
  readonly inputs: readonly number[];
  readonly params: Params;
}

/** A graph whose nodes have names. All lists but `nodes` hold positions in `nodes`. */
export interface NamedGraph {
  /** In topological order, inputs and constants first. */
  readonly nodes: readonly NamedNode[];
  readonly inputs: readonly number[];
  /** Data that is neither an input nor computed from one. */
  readonly constants: readonly number[];
  readonly outputs: readonly number[];
  /** How the outputs are nested. */
  readonly result: TreeDef;
}

/** Names for nodes: a, b, …, z, aa, ab, …, without those that `taken` has. */
export function* letters(taken: ReadonlySet<string>): Generator<string, never> {
  for (let n = 0; ; n++) {
    let name = "";
    for (let rest = n; rest >= 0; rest = Math.floor(rest / 26) - 1) name = String.fromCharCode(97 + (rest % 26)) + name;
    if (!taken.has(name)) yield name;
  }
}

/** `float32[2,3]`: no spaces, so that a line splits into words. */
const typeText = ({ dtype, shape, results }: TensorType): string =>
  results === undefined ? `${dtype}[${shape.join(",")}]` : `(${results.map(typeText).join(", ")})`;

/** The shortest decimal that is the same number in the node's type: 0.1, not 0.10000000149011612. */
function numberText(value: number, dtype: DType): string {
  if (Object.is(value, -0)) return "-0";
  if (dtype === "float32" && Math.fround(value) === value) {
    for (let digits = 1; digits <= 9; digits++) {
      const short = Number(value.toPrecision(digits));
      if (Math.fround(short) === value) return String(short);
    }
  }
  return String(value);
}

function paramText(value: ParamValue, dtype: DType): string {
  if (typeof value === "number") return numberText(value, dtype);
  if (typeof value !== "object") return String(value);
  if ("key" in value) return value.key;
  return `[${value.map((each) => paramText(each, dtype)).join(",")}]`;
}

const isEmpty = (value: ParamValue): boolean => typeof value === "object" && !("key" in value) && value.every(isEmpty);

/** Whether the result's type, which stands on the same line, already says it. */
const isSaid = (name: string, value: ParamValue, { dtype, shape }: TensorType): boolean =>
  (name === "dtype" && value === dtype) || (name === "shape" && sameShape(value as Shape, shape));

function paramsText(node: NamedNode): string {
  let text = "";
  for (const [name, value] of Object.entries(node.params)) {
    if (!(value instanceof Body) && !isEmpty(value) && !isSaid(name, value, node))
      text += ` ${name}=${paramText(value, node.dtype)}`;
  }
  return text;
}

/** Operations that need bodies show them below, indented. */
function bodiesText(node: NamedNode): string[] {
  return Object.entries(node.params).flatMap(([name, value]) => {
    if (!(value instanceof Body)) return [];
    const [head, ...rest] = printGraph(namedBody(value)).split("\n");
    return [`      ${name} = ${head}`, ...rest.map((line) => `      ${line}`)];
  });
}

function namedBody({ graph: { nodes, inputs, outputs } }: Body): NamedGraph {
  const free = letters(new Set());
  const leaf: TreeDef = { kind: "leaf" };
  return {
    nodes: nodes.map((node) => ({ ...node, name: free.next().value, op: node.op?.name ?? null })),
    inputs,
    constants: [],
    outputs,
    result: { kind: "array", children: outputs.map(() => leaf) },
  };
}

/**
 * @example
 * { (weight: float32[16,16], x: float32[16]) =>
 *     a: float32[16] = dot weight x contract=[[1],[0]]
 *     b: float32[16] = tanh a
 *   in b }
 */
export function printGraph({ nodes, inputs, constants, outputs, result }: NamedGraph): string {
  const declared = (node: NamedNode): string => `${node.name}: ${typeText(node)}`;
  const isInput = new Set(inputs);
  const isConstant = new Set(constants);
  const lines = nodes.flatMap((node, i) => {
    if (isInput.has(i)) return [];
    const words = isConstant.has(i) ? ["constant"] : [node.op, ...node.inputs.map((input) => nodes[input].name)];
    return [`    ${declared(node)} = ${words.join(" ")}${paramsText(node)}`, ...bodiesText(node)];
  });
  const head = `{ (${inputs.map((i) => declared(nodes[i])).join(", ")}) =>`;
  let next = 0;
  const tail = `  in ${showTree(result, () => nodes[outputs[next++]].name)} }`;
  return [head, ...lines, tail].join("\n");
}
