/**
 * @file What all elementwise primitives share: one shape, entry by entry. A family gives a scalar function, its loop
 * expression and its partial derivatives; shape rule, reference evaluation, batching and folding of constants follow.
 */
import type { DType } from "../dtype.ts";
import { broadcastLeading, emitLike, full } from "../emit.ts";
import { DTypeError, ShapeError, showShape } from "../errors.ts";
import { NO_PARAMS, type Node, type Params, type TensorType } from "../graph/node.ts";
import type { Expr } from "../loops/ir.ts";
import type { OnnxForm } from "../onnx/writer/form.ts";
import { type Derivative, define, type PrimitiveName, type PrimitiveParams } from "../primitive.ts";
import { sameShape } from "../shape.ts";
import { entrywise } from "../structure/rules.ts";
import type { Term } from "../structure/term.ts";

/** The number a node is filled with when that is part of the program, else null. */
export function literalValue(node: Node): number | null {
  return node.expression?.op.name === "full" ? (node.expression.params.value as number) : null;
}

export interface Elementwise<P> {
  /** Element type of the result for those of the inputs; throws for types it does not take. */
  dtype(inputs: readonly DType[], params: P): DType;
  /** On plain numbers, in double precision; `dtype` is the inputs' type. */
  scalar(dtype: DType, params: P): (...values: number[]) => number;
  /** Relative to a multiplication; decides whether the compiler may compute it twice. */
  readonly cost: number;
  expr(args: readonly Expr[], dtype: DType, params: P): Expr;
  readonly derivative: Derivative<P>;
  /** Follows from partial derivatives; others say it. */
  structure?(i: number, inputs: readonly Node[], out: Node, params: P): readonly Term[];
  readonly onnx?: OnnxForm<P>;
  simplify?(inputs: readonly Node[], params: P): Node | null;
}

/** An array rounds what is stored into it, except that int32 wraps where it should saturate (NaN gives 0). */
export function toStored(value: number, dtype: DType): number {
  if (dtype === "float32") return Math.fround(value);
  if (dtype === "bool") return value !== 0 ? 1 : 0;
  if (dtype === "int32") {
    if (Number.isNaN(value)) return 0;
    return Math.max(-2147483648, Math.min(2147483647, Math.trunc(value)));
  }
  return value;
}

function structureOf<P>({ derivative, structure }: Elementwise<P>): Elementwise<P>["structure"] {
  if (derivative.kind !== "partials") return structure;
  return (i, inputs, out, params) => entrywise(out, derivative.partial(i, inputs, out, params));
}

export function defineElementwise<K extends PrimitiveName>(name: K, rules: Elementwise<PrimitiveParams[K]>): void {
  type P = PrimitiveParams[K];
  define<K>(name, {
    infer(inputs, params): TensorType {
      const [first] = inputs;
      for (const input of inputs) {
        if (!sameShape(input.shape, first.shape)) {
          throw new ShapeError(
            `${name}: expected equal shapes, got ${inputs.map((each) => showShape(each.shape)).join(" and ")}.`,
          );
        }
      }
      return {
        shape: first.shape,
        dtype: rules.dtype(
          inputs.map((input) => input.dtype),
          params,
        ),
      };
    },
    evaluate(inputs, out, params: P) {
      const f = rules.scalar(inputs[inputs.length - 1].dtype, params);
      const [a, b, c] = inputs.map((input) => input.data);
      // By the number of arguments: Math.max takes what is undefined for NaN.
      if (inputs.length === 1) for (let i = 0; i < out.data.length; i++) out.data[i] = f(a[i]);
      else if (inputs.length === 2) for (let i = 0; i < out.data.length; i++) out.data[i] = f(a[i], b[i]);
      else for (let i = 0; i < out.data.length; i++) out.data[i] = f(a[i], b[i], c[i]);
    },
    derivative: rules.derivative,
    structure: structureOf(rules),
    batch(inputs, batched, size, params) {
      const all = inputs.map((input, i) => (batched[i] ? input : broadcastLeading(input, [size])));
      return emitByName(name, all, params);
    },
    lowering: {
      kind: "point",
      cost: rules.cost,
      at: (point) =>
        rules.expr(
          point.inputs.map((_, i) => point.read(i, point.index)),
          point.type.dtype,
          point.params,
        ),
    },
    onnx: rules.onnx,
    simplify(inputs, params) {
      const values = inputs.map(literalValue);
      if (values.every((value) => value !== null)) {
        const dtype = rules.dtype(
          inputs.map((input) => input.dtype),
          params,
        );
        const value = rules.scalar(inputs[inputs.length - 1].dtype, params)(...(values as number[]));
        return full(toStored(value, dtype), inputs[0].shape, dtype);
      }
      return rules.simplify?.(inputs, params) ?? null;
    },
  });
}

// `emit` is generic over the name; inside a generic function TypeScript cannot see that the parameters match.
const emitByName = (name: string, inputs: readonly Node[], params: unknown): Node =>
  emitLike({ name }, inputs, (params ?? NO_PARAMS) as Params);

/** For functions of real numbers: all inputs of one floating type, which is the result's. */
export function floatingOnly(name: string): (inputs: readonly DType[]) => DType {
  return (inputs) => {
    const [dtype] = inputs;
    if (inputs.some((each) => each !== dtype) || (dtype !== "float32" && dtype !== "float64")) {
      throw new DTypeError(
        `${name}: expected float32 or float64, got ${inputs.join(" and ")}. Convert with x.to("float32").`,
      );
    }
    return dtype;
  };
}

/** For arithmetic that integers have too: one type for all inputs, not bool. */
export function numericOnly(name: string): (inputs: readonly DType[]) => DType {
  return (inputs) => {
    const [dtype] = inputs;
    if (inputs.some((each) => each !== dtype) || dtype === "bool") {
      throw new DTypeError(
        `${name}: expected numbers of one type, got ${inputs.join(" and ")}. Convert with x.to("float32").`,
      );
    }
    return dtype;
  };
}
