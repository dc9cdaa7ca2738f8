/** @file Functions that generated code calls: JavaScript's for rare mathematics, ours for int32 division. */

import type { BinaryFn, UnaryFn } from "../../../loops/ir.ts";
import { binaryFunctions, unaryFunctions } from "../../../loops/scalar.ts";
import type { Callable } from "../code/function.ts";
import type { ModuleBuilder } from "../code/module.ts";
import type { ValueType } from "../code/opcodes.ts";

const F64: readonly ValueType[] = ["f64"];

/**
 * The JavaScript function, from float64 to `result`. For an i32 result the engine converts as JavaScript's bitwise
 * operators do (modulo 2³²).
 */
export function importedUnary(module: ModuleBuilder, fn: UnaryFn, result: "f64" | "i32"): Callable {
  return module.sharedImport(`${fn}:${result}`, F64, [result], unaryFunctions[fn]);
}

export function importedBinary(module: ModuleBuilder, fn: BinaryFn, result: "f64" | "i32"): Callable {
  return module.sharedImport(`${fn}:${result}`, ["f64", "f64"], [result], binaryFunctions[fn]);
}

/** int32 division toward zero that never traps: x / 0 is 0, −2³¹ / −1 wraps. */
export function int32Divide(module: ModuleBuilder): Callable {
  return module.shared("int32Divide", ["i32", "i32"], ["i32"], (f) => {
    const [x, y] = [0, 1];
    // −1 is apart since the machine instruction overflows there.
    f.get(y).i32(-1).op("i32.eq");
    f.if(
      () => f.i32(0).get(x).op("i32.sub"),
      () => {
        f.get(y);
        f.if(
          () => f.get(x).get(y).op("i32.div_s"),
          () => f.i32(0),
          "i32",
        );
      },
      "i32",
    );
  });
}

/** int32 remainder with the sign of the divisor; x mod 0 is 0. */
export function int32Remainder(module: ModuleBuilder): Callable {
  return module.shared("int32Remainder", ["i32", "i32"], ["i32"], (f) => {
    const [x, y] = [0, 1];
    const r = f.local("i32");
    f.get(y);
    f.if(
      () => {
        f.get(x).get(y).op("i32.rem_s").set(r);
        f.get(r).get(y).op("i32.add").get(r);
        f.get(r).i32(0).op("i32.ne").get(r).get(y).op("i32.xor").i32(0).op("i32.lt_s").op("i32.and");
        f.op("select");
      },
      () => f.i32(0),
      "i32",
    );
  });
}
