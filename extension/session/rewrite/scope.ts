/** @file Which names a piece of JavaScript declares, and whether an identifier means a top-level name. */
import ts from "typescript";

/** Every name a binding pattern (or plain identifier) declares. */
export function bindingNames(name: ts.BindingName): ts.Identifier[] {
  if (ts.isIdentifier(name)) return [name];
  return name.elements.flatMap((element) => (ts.isOmittedExpression(element) ? [] : bindingNames(element.name)));
}

export function isVar(list: ts.VariableDeclarationList): boolean {
  return (list.flags & ts.NodeFlags.BlockScoped) === 0;
}

/** The `var` lists that belong to `root`'s scope: not those of functions and static blocks inside it. */
export function varLists(root: ts.Node): ts.VariableDeclarationList[] {
  const lists: ts.VariableDeclarationList[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isVariableDeclarationList(node) && isVar(node)) lists.push(node);
    if (!ts.isFunctionLike(node) && !ts.isClassStaticBlockDeclaration(node)) ts.forEachChild(node, visit);
  };
  ts.forEachChild(root, visit);
  return lists;
}

/** An identifier that reads or writes a variable, as opposed to a property's name, a label or a declaration. */
export function isReference(identifier: ts.Identifier): boolean {
  const { parent } = identifier;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === identifier;
  if (ts.isPropertyAssignment(parent)) return parent.initializer === identifier;
  if (ts.isShorthandPropertyAssignment(parent)) return true;
  if (ts.isBindingElement(parent)) return parent.initializer === identifier;
  if (ts.isVariableDeclaration(parent)) return parent.initializer === identifier;
  if (ts.isParameter(parent)) return parent.initializer === identifier;
  if (ts.isPropertyDeclaration(parent)) return parent.initializer === identifier;
  if (ts.isFunctionLike(parent)) return "body" in parent && parent.body === identifier;
  const declares =
    ts.isClassLike(parent) ||
    ts.isLabeledStatement(parent) ||
    ts.isBreakOrContinueStatement(parent) ||
    ts.isMetaProperty(parent) ||
    ts.isImportClause(parent) ||
    ts.isImportSpecifier(parent) ||
    ts.isNamespaceImport(parent) ||
    ts.isExportSpecifier(parent);
  return !declares;
}

/** Answers for one file, remembering what each scope declares. */
export class Scopes {
  readonly #declared = new Map<ts.Node, ReadonlySet<string>>();

  isTopLevel(identifier: ts.Identifier): boolean {
    for (let node: ts.Node = identifier.parent; !ts.isSourceFile(node); node = node.parent) {
      if (this.#names(node).has(identifier.text)) return false;
    }
    return true;
  }

  #names(scope: ts.Node): ReadonlySet<string> {
    let names = this.#declared.get(scope);
    if (!names) {
      names = new Set(declaredIn(scope));
      this.#declared.set(scope, names);
    }
    return names;
  }
}

function declaredIn(scope: ts.Node): string[] {
  if (ts.isBlock(scope)) return lexicalNames(scope.statements);
  if (ts.isCaseBlock(scope)) return scope.clauses.flatMap((clause) => lexicalNames(clause.statements));
  if (ts.isForStatement(scope) || ts.isForInStatement(scope) || ts.isForOfStatement(scope)) {
    const { initializer } = scope;
    return initializer && ts.isVariableDeclarationList(initializer) && !isVar(initializer)
      ? listNames(initializer)
      : [];
  }
  if (ts.isCatchClause(scope)) {
    return scope.variableDeclaration ? texts(bindingNames(scope.variableDeclaration.name)) : [];
  }
  if (ts.isClassStaticBlockDeclaration(scope)) return varNames(scope);
  if (ts.isClassLike(scope)) return scope.name ? [scope.name.text] : [];
  if (ts.isFunctionLike(scope)) {
    const own = ts.isFunctionExpression(scope) && scope.name ? [scope.name.text] : [];
    const parameters = scope.parameters.flatMap((parameter) => texts(bindingNames(parameter.name)));
    return [...own, ...parameters, ...varNames(scope)];
  }
  return [];
}

function lexicalNames(statements: readonly ts.Statement[]): string[] {
  return statements.flatMap((statement) => {
    if (ts.isVariableStatement(statement)) {
      return isVar(statement.declarationList) ? [] : listNames(statement.declarationList);
    }
    const named = ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement);
    return named && statement.name ? [statement.name.text] : [];
  });
}

function varNames(root: ts.Node): string[] {
  return varLists(root).flatMap(listNames);
}

function listNames(list: ts.VariableDeclarationList): string[] {
  return list.declarations.flatMap((declaration) => texts(bindingNames(declaration.name)));
}

function texts(identifiers: readonly ts.Identifier[]): string[] {
  return identifiers.map((identifier) => identifier.text);
}
