/** @file What is said of a matrix, against matrices whose spectra are known. */
import assert from "node:assert/strict";
import { factsOf } from "../../extension/session/facts/facts.ts";
import type { MatrixMeaning, Spectrum } from "../../protocol/facts.ts";

const FLOAT64 = 2 ** -52;
const FLOAT32 = 2 ** -23;

const facts = (rows: readonly (readonly number[])[], meaning: MatrixMeaning, epsilon = FLOAT64) =>
  factsOf(
    { entries: Float64Array.from(rows.flat()), rows: rows.length, columns: rows[0]?.length ?? 0, epsilon },
    meaning,
  );

function close(spectrum: Spectrum | undefined, expected: readonly number[]): void {
  assert.equal(spectrum?.values.length, expected.length);
  for (const [i, value] of expected.entries()) {
    assert.ok(Math.abs(spectrum.values[i] - value) < 1e-12, String(spectrum.values));
  }
}

suite("facts of a matrix", () => {
  test("an indefinite Hessian counts its negative eigenvalues", () => {
    // Eigenvalues of [[a, b], [b, c]]: the mean of a and c, plus and minus the root of ((a − c) / 2)² + b².
    const { sentence, spectrum } = facts(
      [
        [1, 2],
        [2, -2],
      ],
      "hessian",
    );
    close(spectrum, [-3, 2]);
    assert.equal(sentence, "indefinite: 1 negative eigenvalue; smallest −3; condition number 1.5");
    assert.deepEqual(spectrum && { ...spectrum, values: [], conditionNumber: 0 }, {
      kind: "eigenvalues",
      values: [],
      rank: 2,
      negative: 1,
      asymmetry: 0,
      conditionNumber: 0,
    });
  });

  test("definite and semidefinite Hessians", () => {
    assert.equal(
      facts(
        [
          [2, 0],
          [0, 8],
        ],
        "hessian",
      ).sentence,
      "positive definite; condition number 4",
    );
    assert.equal(
      facts(
        [
          [-2, 0],
          [0, -8],
        ],
        "hessian",
      ).sentence,
      "negative definite; condition number 4",
    );
    const flat = facts(
      [
        [1, 1],
        [1, 1],
      ],
      "hessian",
    );
    assert.equal(flat.sentence, "positive semidefinite, 1 of 2 eigenvalues 0 to rounding");
    assert.equal(flat.spectrum?.conditionNumber, null);
    assert.equal(
      facts(
        [
          [0, 0],
          [0, 0],
        ],
        "hessian",
      ).sentence,
      "zero: no curvature in any direction",
    );
    assert.equal(
      facts(
        [
          [1, 0, 0],
          [0, -0.25, 0],
          [0, 0, 0],
        ],
        "hessian",
      ).sentence,
      "indefinite: 1 negative eigenvalue; smallest −0.25, 1 of 3 eigenvalues 0 to rounding",
    );
  });

  test("what rounding makes of a zero depends on the numbers that were computed with", () => {
    const almost = [
      [1, 0],
      [0, 1e-9],
    ];
    assert.match(facts(almost, "hessian", FLOAT32).sentence, /^positive semidefinite/);
    assert.match(facts(almost, "hessian", FLOAT64).sentence, /^positive definite; condition number 1e9$/);
  });

  test("a Hessian that is not symmetric says so", () => {
    // A − Aᵀ has the entries ±1, A the entries 1, 2, 1, 3: √2 / √15.
    const { sentence, spectrum } = facts(
      [
        [1, 2],
        [1, 3],
      ],
      "hessian",
    );
    assert.ok(spectrum?.kind === "eigenvalues" && Math.abs(spectrum.asymmetry - Math.sqrt(2 / 15)) < 1e-15);
    assert.match(sentence, /^not symmetric: it differs from its transpose by 37 %; its symmetric part is positive def/);
  });

  test("the rank of a Jacobian, and what it means for inputs and outputs", () => {
    const tall = facts(
      [
        [3, 0],
        [0, 4],
        [0, 0],
      ],
      "jacobian",
    );
    close(tall.spectrum, [4, 3]);
    assert.equal(
      tall.sentence,
      "full rank 2: every direction of the input changes the output, the output cannot move in 1 direction; condition number 1.33",
    );
    const wide = facts(
      [
        [3, 0, 0],
        [0, 4, 0],
      ],
      "jacobian",
    ).sentence;
    assert.equal(wide, "full rank 2: 1 direction of the input changes nothing; condition number 1.33");
    const deficient = facts(
      [
        [1, 2],
        [2, 4],
        [3, 6],
      ],
      "jacobian",
    ).sentence;
    assert.equal(deficient, "rank 1: 1 direction of the input changes nothing, the output cannot move in 2 directions");
    assert.equal(
      facts(
        [
          [0, 2],
          [1, 0],
        ],
        "jacobian",
      ).sentence,
      "invertible (rank 2); condition number 2",
    );
    assert.equal(facts([[0, 0, 0]], "jacobian").sentence, "zero: no input changes any output");
  });

  test("a block between two arguments has a rank and no more", () => {
    assert.equal(
      facts(
        [
          [1, 2, 3],
          [2, 4, 6],
        ],
        "mixed",
      ).sentence,
      "rank 1 of at most 2",
    );
  });

  test("entries that are not finite, and none at all", () => {
    assert.deepEqual(
      facts(
        [
          [Number.NaN, 1],
          [1, 2],
        ],
        "hessian",
      ),
      { sentence: "no spectrum: 1 entry is not finite" },
    );
    assert.deepEqual(facts([], "jacobian"), { sentence: "no entries" });
  });

  test("a matrix that is too large says so, and is not worked on", () => {
    const size = 4000;
    const large = { entries: new Float64Array(size * size), rows: size, columns: size, epsilon: FLOAT64 };
    assert.deepEqual(factsOf(large, "hessian"), {
      sentence: "no spectrum: 4000 × 4000 is too large, about 2700 × 2700 is the limit",
    });
  });
});
