/**
 * @file Formulas of f64x2 values. A function of two lanes is written as an expression; `emit` turns it into code that
 * computes what is shared once and keeps nothing longer than it is needed.
 */
import type { Callable, FunctionBuilder } from "../../code/function.ts";
import type { PlainOp } from "../../code/opcodes.ts";

type Form =
  | { readonly kind: "input"; readonly index: number }
  | { readonly kind: "constant"; readonly write: (f: FunctionBuilder) => void }
  | { readonly kind: "operation"; readonly op: PlainOp; readonly operands: readonly Value[]; readonly by?: number }
  | { readonly kind: "multiplyAdd"; readonly operands: readonly [Value, Value, Value]; readonly negative: boolean }
  | { readonly kind: "select"; readonly operands: readonly [Value, Value, Value] }
  | { readonly kind: "lanes"; readonly call: Callable; readonly operands: readonly Value[] }
  | { readonly kind: "rarely"; readonly usual: Value; readonly mask: Value; readonly rare: Value };

/** Two float64, two 64-bit integers, or a mask of two lanes. */
export class Value {
  readonly form: Form;

  constructor(form: Form) {
    this.form = form;
  }

  #op(op: PlainOp, ...others: readonly (Value | number)[]): Value {
    return new Value({ kind: "operation", op, operands: [this, ...others.map(lift)] });
  }

  add(y: Value | number): Value {
    return this.#op("f64x2.add", y);
  }
  sub(y: Value | number): Value {
    return this.#op("f64x2.sub", y);
  }
  mul(y: Value | number): Value {
    return this.#op("f64x2.mul", y);
  }
  div(y: Value | number): Value {
    return this.#op("f64x2.div", y);
  }
  sqrt(): Value {
    return this.#op("f64x2.sqrt");
  }
  abs(): Value {
    return this.#op("f64x2.abs");
  }
  neg(): Value {
    return this.#op("f64x2.neg");
  }
  /** To the nearest whole number, half to even. */
  nearest(): Value {
    return this.#op("f64x2.nearest");
  }
  /** this · y + z, rounded once or twice: for where either will do. */
  mulAdd(y: Value | number, z: Value | number): Value {
    return new Value({ kind: "multiplyAdd", operands: [this, lift(y), lift(z)], negative: false });
  }
  /** z − this · y, rounded once or twice. */
  mulSubFrom(y: Value | number, z: Value | number): Value {
    return new Value({ kind: "multiplyAdd", operands: [this, lift(y), lift(z)], negative: true });
  }

  /** This unless y is smaller; NaN stays. */
  atMost(y: Value | number): Value {
    return this.#op("f64x2.pmin", y);
  }
  /** This unless y is larger; NaN stays. */
  atLeast(y: Value | number): Value {
    return this.#op("f64x2.pmax", y);
  }

  lt(y: Value | number): Value {
    return this.#op("f64x2.lt", y);
  }
  le(y: Value | number): Value {
    return this.#op("f64x2.le", y);
  }
  gt(y: Value | number): Value {
    return this.#op("f64x2.gt", y);
  }
  ge(y: Value | number): Value {
    return this.#op("f64x2.ge", y);
  }
  eq(y: Value | number): Value {
    return this.#op("f64x2.eq", y);
  }
  ne(y: Value | number): Value {
    return this.#op("f64x2.ne", y);
  }

  and(y: Value): Value {
    return this.#op("v128.and", y);
  }
  or(y: Value): Value {
    return this.#op("v128.or", y);
  }
  xor(y: Value): Value {
    return this.#op("v128.xor", y);
  }
  /** This without the bits of y. */
  without(y: Value): Value {
    return this.#op("v128.andnot", y);
  }
  not(): Value {
    return this.#op("v128.not");
  }
  /** Of a mask: `yes` where it is set, `no` elsewhere. */
  select(yes: Value | number, no: Value | number): Value {
    return new Value({ kind: "select", operands: [lift(yes), lift(no), this] });
  }

  /** Sums and shifts of the 64 bits. */
  addBits(y: Value): Value {
    return this.#op("i64x2.add", y);
  }
  subBits(y: Value): Value {
    return this.#op("i64x2.sub", y);
  }
  shiftLeft(by: number): Value {
    return new Value({ kind: "operation", op: "i64x2.shl", operands: [this], by });
  }
  shiftRight(by: number): Value {
    return new Value({ kind: "operation", op: "i64x2.shr_u", operands: [this], by });
  }
  gtBits(y: Value): Value {
    return this.#op("i64x2.gt_s", y);
  }
  eqBits(y: Value): Value {
    return this.#op("i64x2.eq", y);
  }
  /** Half of the integers in the lower 32 bits, rounded down; the upper ones are lost. */
  halveLow(): Value {
    return new Value({ kind: "operation", op: "i32x4.shr_s", operands: [this], by: 1 });
  }

  /** `rare` in the lanes of `mask`, computed only if there are such lanes. */
  unless(mask: Value, rare: Value): Value {
    return new Value({ kind: "rarely", usual: this, mask, rare });
  }
}

function lift(x: Value | number): Value {
  return typeof x === "number" ? constant(x) : x;
}

