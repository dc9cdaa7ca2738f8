/**
 * @file From TypeScript to JavaScript. Types are blanked without moving a character wherever that is possible; a
 * cell with an enum, a namespace, a parameter property or a decorator goes through TypeScript's own transform.
 */
import { blankSourceFile } from "ts-blank-space";
import ts from "typescript";
import { parseModule, syntaxProblems } from "./parse.ts";
import { Lines } from "./positions.ts";
import { CellSyntaxError } from "./problems.ts";
import { SourceMap } from "./source-map.ts";

export interface Erased {
  readonly javascript: string;
  /** From an offset in `javascript` to one in the cell; undefined in what the compiler added. */
  toSource(offset: number): number | undefined;
  /** The cell ends with an expression that is to be shown: no `;` after it. */
  readonly showsResult: boolean;
  /** Imported names that the cell uses as types and never as values, though not imported with `import type`. */
  readonly typeNames: ReadonlySet<string>;
  /** Nothing but types was taken out. */
  readonly erasable: boolean;
  /** Every name in the cell: any other that `javascript` has is the compiler's own. */
  readonly writtenNames: ReadonlySet<string>;
}

const TRANSPILE_OPTIONS: ts.CompilerOptions = {
  // Decorators, `accessor` and `using` need lowering: this Node runs none of them.
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  verbatimModuleSyntax: true,
  isolatedModules: true,
  noLib: true,
  noResolve: true,
  types: [],
  sourceMap: true,
  newLine: ts.NewLineKind.LineFeed,
};

export function eraseTypes(source: string): Erased {
  const file = parseModule(source, ts.ScriptKind.TS);
  const problems = [...syntaxProblems(file), ...moduleProblems(file)];
  if (problems.length > 0) throw new CellSyntaxError(problems);

  const last = file.statements.at(-1);
  const showsResult = last !== undefined && ts.isExpressionStatement(last) && source[last.end - 1] !== ";";
  const { types, values } = namesByUse(file);
  const typeNames = new Set([...types].filter((name) => !values.has(name)));
  const found = { showsResult, typeNames, writtenNames: new Set([...types, ...values]) };

  let erasable = !needsTransform(file);
  const blanked = erasable ? blankSourceFile(file, () => (erasable = false)) : "";
  if (erasable) return { ...found, javascript: blanked, toSource: (offset) => offset, erasable };
  return { ...found, ...transpile(file), erasable };
}

/** What `ts.transpileModule` does, but with the file as `parseModule` mends it. */
function transpile(file: ts.SourceFile): Pick<Erased, "javascript" | "toSource"> {
  let outputText = "";
  let sourceMapText = '{"mappings":""}';
  const host: ts.CompilerHost = {
    getSourceFile: (name) => (name === file.fileName ? file : undefined),
    writeFile: (name, text) => {
      if (name.endsWith(".map")) sourceMapText = text;
      else outputText = text;
    },
    getDefaultLibFileName: () => "lib.d.ts",
    useCaseSensitiveFileNames: () => true,
    getCanonicalFileName: (name) => name,
    getCurrentDirectory: () => "",
    getNewLine: () => "\n",
    fileExists: (name) => name === file.fileName,
    readFile: () => undefined,
  };
  const program = ts.createProgram([file.fileName], TRANSPILE_OPTIONS, host);
  program.emit();
  const javascript = outputText.replace(/\n\/\/# sourceMappingURL=.*\s*$/, "\n").replace(/\bexport \{\};(?=\s*$)/, "");
  const map = new SourceMap(sourceMapText);
  const generated = new Lines(javascript);
  const original = new Lines(file.text);
  const toSource = (offset: number) => {
    const position = map.toSource(generated.positionAt(offset));
    return position && original.offsetAt(position);
  };
  return { javascript, toSource };
}

/** Syntax that the blanking does not complain about but this Node does not run. */
function needsTransform(file: ts.SourceFile): boolean {
  const visit = (node: ts.Node): boolean =>
    ts.isDecorator(node) ||
    ts.isAutoAccessorPropertyDeclaration(node) ||
    (ts.isVariableDeclarationList(node) && (node.flags & ts.NodeFlags.Using) === ts.NodeFlags.Using) ||
    (ts.forEachChild(node, visit) ?? false);
  return visit(file);
}

/** Forms of import and export that have no meaning in a cell. */
function moduleProblems(file: ts.SourceFile) {
  const problems: { message: string; offset: number }[] = [];
  for (const statement of file.statements) {
    const report = (message: string) => problems.push({ message, offset: statement.getStart(file) });
    if (ts.isImportEqualsDeclaration(statement) && ts.isExternalModuleReference(statement.moduleReference)) {
      report('`import x = require("…")` does not work in a cell: write `import x from "…"`.');
    } else if (ts.isExportAssignment(statement) || (ts.isExportDeclaration(statement) && !statement.isTypeOnly)) {
      report("A cell has no exports: every cell sees the names of all others. Remove the export.");
    } else if (hasModifier(statement, ts.SyntaxKind.DefaultKeyword)) {
      report("A cell has no default export: give the declaration a name and remove `export default`.");
    }
  }
  return problems;
}

function hasModifier(node: ts.Node, kind: ts.SyntaxKind): boolean {
  return ts.canHaveModifiers(node) && (ts.getModifiers(node)?.some((modifier) => modifier.kind === kind) ?? false);
}

function namesByUse(file: ts.SourceFile): { types: Set<string>; values: Set<string> } {
  const types = new Set<string>();
  const values = new Set<string>();
  const visit = (node: ts.Node, inType: boolean): void => {
    if (ts.isImportDeclaration(node)) return;
    if (ts.isIdentifier(node)) (inType ? types : values).add(node.text);
    const typeBelow =
      inType || ts.isTypeNode(node) || ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node);
    // `extends Base<T>` parses as a type node around a value.
    const valueBelow = ts.isExpressionWithTypeArguments(node) && isClassExtends(node.parent);
    ts.forEachChild(node, (child) => visit(child, valueBelow ? ts.isTypeNode(child) : typeBelow));
  };
  visit(file, false);
  return { types, values };
}

function isClassExtends(node: ts.Node): boolean {
  return ts.isHeritageClause(node) && node.token === ts.SyntaxKind.ExtendsKeyword && ts.isClassLike(node.parent);
}
