/** @file Scalar expressions of the loop IR in WGSL. */
import type { DType } from "../../../dtype.ts";
import type { BinaryFn, Expr, Index, UnaryFn } from "../../../loops/ir.ts";
import { inOrder } from "../../../loops/walk.ts";
import { type Bindings, typeOf } from "./bindings.ts";
import { FUNCTIONS } from "./functions/functions.ts";
import { floatText } from "./functions/table.ts";
import { affineText, type Loops } from "./nest.ts";

/** Collects what the code of a shader calls. */
export type Calls = Set<string>;

/** A call of one of the functions of float32, which the shader then has. */
export function call(calls: Calls, name: string, ...operands: readonly string[]): string {
  if (!(name in FUNCTIONS)) throw new TypeError(`There is no function ${name} in the code for WebGPU.`);
  calls.add(name);
  return `${name}(${operands.join(", ")})`;
}

export function constantText(calls: Calls, dtype: DType, value: number): string {
  if (dtype === "bool") return value ? "true" : "false";
  if (dtype === "int32") return value === -(2 ** 31) ? "(-2147483647 - 1)" : `${value}`;
  const rounded = Math.fround(value);
  if (Number.isNaN(rounded)) return call(calls, "nan_");
  if (Number.isFinite(rounded)) return floatText(rounded);
  return rounded > 0 ? call(calls, "inf_") : `(-${call(calls, "inf_")})`;
}

/** Functions of a float32 that WGSL's own do as they should. */
const PLAIN: Partial<Record<UnaryFn, string>> = { floor: "floor", ceil: "ceil", round: "round", trunc: "trunc" };

export function unaryText(calls: Calls, fn: UnaryFn, dtype: DType, x: string): string {
  if (dtype === "bool") {
    if (fn === "not") return `(!${x})`;
    if (fn === "isNaN") return "false";
    if (fn === "isFinite") return "true";
    return x;
  }
  if (dtype === "int32") {
    switch (fn) {
      case "neg":
        return `(0 - ${x})`;
      case "abs":
      case "sign":
        return `${fn}(${x})`;
      case "not":
        return `(${x} == 0)`;
      case "isNaN":
        return "false";
      case "isFinite":
        return "true";
      case "floor":
      case "ceil":
      case "round":
      case "trunc":
        return x;
      default:
        return call(calls, "toInt_", unaryText(calls, fn, "float32", `f32(${x})`));
    }
  }
  // True of 0 and NaN.
  if (fn === "not") return `(!(abs(${x}) > 0.0f))`;
  const plain = PLAIN[fn];
  return plain === undefined ? call(calls, `${fn}_`, x) : `${plain}(${x})`;
}

const OPERATOR: Partial<Record<BinaryFn, string>> = {
  ...{ add: "+", sub: "-", mul: "*" },
  ...{ eq: "==", ne: "!=", lt: "<", le: "<=", gt: ">", ge: ">=" },
};

export function binaryText(calls: Calls, fn: BinaryFn, dtype: DType, x: string, y: string): string {
  if (dtype === "bool") {
    switch (fn) {
      case "eq":
      case "ne":
        return `(${x} ${OPERATOR[fn]} ${y})`;
      case "lt":
        return `(!${x} && ${y})`;
      case "le":
        return `(!${x} || ${y})`;
      case "gt":
        return `(${x} && !${y})`;
      case "ge":
        return `(${x} || !${y})`;
      case "and":
      case "min":
      case "mul":
        return `(${x} && ${y})`;
      case "or":
      case "max":
      case "add":
        return `(${x} || ${y})`;
      default:
        throw new TypeError(`${fn} of bools has no meaning in the loop IR: cast to float32 or int32 first.`);
    }
  }
  // An ordered comparison of its own would not be true of NaN.
  if (fn === "ne" && dtype === "float32") return `(!(${x} == ${y}))`;
  const operator = OPERATOR[fn];
  if (operator !== undefined) return `(${x} ${operator} ${y})`;
  if (dtype === "int32") {
    switch (fn) {
      case "div":
        return call(calls, "intDiv_", x, y);
      case "remainder":
        return call(calls, "intRemainder_", x, y);
      case "pow":
        return call(calls, "intPow_", x, y);
      case "max":
      case "min":
        return `${fn}(${x}, ${y})`;
      case "and":
        return `(${x} != 0 && ${y} != 0)`;
      case "or":
        return `(${x} != 0 || ${y} != 0)`;
      default:
        return call(calls, "toInt_", binaryText(calls, fn, "float32", `f32(${x})`, `f32(${y})`));
    }
  }
  if (fn === "div") return `(${x} / ${y})`;
  if (fn === "and") return `(abs(${x}) > 0.0f && abs(${y}) > 0.0f)`;
  if (fn === "or") return `(abs(${x}) > 0.0f || abs(${y}) > 0.0f)`;
  return call(calls, `${fn}_`, x, y);
}

