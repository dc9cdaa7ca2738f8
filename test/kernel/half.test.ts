/** @file Half precision, against what its definition says. */
import assert from "node:assert/strict";
import { bitsOfHalf, halfFromBits } from "../../kernel/half.ts";

suite("half precision", () => {
  test("every number comes back from its bits", () => {
    for (let bits = 0; bits < 0x10000; bits++) {
      const value = halfFromBits(bits);
      if (!Number.isNaN(value)) assert.equal(bitsOfHalf(value), bits);
    }
    assert.ok(Number.isNaN(halfFromBits(bitsOfHalf(Number.NaN))));
  });

  test("what lies between two numbers becomes the nearer, in the middle the even one", () => {
    for (const sign of [1, -1]) {
      for (let bits = 0; bits < 0x7bff; bits++) {
        const [low, high] = [halfFromBits(bits), halfFromBits(bits + 1)];
        const middle = (low + high) / 2;
        const base = sign < 0 ? 0x8000 : 0;
        const [down, up] = [bitsOfHalf(sign * middle * (1 - 2 ** -30)), bitsOfHalf(sign * middle * (1 + 2 ** -30))];
        assert.deepEqual([down, up], [base + bits, base + bits + 1]);
        assert.equal(bitsOfHalf(sign * middle), base + bits + (bits & 1));
      }
    }
  });

  test("beyond the largest there are infinities", () => {
    assert.deepEqual([65519, 65520, 1e30, -1e30].map(bitsOfHalf), [0x7bff, 0x7c00, 0x7c00, 0xfc00]);
  });
});
