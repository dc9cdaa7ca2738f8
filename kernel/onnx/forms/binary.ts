/** @file Functions of two arguments as ONNX operators, and choosing and converting. */
import type { DType } from "../../dtype.ts";
import type { BinaryFn } from "../../loops/ir.ts";
import type { OnnxForm, OnnxSite } from "../writer/form.ts";
import { Formula } from "./expression.ts";

const operators: Partial<Record<BinaryFn, string>> = {
  add: "Add",
  sub: "Sub",
  mul: "Mul",
  pow: "Pow",
  max: "Max",
  min: "Min",
  and: "And",
  or: "Or",
};

const comparisons: Partial<Record<BinaryFn, readonly string[]>> = {
  eq: ["Equal"],
  ne: ["Equal", "Not"],
  lt: ["Less"],
  le: ["LessOrEqual"],
  gt: ["Greater"],
  ge: ["GreaterOrEqual"],
};

type Write = (site: OnnxSite<unknown>, f: Formula, x: string, y: string) => string;

const composed: Partial<Record<BinaryFn, { readonly operators: readonly string[]; readonly write: Write }>> = {
  div: {
    operators: ["Div"],
    write({ inputs }, f, x, y) {
      if (inputs[0].dtype !== "int32") return f.div(x, y);
      // An integer divided by 0 is 0 here; a processor stops at it.
      const isZero = f.equal(y, 0);
      return f.where(isZero, 0, f.div(x, f.where(isZero, 1, y)));
    },
  },
  remainder: {
    operators: ["Mod"],
    write({ writer, inputs }, f, x, y) {
      if (inputs[0].dtype === "int32") {
        const isZero = f.equal(y, 0);
        return f.where(isZero, 0, writer.node("Mod", [x, f.where(isZero, 1, y)]));
      }
      // The operator has the sign of the dividend for floating types.
      const r = writer.node("Mod", [x, y], { fmod: 1 });
      const differs = writer.node("Xor", [f.less(r, 0), f.less(y, 0)]);
      const isOther = writer.node("And", [differs, writer.node("Not", [f.equal(r, 0)])]);
      return f.where(isOther, f.add(r, y), r);
    },
  },
  atan2: {
    operators: ["Atan", "Where"],
    write({ writer, inputs }, f, y, x) {
      const atan = (t: string): string => (inputs[0].dtype === "float32" ? writer.node("Atan", [t]) : f.atan(t));
      // Of the smaller over the larger, so that nothing overflows and 0 is divided by 0 only at the origin.
      const [sizeX, sizeY] = [f.abs(x), f.abs(y)];
      const [large, small] = [f.op("Max", sizeX, sizeY), f.op("Min", sizeX, sizeY)];
      const isOrigin = f.equal(large, 0);
      const bothInfinite = f.equal(small, Number.POSITIVE_INFINITY);
      const ratio = f.where(bothInfinite, 1, f.div(small, f.where(isOrigin, 1, large)));
      const steep = f.greater(sizeY, sizeX);
      const angle = atan(ratio);
      const first = f.where(steep, f.sub(Math.PI / 2, angle), angle);
      // 1/x tells −0 from 0, as the function does.
      const isNegative = (v: string): string => f.less(f.where(f.equal(v, 0), f.div(1, v), v), 0);
      const turned = f.where(isNegative(x), f.sub(Math.PI, first), first);
      return f.where(isNegative(y), f.neg(turned), turned);
    },
  },
};

/** The form of a function, or undefined where no operators make it. */
export function binaryForm(fn: BinaryFn): OnnxForm<unknown> | undefined {
  const operator = operators[fn];
  if (operator !== undefined) {
    return {
      operators: [operator],
      broadcasts: true,
      write: ({ writer, inputs: [x, y] }) => writer.node(operator, [x.name, y.name]),
    };
  }
  const comparison = comparisons[fn];
  if (comparison !== undefined) {
    return {
      operators: comparison,
      broadcasts: true,
      write({ writer, inputs }) {
        // Only equality is defined for bools.
        const [x, y] = inputs.map(({ name, dtype }) => (dtype === "bool" ? writer.cast(name, "int32") : name));
        return comparison.slice(1).reduce((name, op) => writer.node(op, [name]), writer.node(comparison[0], [x, y]));
      },
    };
  }
  const rule = composed[fn];
  return (
    rule && {
      operators: rule.operators,
      broadcasts: true,
      write: (site) => {
        const [x, y] = site.inputs;
        return rule.write(site, new Formula(site.writer, x.dtype), x.name, y.name);
      },
    }
  );
}

export const whereForm: OnnxForm<unknown> = {
  operators: ["Where"],
  broadcasts: true,
  write({ writer, inputs: [test, yes, no] }) {
    if (yes.dtype !== "bool") return writer.node("Where", [test.name, yes.name, no.name]);
    // Runtimes leave it out for bools.
    const either = (a: string, b: string): string => writer.node("And", [a, b]);
    const otherwise = writer.node("Not", [test.name]);
    return writer.node("Or", [either(test.name, yes.name), either(otherwise, no.name)]);
  },
};

const INT_MAX = 2 ** 31 - 1;
/** The largest float32 below 2³¹. */
const BELOW_INT_MAX = 2 ** 31 - 128;

export const castForm: OnnxForm<{ readonly dtype: DType }> = {
  operators: ["Cast"],
  broadcasts: true,
  write({ writer, inputs: [x], params: { dtype } }) {
    const isFloat = x.dtype === "float32" || x.dtype === "float64";
    if (!isFloat || dtype !== "int32") return writer.cast(x.name, dtype);
    // What does not fit is undefined in ONNX. Here it is the nearest integer, and 0 for NaN.
    const f = new Formula(writer, x.dtype);
    const known = f.where(writer.node("IsNaN", [x.name]), 0, x.name);
    const most = x.dtype === "float32" ? BELOW_INT_MAX : INT_MAX;
    const inside = writer.cast(f.op("Clip", known, -(2 ** 31), most), "int32");
    if (most === INT_MAX) return inside;
    return new Formula(writer, "int32").where(f.op("GreaterOrEqual", known, 2 ** 31), INT_MAX, inside);
  },
};

/** The same value under another name. */
export const identityForm: OnnxForm<unknown> = {
  operators: ["Identity"],
  write: ({ inputs: [x] }) => x.name,
};
