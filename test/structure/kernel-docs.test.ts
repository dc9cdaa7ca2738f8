/** @file docs/kernel.md: its samples compile, run on the built kernel, and give what their comments say. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import ts from "typescript";
import { programOf } from "./program.ts";
import { claimOf, fencesIn, freeNames, runSample, standsAlone } from "./samples.ts";

const PAGE = "docs/kernel.md";
const text = readFileSync(PAGE, "utf8");
const samples = fencesIn(PAGE, text);

suite("docs/kernel.md", () => {
  test("samples compile", function () {
    this.timeout(60_000);
    const files = new Map(samples.map(({ code }, i) => [`docs/sample-${i}.ts`, code]));
    // A sample shows values by naming them, and need not use all that it takes apart.
    const program = programOf([], files);
    const wrong = [...files.keys()].flatMap((file, i) =>
      program
        .getSemanticDiagnostics(program.getSourceFile(file))
        .filter(({ code }) => code !== 6133)
        .map(({ messageText }) => `${samples[i].place}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`),
    );
    assert.deepEqual(wrong, []);
  });

  for (const sample of samples) {
    test(`${sample.place} gives what it says`, async () => {
      await runSample(sample);
    });
  }

  test("there are samples, and promises in them", async () => {
    let promises = 0;
    for (const sample of samples) promises += await runSample(sample);
    assert.ok(samples.length >= 9 && promises >= 35, `${samples.length} samples with ${promises} promises`);
  });

  test("links lead somewhere", () => {
    for (const [, target] of text.matchAll(/\]\(([^)]+)\)/g)) assert.ok(existsSync(`docs/${target}`), target);
  });
});

suite("samples of documentation", () => {
  const sample = (code: string) => runSample({ place: "here", code });

  test("a wrong promise is found", async () => {
    assert.equal(await sample('import { tensor } from "cotangent";\ntensor([1, 2]).sum(); // 3'), 1);
    await assert.rejects(sample("tensor([1, 2]).sum(); // 4"), /here promises 4, but it gives 3/);
    await assert.rejects(sample("zeros([2, 3]); // shape [3, 2]"), /here promises \[3, 2\]/);
    await assert.rejects(sample("const y = tensor([1, 2]); // [1, 2.5]"), /here promises/);
    await assert.rejects(sample("tensor(0.3337); // 0.333"), /here promises/);
    assert.equal(await sample("tensor(0.3334); // 0.3334, not 1/3"), 1);
    await assert.rejects(sample("tensor([1]).foo();"), /here fails: .*foo is not a function/);
  });

  test("prose is told from promises", () => {
    assert.equal(claimOf("the midpoint"), null);
    assert.equal(claimOf("[m, k] · [k] → [m]"), null);
    assert.equal(claimOf("3 of them"), null);
    assert.equal(claimOf("2.088e-45, where 1 − erf(10) is 0")?.value, 2.088e-45);
    assert.equal(claimOf("−3")?.value, -3);
    assert.equal(claimOf("shape [2, 3]")?.isShape, true);
  });

  test("what stands alone is told from what does not", () => {
    assert.ok(standsAlone("grad((x: Tensor) => x.square().sum())(tensor([1, 2]))"));
    assert.ok(standsAlone("const [y, push] = linearize((x: Tensor) => x, tensor([1])); push(y)"));
    assert.ok(!standsAlone("erfinv(erf(x))"));
    assert.ok(!standsAlone("cond(x.sum().gt(0), (x) => x.log(), (x) => x.neg(), x)"));
    assert.deepEqual(
      [...freeNames("normal(mean, std, { shape: mean.shape })")],
      ["normal", "mean", "std", "mean.shape"],
    );
  });
});