export function castText(calls: Calls, from: DType, to: DType, x: string): string {
  if (from === to) return x;
  if (to === "bool") return from === "float32" ? `(${x} != 0.0f)` : `(${x} != 0)`;
  if (from === "bool") return to === "float32" ? `select(0.0f, 1.0f, ${x})` : `select(0, 1, ${x})`;
  return to === "float32" ? `f32(${x})` : call(calls, "toInt_", x);
}

/** Writes expressions at one point; what is shared is computed once. */
export class ExpressionWriter {
  readonly lines: string[] = [];
  readonly #texts = new Map<Expr, string>();
  readonly #bindings: Bindings;
  readonly #loops: readonly Loops[];
  readonly #calls: Calls;
  readonly #prefix: string;
  readonly #accumulator: string;

  constructor(bindings: Bindings, loops: readonly Loops[], calls: Calls, prefix = "e", accumulator = "acc") {
    this.#bindings = bindings;
    this.#loops = loops;
    this.#calls = calls;
    this.#prefix = prefix;
    this.#accumulator = accumulator;
  }

  /** The position as an i32; what it depends on must be among the roots. */
  index(index: Index): string {
    const affine = affineText(index, this.#loops);
    const parts = (index.dynamic ?? []).map(({ stride, value }) => `${stride} * ${this.#texts.get(value)!}`);
    return parts.length === 0 ? affine : `(${[affine, ...parts].join(" + ")})`;
  }

  /** Appends what computes the roots, and gives their names. */
  write(roots: readonly Expr[]): string[] {
    for (const e of inOrder(roots)) {
      if (this.#texts.has(e)) continue;
      const text = this.#text(e);
      if (e.kind === "const" || e.kind === "accumulator") this.#texts.set(e, text);
      else {
        const name = `${this.#prefix}${this.#texts.size}`;
        this.lines.push(`let ${name}: ${typeOf(e.dtype)} = ${text};`);
        this.#texts.set(e, name);
      }
    }
    return roots.map((root) => this.#texts.get(root)!);
  }

  #text(e: Expr): string {
    const of = (operand: Expr): string => this.#texts.get(operand)!;
    switch (e.kind) {
      case "load":
        return this.#bindings.load(e.buffer, e.dtype, this.index(e.index));
      case "const":
        return constantText(this.#calls, e.dtype, e.value);
      case "iota":
        return affineText(e.index, this.#loops);
      case "unary":
        return unaryText(this.#calls, e.fn, e.x.dtype, of(e.x));
      case "binary":
        return binaryText(this.#calls, e.fn, e.x.dtype, of(e.x), of(e.y));
      case "select":
        return `select(${of(e.no)}, ${of(e.yes)}, ${castText(this.#calls, e.test.dtype, "bool", of(e.test))})`;
      case "cast":
        return castText(this.#calls, e.x.dtype, e.dtype, of(e.x));
      case "accumulator":
        return this.#accumulator;
    }
  }
}
