/**
 * @file From the JavaScript of a cell to the script that is evaluated.
 *
 * The script is an async function, so that `await` works. The names a cell declares at its top level are
 * variables of the session, declared once (by the evaluator, with `let`) and assigned from then on. So a later cell may declare a name again in any form, functions of earlier cells
 * see the new value, and a cell that fails half-way leaves alone what it has not reached. What the declarations
 * forbade is forbidden still: assigning a constant, reading a name above its declaration.
 *
 * The script calls `HOOK` for what a script cannot do by itself: imports, the result, the checks after an `await`.
 */
import ts from "typescript";
import { Edits, type ProloguePart, type Segment } from "./edits.ts";
import { HOOK, type NameKind } from "./names.ts";
import { parseModule } from "./parse.ts";
import { CellSyntaxError, type SyntaxProblem } from "./problems.ts";
import { bindingNames, isReference, isVar, Scopes, varLists } from "./scope.ts";

export interface Script {
  readonly text: string;
  /** The session's variables this cell declares. */
  readonly names: ReadonlyMap<string, NameKind>;
  /** What `text` is made of. */
  readonly segments: readonly Segment[];
  /** From an offset in `text` to one in the JavaScript. */
  toSource(offset: number): number;
}

export interface ScriptOptions {
  readonly executionId: number;
  readonly showsResult: boolean;
  readonly typeNames: ReadonlySet<string>;
  /** Declarations of other names are the compiler's, and stay inside the script. */
  readonly writtenNames: ReadonlySet<string>;
  /** What earlier cells declared. */
  readonly known: ReadonlyMap<string, NameKind>;
  /** From an offset in the JavaScript to one in the cell. */
  toCell(offset: number): number;
}

export function toScript(javascript: string, options: ScriptOptions): Script {
  return new ScriptWriter(javascript, options).write();
}

class ScriptWriter {
  readonly #file: ts.SourceFile;
  readonly #edits: Edits;
  readonly #options: ScriptOptions;
  readonly #names = new Map<string, NameKind>();
  /** For each top-level `let`, `const` and `class` name: where it is declared. */
  readonly #declarations = new Map<string, ts.Identifier>();
  readonly #scopes = new Scopes();
  readonly #written = new Set<ts.Identifier>();
  readonly #imports: ProloguePart[] = [];
  readonly #varResets = new Set<string>();
  readonly #problems: SyntaxProblem[] = [];
  #resultStatement: ts.ExpressionStatement | undefined;

  constructor(javascript: string, options: ScriptOptions) {
    this.#file = parseModule(javascript, ts.ScriptKind.JS);
    this.#edits = new Edits(javascript);
    this.#options = options;
  }

