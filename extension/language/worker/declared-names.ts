/** @file What a cell's text says about names: which it declares at its top level, mentions, and assigns to. */
import ts from "typescript";
import { bindingNames, isVar } from "../../session/rewrite/scope.ts";

export type NameKind =
  | "const"
  | "let"
  | "var"
  | "function"
  | "class"
  | "enum"
  | "module"
  | "interface"
  | "type"
  | "import";

export interface DeclaredName {
  readonly kind: NameKind;
  /** Of the name, where it is declared first in the cell. */
  readonly offset: number;
  /** The cell wrote `export` before it. */
  readonly exported: boolean;
}

export interface CellNames {
  readonly declared: ReadonlyMap<string, DeclaredName>;
  /** Every identifier of the cell, whatever it means. */
  readonly mentioned: ReadonlySet<string>;
  /** Identifiers that are written to somewhere. */
  readonly assigned: ReadonlySet<string>;
}

export function namesOf(text: string, javascript: boolean): CellNames {
  const kind = javascript ? ts.ScriptKind.JS : ts.ScriptKind.TS;
  const file = ts.createSourceFile("cell.ts", text, ts.ScriptTarget.ESNext, /* setParentNodes: */ true, kind);
  const declared = new Map<string, DeclaredName>();
  const mentioned = new Set<string>();
  const assigned = new Set<string>();

  const declare = (name: ts.Identifier, kind: NameKind, exported: boolean) => {
    const earlier = declared.get(name.text);
    // An empty name is the parser's, where one is missing.
    if (name.text === "") return;
    // `interface P` and `function P` are one name with two meanings; the value's kind says how it may be used.
    const offset = earlier?.offset ?? name.getStart(file);
    const isType = kind === "interface" || kind === "type";
    declared.set(name.text, {
      kind: earlier && isType ? earlier.kind : kind,
      offset,
      exported: exported || (earlier?.exported ?? false),
    });
  };
  for (const statement of file.statements) declareStatement(statement, declare);

  const visit = (node: ts.Node, inFunction: boolean): void => {
    if (ts.isIdentifier(node)) mentioned.add(node.text);
    // A `var` in a block or loop belongs to the cell.
    if (ts.isVariableDeclarationList(node) && !inFunction && isVar(node)) {
      if (!ts.isVariableStatement(node.parent) || node.parent.parent !== file) {
        for (const name of boundNames(node)) declare(name, "var", false);
      }
    }
    for (const name of writtenNames(node)) assigned.add(name);
    ts.forEachChild(node, (child) => visit(child, inFunction || ts.isFunctionLike(node) || ts.isModuleBlock(node)));
  };
  visit(file, false);
  return { declared, mentioned, assigned };
}

function declareStatement(
  statement: ts.Statement,
  declare: (name: ts.Identifier, kind: NameKind, exported: boolean) => void,
): void {
  const exported =
    ts.canHaveModifiers(statement) &&
    (ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) ?? false);
  if (ts.isVariableStatement(statement)) {
    const { flags } = statement.declarationList;
    const kind = flags & ts.NodeFlags.Const ? "const" : flags & ts.NodeFlags.Let ? "let" : "var";
    for (const name of boundNames(statement.declarationList)) declare(name, kind, exported);
  } else if (ts.isFunctionDeclaration(statement) && statement.name) declare(statement.name, "function", exported);
  else if (ts.isClassDeclaration(statement) && statement.name) declare(statement.name, "class", exported);
  else if (ts.isEnumDeclaration(statement)) declare(statement.name, "enum", exported);
  else if (ts.isInterfaceDeclaration(statement)) declare(statement.name, "interface", exported);
  else if (ts.isTypeAliasDeclaration(statement)) declare(statement.name, "type", exported);
  else if (ts.isModuleDeclaration(statement)) {
    const global = (statement.flags & ts.NodeFlags.GlobalAugmentation) !== 0;
    if (ts.isIdentifier(statement.name) && !global) declare(statement.name, "module", exported);
  } else if (ts.isImportEqualsDeclaration(statement)) declare(statement.name, "import", exported);
  else if (ts.isImportDeclaration(statement) && statement.importClause) {
    const { name, namedBindings } = statement.importClause;
    if (name) declare(name, "import", false);
    if (namedBindings && ts.isNamespaceImport(namedBindings)) declare(namedBindings.name, "import", false);
    if (namedBindings && ts.isNamedImports(namedBindings)) {
      for (const element of namedBindings.elements) declare(element.name, "import", false);
    }
  }
}

function boundNames(list: ts.VariableDeclarationList): ts.Identifier[] {
  return list.declarations.flatMap(({ name }) => bindingNames(name));
}

/** The names that this very node writes to; those inside patterns included. */
function writtenNames(node: ts.Node): string[] {
  if (ts.isBinaryExpression(node)) {
    const { kind } = node.operatorToken;
    const assigns = kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment;
    return assigns ? targets(node.left) : [];
  }
  if (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) {
    const { operator } = node;
    const steps = operator === ts.SyntaxKind.PlusPlusToken || operator === ts.SyntaxKind.MinusMinusToken;
    return steps ? targets(node.operand) : [];
  }
  if (ts.isForOfStatement(node) || ts.isForInStatement(node)) {
    return ts.isVariableDeclarationList(node.initializer) ? [] : targets(node.initializer);
  }
  return [];
}

function targets(target: ts.Expression): string[] {
  if (ts.isIdentifier(target)) return [target.text];
  if (ts.isParenthesizedExpression(target) || ts.isSpreadElement(target)) return targets(target.expression);
  if (ts.isBinaryExpression(target)) return targets(target.left);
  if (ts.isArrayLiteralExpression(target)) return target.elements.flatMap(targets);
  if (!ts.isObjectLiteralExpression(target)) return [];
  return target.properties.flatMap((property) => {
    if (ts.isShorthandPropertyAssignment(property)) return [property.name.text];
    if (ts.isPropertyAssignment(property)) return targets(property.initializer);
    return ts.isSpreadAssignment(property) ? targets(property.expression) : [];
  });
}
