/** @file The part of notebook-globals.ts that a module needs, under names that none of its own names hide. */
import ts from "typescript";
import { namesOf } from "../../language/worker/declared-names.ts";
import { parseModule } from "../../session/rewrite/parse.ts";
import { isReference } from "../../session/rewrite/scope.ts";
import { type CellImport, namesOfImport } from "./imports.ts";

interface Statement {
  readonly text: string;
  readonly declared: readonly string[];
  readonly mentioned: ReadonlySet<string>;
}

export interface NeededGlobals {
  readonly text: string;
  readonly imports: readonly CellImport[];
  /** What the function that prints a cell's result is called. */
  readonly printResult: string;
}

export interface CellNeeds {
  /** Whether a cell's result is printed. */
  readonly results: boolean;
  /** Names that cells mention and do not declare. */
  readonly names: ReadonlySet<string>;
  /** Whether a name has a meaning in cells already. */
  readonly isTaken: (name: string) => boolean;
  readonly freshName: (like: string) => string;
}

const PRINT_RESULT = "printResult";

/** @param source the text of notebook-globals.ts */
export function neededGlobals(source: string, { results, names, isTaken, freshName }: CellNeeds): NeededGlobals {
  const file = parseModule(source, ts.ScriptKind.TS);
  const imports = file.statements.filter(ts.isImportDeclaration);
  const offered = new Set(file.statements.flatMap(exportedNames));
  const statements = file.statements
    .filter((statement) => !ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement))
    .map((statement): Statement => {
      const text = source.slice(statement.pos, statement.end).trim();
      const { declared, mentioned } = namesOf(text, false);
      return { text, declared: [...declared.keys()], mentioned };
    });
  const needed = new Set([...names].filter((name) => offered.has(name)));
  const wanted = new Set(needed);
  if (results) needed.add(PRINT_RESULT);
  for (let before = -1; before < needed.size; ) {
    before = needed.size;
    for (const { declared, mentioned } of statements) {
      if (declared.some((name) => needed.has(name))) for (const name of mentioned) needed.add(name);
    }
  }
  const kept = statements.filter(({ declared }) => declared.some((name) => needed.has(name)));
  const keptImports = imports
    .map((statement) => ({
      specifier: (statement.moduleSpecifier as ts.StringLiteral).text,
      names: namesOfImport(statement, new Set()).filter(({ local }) => needed.has(local)),
    }))
    .filter(({ names }) => names.length > 0);
  const own = [
    ...kept.flatMap(({ declared }) => declared),
    ...keptImports.flatMap(({ names }) => names.map((n) => n.local)),
  ];
  const hidden = own.filter((name) => isTaken(name) && !wanted.has(name));
  const renamed = new Map(hidden.map((name) => [name, freshName(name)]));
  return {
    text: kept.map(({ text }) => withNames(text, renamed)).join("\n\n"),
    imports: keptImports.map(({ specifier, names }) => ({
      specifier,
      names: names.map((name) => ({ ...name, local: renamed.get(name.local) ?? name.local })),
    })),
    printResult: renamed.get(PRINT_RESULT) ?? PRINT_RESULT,
  };
}

function exportedNames(statement: ts.Statement): string[] {
  if (!ts.isExportDeclaration(statement) || !statement.exportClause) return [];
  return ts.isNamedExports(statement.exportClause) ? statement.exportClause.elements.map(({ name }) => name.text) : [];
}

function withNames(text: string, renamed: ReadonlyMap<string, string>): string {
  if (renamed.size === 0) return text;
  const file = parseModule(text, ts.ScriptKind.TS);
  const places: ts.Identifier[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) && renamed.has(node.text) && (isReference(node) || isDeclared(node))) places.push(node);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return places.reduceRight(
    (outcome, name) => outcome.slice(0, name.getStart(file)) + renamed.get(name.text)! + outcome.slice(name.end),
    text,
  );
}

const isDeclared = ({ parent }: ts.Identifier): boolean =>
  ts.isSourceFile(parent.parent) || ts.isVariableStatement(parent.parent.parent) || ts.isTypeReferenceNode(parent);