  write(): Script {
    // A script may begin with `#!`, the function that it becomes may not have it inside.
    if (this.#file.text.startsWith("#!")) this.#edits.replace(0, 2, "//");
    for (const statement of this.#file.statements) this.#declareTopLevel(statement);
    for (const list of varLists(this.#file)) if (!this.#isCompilers(list)) this.#rewriteVar(list);
    this.#showResult();
    ts.forEachChild(this.#file, (node) => this.#visit(node, true));
    if (this.#problems.length > 0) throw new CellSyntaxError(this.#problems);
    const resets = [...this.#varResets].map((name) => `${name}=void 0;`).join("");
    const prologue: readonly ProloguePart[] = [
      { text: '(async()=>{"use strict";', anchor: 0, hidden: true },
      ...this.#imports,
      { text: resets, anchor: 0, hidden: true },
    ];
    const edited = this.#edits.apply(prologue, "\n})");
    return { ...edited, names: this.#names };
  }

  #declareTopLevel(statement: ts.Statement): void {
    const start = statement.getStart(this.#file);
    if (ts.isImportDeclaration(statement)) {
      this.#rewriteImport(statement);
      this.#edits.replace(start, statement.end, ";", true);
    } else if (ts.isVariableStatement(statement)) {
      this.#removeExport(statement);
      const { declarationList } = statement;
      if (!isVar(declarationList) && !this.#isCompilers(declarationList)) this.#rewriteLexical(statement);
    } else if (ts.isFunctionDeclaration(statement) && statement.name) {
      this.#removeExport(statement);
      const { name } = statement;
      this.#declare(name, "function");
      this.#edits.open(start, `${name.text}=`, true);
      this.#edits.replace(name.getStart(this.#file), name.end, "");
      this.#edits.moveToFront(start, statement.end);
    } else if (ts.isClassDeclaration(statement) && statement.name) {
      this.#removeExport(statement);
      this.#declare(statement.name, "class");
      this.#declarations.set(statement.name.text, statement.name);
      this.#edits.wrap({ start, end: statement.end }, `;${statement.name.text}=`, ";");
    } else if (ts.isExportDeclaration(statement)) {
      // The compiler's: of a class with decorators, or the mark of a module.
      this.#edits.replace(start, statement.end, ";", true);
    }
  }

  #isCompilers(list: ts.VariableDeclarationList): boolean {
    const names = list.declarations.flatMap(({ name }) => bindingNames(name));
    return names.every(({ text }) => !this.#options.writtenNames.has(text));
  }

  /** The script only assigns, so that a name declared twice has to be found here. */
  #declare(name: ts.Identifier, kind: NameKind): void {
    const before = this.#names.get(name.text);
    const mayRepeat = kind === "var" || kind === "function";
    if (before && !(mayRepeat && (before === "var" || before === "function"))) {
      this.#report(name, `Identifier '${name.text}' is declared twice in this cell.`);
    }
    if (before !== "function") this.#names.set(name.text, kind);
  }

  #report(node: ts.Node, message: string): void {
    this.#problems.push({ message, offset: node.getStart(this.#file) });
  }

  #removeExport(statement: ts.Statement): void {
    if (!ts.canHaveModifiers(statement)) return;
    for (const modifier of ts.getModifiers(statement) ?? []) {
      if (modifier.kind === ts.SyntaxKind.ExportKeyword) this.#blank(modifier);
    }
  }

  #blank(node: ts.Node, text = ""): void {
    const start = node.getStart(this.#file);
    this.#edits.replace(start, node.end, text.padEnd(node.end - start));
  }

  #rewriteLexical(statement: ts.VariableStatement): void {
    const { declarationList } = statement;
    const kind = declarationList.flags & ts.NodeFlags.Const ? "const" : "let";
    for (const declaration of declarationList.declarations) {
      for (const name of bindingNames(declaration.name)) {
        this.#declare(name, kind);
        this.#declarations.set(name.text, name);
      }
      if (kind === "const" && !declaration.initializer) {
        this.#report(declaration.name, "'const' declarations must be initialized.");
      }
    }
    this.#assignInsteadOfDeclaring(declarationList);
  }

  #rewriteVar(list: ts.VariableDeclarationList): void {
    for (const declaration of list.declarations) {
      for (const name of bindingNames(declaration.name)) {
        this.#declare(name, "var");
        // The variable of a `for … of` has no initializer and needs none.
        if (!declaration.initializer && !isForInOrOf(list.parent)) this.#varResets.add(name.text);
      }
    }
    this.#assignInsteadOfDeclaring(list);
  }

  /** `const {a} = f()` → `;    ({a} = f());` in the same place. */
  #assignInsteadOfDeclaring(list: ts.VariableDeclarationList): void {
    const start = list.getStart(this.#file);
    const keywordEnd = start + (this.#file.text.startsWith("const", start) ? 5 : 3);
    const isStatement = ts.isVariableStatement(list.parent);
    // What was a keyword no longer separates this statement from the one above it.
    const separator = isStatement && isStatementList(list.parent.parent) ? ";" : " ";
    // And a name without initializer would be called by a `(` on the next line.
    if (isStatement && this.#file.text[list.parent.end - 1] !== ";") this.#edits.close(list.parent.end, ";");
    this.#edits.replace(start, keywordEnd, separator.padEnd(keywordEnd - start));
    for (const declaration of list.declarations) {
      const isPattern = !ts.isIdentifier(declaration.name);
      // `for (async of` is the beginning of something else.
      if (isForInOrOf(list.parent) && !isPattern) this.#edits.wrap(this.#range(declaration), "(", ")");
      if (!isStatement) continue;
      if (!declaration.initializer && isPattern) {
        this.#report(declaration.name, "A destructuring declaration must have an initializer.");
      } else if (!declaration.initializer && !isVar(list)) {
        this.#edits.close(declaration.end, "=void 0");
      } else if (isPattern) {
        this.#edits.wrap(this.#range(declaration), "(", ")");
      }
    }
  }

  #rewriteImport({ importClause, moduleSpecifier }: ts.ImportDeclaration): void {
    const anchor = moduleSpecifier.getStart(this.#file);
    const picked: [imported: string, local: string][] = [];
    let namespace: string | undefined;
    const pick = (imported: string, local: ts.Identifier) => {
      if (this.#options.typeNames.has(local.text)) return;
      picked.push([imported, local.text]);
      this.#declare(local, "import");
    };
    if (importClause?.name) pick("default", importClause.name);
    const bindings = importClause?.namedBindings;
    if (bindings && ts.isNamespaceImport(bindings)) {
      namespace = bindings.name.text;
      this.#declare(bindings.name, "import");
    } else if (bindings) {
      for (const { propertyName, name } of bindings.elements) pick((propertyName ?? name).text, name);
    }

    const specifier = this.#file.text.slice(anchor, moduleSpecifier.end);
    const wanted = picked.length > 0 ? `,${JSON.stringify(picked.map(([imported]) => imported))}` : "";
    const target = picked.map(([imported, local]) => `${JSON.stringify(imported)}:${local}`).join(",");
    const load = `await ${HOOK}.load(${specifier}${namespace ? "" : wanted})`;
    const take = namespace ? `${namespace}=${load}` : load;
    this.#imports.push({ text: target ? `({${target}}=${take});` : `${take};`, anchor });
  }

  #visit(node: ts.Node, inAsync: boolean): void {
    if (ts.isImportDeclaration(node)) return;
    // Where it is not allowed it stays, for the engine to refuse in its own words.
    if (ts.isAwaitExpression(node) && inAsync) this.#rewriteAwait(node);
    else if (ts.isThrowStatement(node)) this.#edits.wrap(this.#range(node.expression), ` ${HOOK}.thrown((`, "))");
    else if (ts.isForOfStatement(node) && node.awaitModifier) this.#guardBody(node.statement);
    else if (ts.isCatchClause(node) && inAsync) this.#guardBody(node.block);
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      this.#edits.replace(node.expression.getStart(this.#file), node.expression.end, `${HOOK}.load`);
    } else if (ts.isMetaProperty(node) && node.keywordToken === ts.SyntaxKind.ImportKeyword) {
      this.#edits.replace(node.getStart(this.#file), node.end, `${HOOK}.meta`);
    } else if (ts.isReturnStatement(node) && !isInFunction(node)) {
      this.#report(node, "A 'return' statement can only be used within a function body.");
    } else if (node.kind === ts.SyntaxKind.ThisKeyword && !hasOwnThis(node)) {
      this.#edits.replace(node.getStart(this.#file), node.end, "(void 0)");
    } else if (ts.isPrefixUnaryExpression(node)) this.#separateFromComment(node);
    else if (ts.isIdentifier(node)) this.#checkReference(node);
    for (const target of assignmentTargets(node)) this.#written.add(target);
    ts.forEachChild(node, (child) => this.#visit(child, asyncBelow(node, inAsync)));
  }

  /** After an `await`, an interrupted cell goes no further: see `hooks.ts`. */
  #rewriteAwait(node: ts.AwaitExpression): void {
    const statement = enclosingStatement(node);
    const range = this.#range(node);
    const startsStatement = statement !== undefined && this.#range(statement).start === range.start;
    // An `await` on a new line ends the statement above it; a parenthesis would not.
    const separated = startsStatement && statement !== this.#resultStatement && isStatementList(statement.parent);
    const before = `${separated ? ";" : ""}(${HOOK}.halted(`;
    const atTop = !isInFunction(node);
    this.#edits.wrap(range, before, `${atTop ? ",true" : ""})?await ${HOOK}.never:${HOOK}.awaited())`);
    if (atTop) this.#edits.wrap(this.#range(node.expression), this.#at(node), "))");
  }

  /** In a script, `a<!--b` begins a comment. In a module, which a cell is, it is a comparison. */
  #separateFromComment({ operand }: ts.PrefixUnaryExpression): void {
    const start = operand.getStart(this.#file);
    if (this.#file.text.startsWith("<!--", start - 2)) this.#edits.open(start, " ", true);
  }

  /** Says where the cell will be waiting. The space is for an `await(x)`, as that in front of `thrown`. */
  #at(node: ts.Node): string {
    return ` ${HOOK}.at(${this.#options.toCell(node.getStart(this.#file))},(`;
  }

  #guardBody(body: ts.Statement): void {
    const guard = `if(${HOOK}.halted())await ${HOOK}.never;`;
    if (ts.isBlock(body)) this.#edits.close(body.getStart(this.#file) + 1, guard);
    else this.#edits.wrap(this.#range(body), `{${guard}`, "}");
  }

  #checkReference(identifier: ts.Identifier): void {
    const { text } = identifier;
    if (!this.#options.writtenNames.has(text)) return;
    const declaration = this.#declarations.get(text);
    const kind = this.#names.get(text) ?? this.#options.known.get(text);
    const isWrite = this.#written.has(identifier);
    const constant = isWrite && (kind === "const" || kind === "import");
    const early = declaration !== undefined && isEarly(identifier, declaration, this.#file);
    if (!(constant || early) || !isReference(identifier) || !this.#scopes.isTopLevel(identifier)) return;
    const name = JSON.stringify(text);
    // An assignment computes its value before it fails, so its target is a property that cannot be set.
    const target = early ? `${HOOK}.unassignable(${name})` : `${HOOK}.constant(${name},${text})`;
    const check = isWrite ? `${target}.value` : `${HOOK}.uninitialized(${name})`;
    const shorthand = ts.isShorthandPropertyAssignment(identifier.parent) ? `${text}:` : "";
    this.#edits.replace(identifier.getStart(this.#file), identifier.end, shorthand + check);
  }

  #showResult(): void {
    if (!this.#options.showsResult) return;
    const last = this.#file.statements.findLast((statement) => !ts.isExportDeclaration(statement));
    // The compiler puts what follows a `using` into a `try`.
    const result = last && ts.isTryStatement(last) ? last.tryBlock.statements.at(-1) : last;
    if (!result || !ts.isExpressionStatement(result)) return;
    this.#resultStatement = result;
    const { expression } = this.#resultStatement;
    const { start, end } = this.#range(expression);
    this.#edits.open(start, `;${HOOK}.result(${this.#options.executionId},`);
    // Hidden, or a debugger would stop here once more when the value is there.
    this.#edits.open(start, `await ${this.#at(expression)}`, true);
    this.#edits.close(end, ")))");
  }

  #range(node: ts.Node): { start: number; end: number } {
    return { start: node.getStart(this.#file), end: node.end };
  }
}

/** Within `node`'s children, may `await` be used? */
function asyncBelow(node: ts.Node, inAsync: boolean): boolean {
  if (ts.isClassStaticBlockDeclaration(node) || ts.isPropertyDeclaration(node)) return false;
  if (!ts.isFunctionLike(node)) return inAsync;
  return ts.canHaveModifiers(node) && (ts.getModifiers(node)?.some(isAsyncModifier) ?? false);
}

function isInFunction(node: ts.Node): boolean {
  return ts.findAncestor(node, ts.isFunctionLike) !== undefined;
}

function isAsyncModifier(modifier: ts.Modifier): boolean {
  return modifier.kind === ts.SyntaxKind.AsyncKeyword;
}

/** True where statements follow each other, so that an extra `;` changes nothing. */
function isStatementList(node: ts.Node): boolean {
  return ts.isSourceFile(node) || ts.isBlock(node) || ts.isCaseOrDefaultClause(node);
}

function enclosingStatement(node: ts.Node): ts.ExpressionStatement | undefined {
  let current = node;
  while (ts.isExpression(current)) current = current.parent;
  return ts.isExpressionStatement(current) ? current : undefined;
}

/** The variables that evaluating `node` itself assigns. */
function assignmentTargets(node: ts.Node): ts.Identifier[] {
  if (ts.isBinaryExpression(node) && isAssignment(node.operatorToken.kind)) return targets(node.left);
  if (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) {
    const changes = node.operator === ts.SyntaxKind.PlusPlusToken || node.operator === ts.SyntaxKind.MinusMinusToken;
    return changes ? targets(node.operand) : [];
  }
  if (isForInOrOf(node)) {
    return ts.isVariableDeclarationList(node.initializer) ? [] : targets(node.initializer);
  }
  return [];
}

function isAssignment(kind: ts.SyntaxKind): boolean {
  return kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment;
}

function targets(target: ts.Node): ts.Identifier[] {
  if (ts.isIdentifier(target)) return [target];
  if (ts.isParenthesizedExpression(target) || ts.isSpreadElement(target) || ts.isSpreadAssignment(target)) {
    return targets(target.expression);
  }
  if (ts.isArrayLiteralExpression(target)) return target.elements.flatMap(targets);
  if (ts.isObjectLiteralExpression(target)) return target.properties.flatMap(targets);
  if (ts.isPropertyAssignment(target)) return targets(target.initializer);
  if (ts.isShorthandPropertyAssignment(target)) return [target.name];
  // `[a = 1] = …`: a default; the assignment itself is found when it is visited.
  if (ts.isBinaryExpression(target)) return targets(target.left);
  return [];
}

/** Reached before `name`, which declares it, has a value: above it or in its initializer, not in a function. */
function isEarly(identifier: ts.Identifier, name: ts.Identifier, file: ts.SourceFile): boolean {
  const position = identifier.getStart(file);
  // `let { a = b, b } = …`: the element is the first to have a value.
  const element = ts.isBindingElement(name.parent) ? name.parent : name;
  const declaration = ts.findAncestor(name, ts.isVariableDeclaration);
  const initializer = declaration?.initializer;
  const inside = initializer !== undefined && position >= initializer.pos && position < initializer.end;
  if (position >= element.end && !inside) return false;
  let child: ts.Node = identifier;
  for (let node = child.parent; !ts.isSourceFile(node); node = node.parent) {
    if (runsLater(node, child)) return false;
    child = node;
  }
  return true;
}

/** Does `node` keep its part `child` for when it is called? */
function runsLater(node: ts.Node, child: ts.Node): boolean {
  if (ts.isPropertyDeclaration(node)) return child !== node.name && !isStatic(node);
  if (!ts.isFunctionLike(node) || child === node.name) return false;
  return !isCalledInPlace(node);
}

/** `(() => …)()` */
function isCalledInPlace(node: ts.SignatureDeclaration): boolean {
  if (!(ts.isArrowFunction(node) || ts.isFunctionExpression(node))) return false;
  if (node.asteriskToken || node.modifiers?.some(isAsyncModifier)) return false;
  let callee: ts.Node = node;
  while (ts.isParenthesizedExpression(callee.parent)) callee = callee.parent;
  return ts.isCallExpression(callee.parent) && callee.parent.expression === callee;
}

function isStatic({ modifiers }: ts.PropertyDeclaration): boolean {
  return modifiers?.some(({ kind }) => kind === ts.SyntaxKind.StaticKeyword) ?? false;
}

/** Is `node` where functions and classes give `this` a meaning? */
function hasOwnThis(node: ts.Node): boolean {
  let child = node;
  for (let parent: ts.Node = child.parent; !ts.isSourceFile(parent); parent = parent.parent) {
    if (ts.isClassStaticBlockDeclaration(parent)) return true;
    if (ts.isPropertyDeclaration(parent) || (ts.isFunctionLike(parent) && !ts.isArrowFunction(parent))) {
      if (child !== parent.name) return true;
    }
    child = parent;
  }
  return false;
}

function isForInOrOf(node: ts.Node): node is ts.ForInOrOfStatement {
  return ts.isForInStatement(node) || ts.isForOfStatement(node);
}
