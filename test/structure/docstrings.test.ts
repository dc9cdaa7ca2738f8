/**
 * @file Every public function says what it does, with an example. Functions that a helper makes from a name, such as
 * `export const sin = real("sin")`, are exempt from the example: one line says all. Examples that stand alone are run.
 */
import assert from "node:assert/strict";
import path from "node:path";
import * as kernel from "cotangent";
import ts from "typescript";
import { programOf } from "./program.ts";
import { freeNames, runSample, type Sample, standsAlone } from "./samples.ts";

interface Documented {
  readonly name: string;
  /** Where it is declared. */
  readonly place: string;
  readonly description: string;
  readonly examples: readonly string[];
  readonly kind: "function" | "made" | "class";
}

/** Made by calling a helper, all of which is said by the name. */
const isMade = (declaration: ts.Declaration): boolean =>
  ts.isVariableDeclaration(declaration) &&
  declaration.initializer !== undefined &&
  ts.isCallExpression(declaration.initializer);

/** A name that is declared and not used: an example need not use all that it takes apart. */
const UNUSED = 6133;

const kernelNames = (code: string): string[] =>
  [...freeNames(code)].filter((name) => name in kernel && name !== "Tensor");

function publicApi(): Documented[] {
  const program = programOf(["kernel/index.ts"]);
  const checker = program.getTypeChecker();
  const index = checker.getSymbolAtLocation(program.getSourceFile("kernel/index.ts")!)!;
  return checker.getExportsOfModule(index).flatMap((exported): Documented[] => {
    const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
    const declaration = symbol.valueDeclaration;
    if (declaration === undefined) return [];
    const isClass = ts.isClassDeclaration(declaration);
    if (!isClass && checker.getTypeOfSymbol(symbol).getCallSignatures().length === 0) return [];
    const source = declaration.getSourceFile();
    const line = source.getLineAndCharacterOfPosition(declaration.getStart()).line + 1;
    return [
      {
        name: exported.name,
        place: `${path.relative(process.cwd(), source.fileName)}:${line}`,
        description: ts.displayPartsToString(symbol.getDocumentationComment(checker)),
        examples: symbol
          .getJsDocTags(checker)
          .filter(({ name }) => name === "example")
          .map(({ text }) => ts.displayPartsToString(text)),
        kind: isClass ? "class" : isMade(declaration) ? "made" : "function",
      },
    ];
  });
}

suite("docstrings", () => {
  // Examples of settings leave them set.
  suiteTeardown(() => {
    kernel.setDefaultDtype("float32");
    kernel.setPrintDigits(4);
  });

  let api: Documented[] = [];
  suiteSetup(function () {
    this.timeout(60_000);
    api = publicApi();
  });
  const listed = (those: readonly Documented[]): string[] => those.map(({ name, place }) => `${name} (${place})`);

  test("every public function and class has a description", () => {
    assert.ok(api.length > 250, `only ${api.length} exports found`);
    assert.deepEqual(listed(api.filter(({ description }) => description.trim().length < 4)), []);
  });

  test("every public function that is not made by a helper has an example", () => {
    const functions = api.filter(({ kind }) => kind === "function");
    assert.ok(functions.length > 150);
    assert.deepEqual(listed(functions.filter(({ examples }) => examples.length === 0)), []);
  });

  test("examples that stand alone compile", function () {
    this.timeout(60_000);
    const samples = api.flatMap(({ name, place, examples }) =>
      examples.filter(standsAlone).map((code) => ({ place: `${name} (${place})`, code })),
    );
    const files = new Map(
      samples.map(({ code }, i) => [
        `kernel/example-${i}.ts`,
        `import { ${[...new Set(["type Tensor", ...kernelNames(code)])].join(", ")} } from "./index.ts";\n${code}\n`,
      ]),
    );
    const program = programOf([], files);
    const wrong = [...files.keys()].flatMap((file, i) =>
      program
        .getSemanticDiagnostics(program.getSourceFile(file))
        .filter(({ code }) => code !== UNUSED)
        .map(({ messageText }) => `${samples[i].place}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`),
    );
    assert.deepEqual(wrong, []);
  });

  test("examples that stand alone run, and give what they say", async () => {
    const samples = api.flatMap(({ name, place, examples }) =>
      examples.map((code): Sample => ({ place: `the example of ${name} (${place})`, code })),
    );
    const alone = samples.filter(({ code }) => standsAlone(code));
    const failed: string[] = [];
    let promises = 0;
    for (const sample of alone) {
      try {
        promises += await runSample(sample);
      } catch (error) {
        failed.push(error instanceof Error ? error.message : String(error));
      }
    }
    assert.deepEqual(failed, []);
    assert.ok(
      alone.length > 100 && promises > 80,
      `${alone.length} of ${samples.length} examples, ${promises} promises`,
    );
  });
});
