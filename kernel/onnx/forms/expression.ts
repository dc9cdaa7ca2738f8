/** @file Formulas of one type as operators: what decompositions are written with, so that they read like formulas. */
import type { DType } from "../../dtype.ts";
import type { GraphWriter } from "../writer/graph-writer.ts";

/** The name of a value, or a number. */
export type Term = string | number;

/** A function of one value as operators. */
export type Rule = (f: Formula, x: string) => string;

export class Formula {
  readonly #writer: GraphWriter;
  /** Of every value and number in it. */
  readonly dtype: DType;

  constructor(writer: GraphWriter, dtype: DType) {
    this.#writer = writer;
    this.dtype = dtype;
  }

  /** An operator on values and numbers. */
  op(name: string, ...terms: Term[]): string {
    const inputs = terms.map((term) => (typeof term === "number" ? this.#writer.scalar(term, this.dtype) : term));
    return this.#writer.node(name, inputs);
  }

  add = (x: Term, y: Term): string => this.op("Add", x, y);
  sub = (x: Term, y: Term): string => this.op("Sub", x, y);
  mul = (x: Term, y: Term): string => this.op("Mul", x, y);
  div = (x: Term, y: Term): string => this.op("Div", x, y);
  neg = (x: Term): string => this.op("Neg", x);
  abs = (x: Term): string => this.op("Abs", x);
  sign = (x: Term): string => this.op("Sign", x);
  exp = (x: Term): string => this.op("Exp", x);
  log = (x: Term): string => this.op("Log", x);
  sqrt = (x: Term): string => this.op("Sqrt", x);
  square = (x: string): string => this.op("Mul", x, x);
  less = (x: Term, y: Term): string => this.op("Less", x, y);
  greater = (x: Term, y: Term): string => this.op("Greater", x, y);
  equal = (x: Term, y: Term): string => this.op("Equal", x, y);
  /** `test` is a bool. */
  where = (test: string, yes: Term, no: Term): string => this.op("Where", test, yes, no);

  /** Coefficients from the highest power down. */
  polynomial(coefficients: readonly number[], x: string): string {
    const [first, second, ...rest] = coefficients;
    return rest.reduce((sum, each) => this.add(this.mul(sum, x), each), this.add(this.mul(x, first), second));
  }

  /** eˣ − 1, with all digits near 0. */
  expm1(x: string): string {
    return this.mul(this.op("Tanh", this.mul(x, 0.5)), this.add(this.exp(x), 1));
  }

  /** log(1 + x), with all digits near 0: what 1 + x has lost, the quotient makes good. */
  log1p(x: string): string {
    const u = this.add(x, 1);
    const log = this.log(u);
    const repaired = this.div(this.mul(log, x), this.sub(u, 1));
    return this.where(this.equal(u, 1), x, this.where(this.equal(u, Number.POSITIVE_INFINITY), u, repaired));
  }

  /**
   * The arc tangent, without an operator for it: of 1/x beyond 1, then of an eighth of the angle (each step halves it),
   * where a short series has all digits.
   */
  atan(x: string): string {
    const size = this.abs(x);
    const isLarge = this.greater(size, 1);
    let t = this.where(isLarge, this.div(1, size), size);
    for (let step = 0; step < 3; step++) t = this.div(t, this.add(this.sqrt(this.add(this.square(t), 1)), 1));
    const series = Array.from({ length: 10 }, (_, i) => (i % 2 === 0 ? -1 : 1) / (19 - 2 * i));
    const angle = this.mul(this.mul(t, 8), this.polynomial([1 / 21, ...series], this.square(t)));
    return this.mul(this.sign(x), this.where(isLarge, this.sub(Math.PI / 2, angle), angle));
  }
}
