/** @file From what a person passes to nodes that primitives take: numbers become tensors, types promote, shapes broadcast. */
import { allocate, type DType, defaultDtype, type FloatingDType, isFloating, promote } from "../dtype.ts";
import { broadcastInDim, cast, full } from "../emit.ts";
import { ArgumentError, showShape } from "../errors.ts";
import { constantNode, type Node } from "../graph/node.ts";
import { toStored } from "../primitives/elementwise.ts";
import { broadcastShapes, range, type Shape } from "../shape.ts";
import { Tensor, type TensorLike } from "../tensor.ts";

/**
 * Small round numbers become part of the program, where they can be simplified away; others go in as data, so that a
 * loop over learning rates or times does not compile one program per value.
 */
const isBakedIn = (value: number): boolean =>
  !Number.isFinite(value) || (Number.isInteger(value * 2) && Math.abs(value) <= 16);

/** A number as a node of the given type. */
export function numberNode(value: number, dtype: DType): Node {
  const stored = toStored(value, dtype);
  if (isBakedIn(stored)) return full(stored, [], dtype);
  const data = allocate(dtype, 1);
  data[0] = stored;
  return constantNode({ shape: [], dtype }, data);
}

/** What came instead of what was expected, for messages. */
export function describe(value: unknown): string {
  if (value instanceof Tensor) return `a tensor ${showShape(value.shape)}`;
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return "an array";
  if (typeof value === "object") return `an object of class ${value.constructor?.name ?? "Object"}`;
  return `a ${typeof value}`;
}

function requireOperand(name: string, value: TensorLike): void {
  if (value instanceof Tensor || typeof value === "number" || typeof value === "boolean") return;
  throw new ArgumentError(
    `${name}: expected a tensor or a number, got ${describe(value)}. Wrap nested arrays with tensor(…).`,
  );
}

/** Checks what must be a tensor, where a number says too little. */
export function requireTensor(name: string, value: unknown): asserts value is Tensor {
  if (value instanceof Tensor) return;
  throw new ArgumentError(`${name}: expected a tensor, got ${describe(value)}. Make one with tensor(…).`);
}

/**
 * Checks a parameter that is a number. A tensor would be read, and what it depends on lost: its derivative would silently
 * be 0.
 */
export function requireNumber(name: string, parameter: string, value: unknown): void {
  if (typeof value === "number") return;
  throw new ArgumentError(
    `${name}: expected ${parameter} to be a number, got ${describe(value)}. It takes part in no derivative; read a tensor with item().`,
  );
}

/** Checks parameters that are whole numbers. */
export function requireIntegers(name: string, ...values: readonly number[]): void {
  const odd = values.findIndex((value) => !Number.isInteger(value));
  if (odd >= 0) throw new ArgumentError(`${name}: expected an integer, got ${String(values[odd])}.`);
}

/** Extents and axes come as one array, not one by one. */
export function requireArray(name: string, what: string, list: readonly unknown[]): void {
  if (Array.isArray(list)) return;
  throw new ArgumentError(
    `${name}: expected ${what} as an array, such as [1, 0], got ${typeof list === "number" ? String(list) : describe(list)}. Put them in brackets.`,
  );
}

/** The type a bare number would have alone, and its rank among types: it never promotes a tensor within a category. */
function commonType(values: readonly TensorLike[]): DType {
  let dtype: DType | null = null;
  for (const value of values)
    if (value instanceof Tensor) dtype = dtype === null ? value.dtype : promote(dtype, value.dtype);
  for (const value of values) {
    if (value instanceof Tensor) continue;
    const isInteger = typeof value === "number" && Number.isInteger(value);
    if (dtype === null) dtype = defaultDtype();
    else if (typeof value === "number" && !isInteger && !isFloating(dtype)) dtype = defaultDtype();
    else if (isInteger && dtype === "bool") dtype = "int32";
  }
  return dtype ?? defaultDtype();
}

/** The type for functions with values between integers. */
export const toFloating = (dtype: DType): FloatingDType => (isFloating(dtype) ? dtype : defaultDtype());

/** The type for arithmetic: truth values count as integers. */
export const notBool = (dtype: DType): DType => (dtype === "bool" ? "int32" : dtype);

/** The node of one operand, converted to `dtype` if that is given. */
export function operand(name: string, value: TensorLike, dtype?: DType): Node {
  requireOperand(name, value);
  if (value instanceof Tensor) return dtype === undefined ? value.node : cast(value.node, dtype);
  return numberNode(Number(value), dtype ?? (typeof value === "boolean" ? "bool" : defaultDtype()));
}

/** One operand as a floating type: integers become the default one, as in PyTorch. */
export function floatingOperand(name: string, value: TensorLike): Node {
  const node = operand(name, value);
  return cast(node, toFloating(node.dtype));
}

/** Two operands of one floating type, or int32, for products: shapes stay as they are. */
export function promotedPair(name: string, x: TensorLike, y: TensorLike): [Node, Node] {
  const [a, b] = [operand(name, x), operand(name, y)];
  const dtype = notBool(promote(a.dtype, b.dtype));
  return [cast(a, dtype), cast(b, dtype)];
}

/** NumPy broadcasting of a node. */
export function broadcastNode(x: Node, shape: Shape): Node {
  return broadcastInDim(x, shape, range(x.shape.length, shape.length - x.shape.length));
}

/** Several operands of one type and shape. `as` changes the promoted type. */
export function operands(
  name: string,
  values: readonly TensorLike[],
  as: (dtype: DType) => DType = (dtype) => dtype,
): Node[] {
  for (const value of values) requireOperand(name, value);
  const dtype = as(commonType(values));
  const nodes = values.map((value) => operand(name, value, dtype));
  const shape = broadcastShapes(name, ...nodes.map((node) => node.shape));
  return nodes.map((node) => broadcastNode(node, shape));
}

/**
 * Checks that what stands where options do is an object: a bare value there would be ignored in silence.
 * @param example what a call might pass, for the message
 */
export function requireOptionsObject(name: string, options: unknown, example: string): void {
  if (typeof options === "object" && options !== null && !Array.isArray(options) && !(options instanceof Tensor))
    return;
  throw new ArgumentError(
    `${name}: expected options as an object, such as ${example}, got ${typeof options === "boolean" || typeof options === "number" ? String(options) : describe(options)}.`,
  );
}
