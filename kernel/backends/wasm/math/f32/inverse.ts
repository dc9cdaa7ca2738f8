/** @file asin, acos, atan and atan2 for f32x4, computed in float64. */
import type { FunctionBuilder } from "../../code/function.ts";
import { orSignOf, SIGN_BIT, withLocals } from "../polynomial.ts";
import { highWords, inDoubles, oddPolynomial } from "./doubles.ts";

/** (asin(s) / s − 1) / s² in s², for |s| ≤ ½. */
const ASIN = [
  0.03756508265484597, 0.014402687678700699, 0.03181759077273028, 0.04451572264028694, 0.07500510906086924,
  0.16666659872070502,
];
/** (atan(q) / q − 1) / q² in q², for |q| ≤ 1. */
const ATAN = [
  1.1138218191441196e-3, -7.318109042200856e-3, 0.02254016107039939, -0.04469024865615201, 0.06741615918529564,
  -0.08811098187545528, 0.11058225096032, -0.14279833205965092, 0.1999967113084595, -0.3333332689976251,
];

/**
 * Sets `large` to whether a > ½ and pushes asin(s), where s is a, or √((1 − a) / 2) for large a: then half of acos(a).
 * Above 1 that is NaN.
 */
function asinOfSmaller(f: FunctionBuilder, a: number, large: number): void {
  withLocals(f, 1, (square) => {
    f.get(a).f64x2(0.5).op("f64x2.gt").set(large);
    f.f64x2(1).get(a).op("f64x2.sub").f64x2(0.5).op("f64x2.mul");
    f.get(a).get(a).op("f64x2.mul").get(large).laneSelect().tee(square);
    f.op("f64x2.sqrt").get(a).get(large).laneSelect().set(a);
    oddPolynomial(f, a, square, ASIN);
  });
}

export function asin(f: FunctionBuilder): void {
  withLocals(f, 2, (x, size) => {
    f.tee(x).op("f32x4.abs").set(size);
    inDoubles(f, [size], (a) =>
      withLocals(f, 1, (large) => {
        asinOfSmaller(f, a, large);
        f.set(a);
        f.f64x2(Math.PI / 2)
          .get(a)
          .get(a)
          .op("f64x2.add")
          .op("f64x2.sub");
        f.get(a).get(large).laneSelect();
      }),
    );
    orSignOf(f, x);
  });
}

/** π/2 − asin(x) for small x, 2 asin(s) for large, π − 2 asin(s) for large negative x. */
export function acos(f: FunctionBuilder): void {
  withLocals(f, 1, (x) => {
    f.set(x);
    inDoubles(f, [x], (given) =>
      withLocals(f, 3, (a, large, sign) => {
        f.get(given).op("f64x2.abs").set(a);
        asinOfSmaller(f, a, large);
        f.set(a);
        f.get(given);
        highWords(f, SIGN_BIT).op("v128.and").set(sign);
        // Of −2 asin(s) or asin(|x|), with the sign of x.
        f.get(a).get(a).op("f64x2.add").f64x2(-0).op("v128.xor").get(a).get(large).laneSelect();
        f.get(sign).op("v128.xor").set(a);
        f.f64x2(Math.PI).f64x2(0).get(given).f64x2(0).op("f64x2.lt").laneSelect();
        f.f64x2(Math.PI / 2)
          .get(large)
          .laneSelect();
        f.get(a).op("f64x2.sub");
      }),
    );
  });
}

export function atan(f: FunctionBuilder): void {
  withLocals(f, 2, (x, size) => {
    f.tee(x).op("f32x4.abs").set(size);
    inDoubles(f, [size], (a) =>
      withLocals(f, 2, (large, square) => {
        f.get(a).f64x2(1).op("f64x2.gt").set(large);
        // atan(a) = π/2 − atan(1 / a)
        f.f64x2(1).get(a).get(large).laneSelect();
        f.get(a).f64x2(1).get(large).laneSelect().op("f64x2.div");
        f.tee(a).get(a).op("f64x2.mul").set(square);
        oddPolynomial(f, a, square, ATAN);
        f.set(a);
        f.f64x2(Math.PI / 2)
          .get(a)
          .op("f64x2.sub")
          .get(a)
          .get(large)
          .laneSelect();
      }),
    );
    orSignOf(f, x);
  });
}

/** With the smaller of |y| and |x| divided by the larger; then the octants one after the other. */
export function atan2(f: FunctionBuilder): void {
  withLocals(f, 2, (y, x) => {
    f.set(x).set(y);
    inDoubles(f, [y, x], (top, base) =>
      withLocals(f, 5, (a, b, steep, square, sign) => {
        f.get(top).op("f64x2.abs").set(a);
        f.get(base).op("f64x2.abs").set(b);
        f.get(a).get(b).op("f64x2.gt").set(steep);
        // Within bounds that make 0 / 0 zero and ∞ / ∞ one; NaN stays.
        f.get(b).get(a).get(steep).laneSelect().f64x2(1e300).op("f64x2.pmin");
        f.get(a).get(b).get(steep).laneSelect().f64x2(1e300).op("f64x2.pmin").f64x2(1e-300).op("f64x2.pmax");
        f.op("f64x2.div").tee(a).get(a).op("f64x2.mul").set(square);
        oddPolynomial(f, a, square, ATAN);
        f.set(a);
        f.get(base);
        highWords(f, SIGN_BIT).op("v128.and").set(sign);
        // With a minus where x has one: π/2 − a where steep, else a, or π + a where x has a minus.
        f.get(a).get(sign).op("v128.xor").set(a);
        f.f64x2(Math.PI / 2)
          .get(a)
          .op("f64x2.sub");
        f.f64x2(Math.PI).f64x2(0).get(sign).f64x2(1).op("v128.or").f64x2(0).op("f64x2.lt").laneSelect();
        f.get(a).op("f64x2.add");
        f.get(steep).laneSelect();
        f.get(top);
        highWords(f, SIGN_BIT).op("v128.and").op("v128.or");
      }),
    );
  });
}