export const constant = (x: number): Value => new Value({ kind: "constant", write: (f) => f.f64x2(x) });

/** The argument of a function, by its position. */
export const input = (index: number): Value => new Value({ kind: "input", index });

/** A pattern of 64 bits. */
export function bits(pattern: bigint): Value {
  const [low, high] = [Number(BigInt.asIntN(32, pattern)), Number(BigInt.asIntN(32, pattern >> 32n))];
  return new Value({ kind: "constant", write: (f) => f.i32x4(low, high, low, high) });
}

/** A scalar function of each lane. */
export const eachLane = (call: Callable, ...operands: readonly Value[]): Value =>
  new Value({ kind: "lanes", call, operands });

export const SIGN = bits(1n << 63n);

/** The polynomial with these coefficients, the lowest first, by G. Estrin's scheme: short chains, few more operations. */
export function polynomial(x: Value, coefficients: readonly number[]): Value {
  const powers = [x];
  const part = (from: number, count: number): Value => {
    if (count === 1) return constant(coefficients[from]);
    const level = 31 - Math.clz32(count - 1);
    while (powers.length <= level) {
      const last = powers[powers.length - 1];
      powers.push(last.mul(last));
    }
    const half = 1 << level;
    return powers[level].mulAdd(part(from + half, count - half), part(from, half));
  };
  return part(0, coefficients.length);
}

const childrenOf = ({ form }: Value): readonly Value[] => {
  if (form.kind === "rarely") return [form.usual, form.mask, form.rare];
  return form.kind === "input" || form.kind === "constant" ? [] : form.operands;
};

/** Writes the code of `root`; inputs are in `inputs`, the result is left on the stack. */
export function emit(f: FunctionBuilder, root: Value, inputs: readonly number[]): void {
  const uses = new Map<Value, number>();
  const count = (value: Value): void => {
    const before = uses.get(value) ?? 0;
    uses.set(value, before + 1);
    if (before === 0) for (const child of childrenOf(value)) count(child);
  };
  count(root);

  const known = new Map<Value, number>();
  const left = new Map(uses);

  const push = (value: Value): void => {
    const { form } = value;
    if (form.kind === "constant") {
      form.write(f);
      return;
    }
    if (form.kind === "input") {
      f.get(inputs[form.index]);
      return;
    }
    const remaining = left.get(value)! - 1;
    left.set(value, remaining);
    const local = known.get(value);
    if (local !== undefined) {
      f.get(local);
      if (remaining === 0) f.release(local);
      return;
    }
    compute(value);
    if (remaining === 0) return;
    const kept = f.local("v128");
    known.set(value, kept);
    f.tee(kept);
  };

  const compute = ({ form }: Value): void => {
    switch (form.kind) {
      case "operation":
        for (const operand of form.operands) push(operand);
        if (form.by !== undefined) f.i32(form.by);
        f.op(form.op);
        return;
      case "multiplyAdd": {
        const [x, y, z] = form.operands;
        const factors = (): void => {
          push(x);
          push(y);
        };
        if (form.negative) f.nmadd("f64x2", factors, () => push(z));
        else f.madd("f64x2", factors, () => push(z));
        return;
      }
      case "select":
        for (const operand of form.operands) push(operand);
        f.laneSelect();
        return;
      case "lanes":
        perLane(form.call, form.operands);
        return;
      case "rarely":
        branch(form.usual, form.mask, form.rare);
    }
  };

  const perLane = (call: Callable, operands: readonly Value[]): void => {
    const locals = operands.map((operand) => {
      const local = f.local("v128");
      push(operand);
      f.set(local);
      return local;
    });
    for (const lane of [0, 1]) {
      for (const local of locals) f.get(local).lane("f64x2.extract_lane", lane);
      f.call(call);
      if (lane === 0) f.op("f64x2.splat");
      else f.lane("f64x2.replace_lane", lane);
    }
    for (const local of locals) f.release(local);
  };

  const branch = (usual: Value, mask: Value, rare: Value): void => {
    for (const shared of sharedParts(rare, uses)) {
      if (known.has(shared)) continue;
      const kept = f.local("v128");
      compute(shared);
      f.set(kept);
      known.set(shared, kept);
    }
    const [result, lanes] = [f.local("v128"), f.local("v128")];
    push(usual);
    f.set(result);
    push(mask);
    f.tee(lanes).op("v128.any_true");
    f.if(() => {
      push(rare);
      f.get(result).get(lanes).laneSelect().set(result);
    });
    f.get(result);
    f.release(result);
    f.release(lanes);
  };

  push(root);
}

/** What a branch that computes `root` needs and other code needs too: it must be known before. */
function sharedParts(root: Value, uses: ReadonlyMap<Value, number>): Value[] {
  const inside = new Map<Value, number>();
  const count = (value: Value): void => {
    const before = inside.get(value) ?? 0;
    inside.set(value, before + 1);
    if (before === 0) for (const child of childrenOf(value)) count(child);
  };
  count(root);
  return [...inside.keys()].filter(
    (value) => value.form.kind !== "input" && value.form.kind !== "constant" && uses.get(value)! > inside.get(value)!,
  );
}
