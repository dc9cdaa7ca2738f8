/** @file What a session puts where every cell finds it, and what the editor knows of it, are the same. */
import assert from "node:assert/strict";
import path from "node:path";
import ts from "typescript";
import { TestNotebook } from "../session/harness.ts";

const DECLARED = path.resolve("extension/language/session-globals.d.ts");

/** The names that the declarations put into the global scope as values. */
function declaredNames(): string[] {
  const source = ts.createSourceFile(DECLARED, ts.sys.readFile(DECLARED) ?? "", ts.ScriptTarget.Latest);
  return source.statements.flatMap((statement) => {
    if (ts.isFunctionDeclaration(statement)) return statement.name ? [statement.name.text] : [];
    if (!ts.isVariableStatement(statement)) return [];
    return statement.declarationList.declarations.map(({ name }) => (name as ts.Identifier).text);
  });
}

/** Each global as the session's own source makes it, against its declaration: both ways, so that neither says more. */
const AGREEMENT = `
import type { DisplayHandle as Handle, Displays } from "./extension/session/displays.ts";
import type { Inputs } from "./extension/session/inputs.ts";
import type * as rich from "./extension/session/display/rich-text.ts";
declare const displays: Displays;
declare const inputs: Inputs;
const shown: ReturnType<typeof display> = displays.display(1);
const made: Parameters<typeof displays.display> = [] as unknown as Parameters<typeof display>;
declare const handle: Handle;
const update: (value: unknown) => void = (value) => display.update(handle, value);
const clear: typeof clearOutput = displays.clearOutput;
const clearBack: Displays["clearOutput"] = clearOutput;
const ask: typeof input = inputs.ask;
const askBack: (...given: Parameters<Inputs["ask"]>) => ReturnType<Inputs["ask"]> = input;
const tags: [typeof html, typeof md, typeof svg, typeof tex] = [] as unknown as [
  typeof rich.html, typeof rich.md, typeof rich.svg, typeof rich.tex,
];
const given: Parameters<typeof rich.html> = [] as unknown as Parameters<typeof html>;
export { shown, made, update, clear, clearBack, ask, askBack, tags, given };
`;

suite("the session's globals", () => {
  test("are the ones that the editor knows, and no others", async () => {
    const notebook = new TestNotebook();
    const plain =
      'JSON.parse(require("node:child_process").execFileSync(process.execPath, ["-p", "JSON.stringify(Object.getOwnPropertyNames(globalThis))"], { encoding: "utf8" }))';
    const code =
      `import { createRequire } from "node:module"; const require = createRequire(import.meta.url); const known = new Set(${plain});\n` +
      "JSON.stringify(Object.getOwnPropertyNames(globalThis).filter((name) => !known.has(name) && !name.startsWith('__')).sort())";
    const { text, error } = await notebook.run(code);
    await notebook.dispose();
    assert.ok(text, error?.text);
    const names = (JSON.parse(text.slice(1, -1)) as string[]).filter(
      (name) => !["known", "createRequire"].includes(name),
    );
    assert.deepEqual(names, [...new Set(declaredNames())].sort());
  });

  test("have the types that they are made with", () => {
    const file = path.resolve("agreement.ts");
    const options: ts.CompilerOptions = {
      ...ts.parseJsonConfigFileContent(ts.readConfigFile("tsconfig.json", ts.sys.readFile).config, ts.sys, ".").options,
      noEmit: true,
    };
    const host = ts.createCompilerHost(options);
    const { readFile, fileExists, getSourceFile } = host;
    host.fileExists = (name) => name === file || fileExists(name);
    host.readFile = (name) => (name === file ? AGREEMENT : readFile(name));
    host.getSourceFile = (name, target, ...rest) =>
      name === file ? ts.createSourceFile(name, AGREEMENT, target) : getSourceFile(name, target, ...rest);
    const program = ts.createProgram([file, DECLARED], options, host);
    const source = program.getSourceFile(file);
    const problems = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    assert.deepEqual(
      problems.map(({ messageText, start }) => `${start}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`),
      [],
    );
  });
});
