/** @file A cell as a part of a module: without its imports, which go to the top, and with its result printed. */
import ts from "typescript";
import { Edits } from "../../session/rewrite/edits.ts";
import { parseModule } from "../../session/rewrite/parse.ts";
import { bindingNames, isVar, varLists } from "../../session/rewrite/scope.ts";
import { type CellImport, isJson, namesOfImport } from "./imports.ts";

export interface CellSource {
  /** TypeScript that Node runs by leaving its types out. */
  readonly text: string;
  readonly showsResult: boolean;
  /** Imported names that the cell uses as types only. */
  readonly typeNames: ReadonlySet<string>;
}

export interface CellCode {
  readonly text: string;
  readonly imports: readonly CellImport[];
}

export interface CellOptions {
  /**
   * Names that several cells declare. As in a session they are variables: every declaration assigns, and functions of
   * earlier cells see the new value.
   */
  readonly variables: ReadonlySet<string>;
  /** From a specifier in a cell to one in the module. */
  readonly specifier: (written: string) => string;
  /** What the function that prints the result is called. */
  readonly printResult: string;
  /** A name that nothing else has. */
  readonly freshName: (like: string) => string;
}

/** These names, and those that are declared in one statement with one of them. */
export function withCompanions(cells: readonly CellSource[], names: ReadonlySet<string>): Set<string> {
  const all = new Set(names);
  for (const { text } of cells) {
    const file = parseModule(text, ts.ScriptKind.TS);
    const lists = file.statements.filter(ts.isVariableStatement).map(({ declarationList }) => declarationList);
    for (const list of [...lists, ...varLists(file)]) {
      const declared = listNames(list);
      if (declared.some((name) => names.has(name))) for (const name of declared) all.add(name);
    }
  }
  return all;
}

export function moduleCode(source: CellSource, options: CellOptions): CellCode {
  return new CellWriter(source, options).write();
}

class CellWriter {
  readonly #source: CellSource;
  readonly #options: CellOptions;
  readonly #file: ts.SourceFile;
  readonly #edits: Edits;
  readonly #imports: CellImport[] = [];
  /** Assignments before all else. */
  readonly #first: string[] = [];

  constructor(source: CellSource, options: CellOptions) {
    this.#source = source;
    this.#options = options;
    this.#file = parseModule(source.text, ts.ScriptKind.TS);
    this.#edits = new Edits(source.text);
  }

  write(): CellCode {
    for (const statement of this.#file.statements) this.#rewrite(statement);
    for (const list of varLists(this.#file)) if (this.#isShared(listNames(list))) this.#assignVar(list);
    this.#printResult();
    this.#rewriteDynamicImports(this.#file);
    const prologue = this.#first.map((line) => ({ text: `${line}\n`, anchor: 0 }));
    return { text: this.#edits.apply(prologue, "").text, imports: this.#imports };
  }

  #isShared(names: readonly string[]): boolean {
    return names.some((name) => this.#options.variables.has(name));
  }

  #rewrite(statement: ts.Statement): void {
    if (ts.isImportDeclaration(statement)) this.#takeImport(statement);
    else if (ts.isVariableStatement(statement)) {
      const { declarationList } = statement;
      if (this.#isShared(listNames(declarationList))) this.#removeModifiers(statement);
      if (!isVar(declarationList) && this.#isShared(listNames(declarationList))) this.#assign(declarationList);
    } else if (ts.isFunctionDeclaration(statement) && statement.name && this.#isShared([statement.name.text])) {
      this.#assignFunction(statement, statement.name);
    } else if (ts.isClassDeclaration(statement) && statement.name && this.#isShared([statement.name.text])) {
      this.#removeModifiers(statement);
      this.#edits.wrap(this.#range(statement), `;${statement.name.text} = `, ";");
    }
  }

  #takeImport(statement: ts.ImportDeclaration): void {
    const { start, end } = this.#range(statement);
    const rest = /^[ \t]*\r?\n/.exec(this.#file.text.slice(end))?.[0].length ?? 0;
    this.#edits.replace(start, end + rest, "");
    const specifier = this.#options.specifier((statement.moduleSpecifier as ts.StringLiteral).text);
    const names = namesOfImport(statement, this.#source.typeNames).map((name) => {
      if (name.isType || !this.#options.variables.has(name.local)) return name;
      // Another cell declares the name too: then it is assigned here.
      const local = this.#options.freshName(name.local);
      this.#first.push(`${name.local} = ${local};`);
      return { ...name, local };
    });
    const values = names.filter(({ isType }) => !isType);
    if (!isJson(specifier) || values.every(({ imported }) => imported === "default" || imported === "*")) {
      this.#imports.push({ specifier, names });
      return;
    }
    // Of a JSON file a module has all or nothing.
    const whole = this.#options.freshName("json");
    this.#imports.push({ specifier, names: [{ imported: "default", local: whole, isType: false }] });
    const picked = values.map(({ imported, local }) => `${JSON.stringify(imported)}: ${local}`);
    this.#first.unshift(`const { ${picked.join(", ")} } = ${whole};`);
  }

  /** `const a: T = 1, { b } = f()` → `a = 1, ({ b } = f());` */
  #assign(list: ts.VariableDeclarationList): void {
    const { start, end } = this.#range(list);
    const isStatement = ts.isVariableStatement(list.parent);
    const [first] = list.declarations;
    const keyword = /^\w+\s*/.exec(this.#file.text.slice(start))![0].length;
    // A parenthesis would call what stands before it, if no semicolon does.
    const separator = isStatement && !ts.isIdentifier(first.name) && !this.#followsSemicolon(start) ? ";" : "";
    this.#edits.replace(start, start + keyword, separator);
    if (isStatement && this.#file.text[list.parent.end - 1] !== ";") this.#edits.close(end, ";");
    for (const declaration of list.declarations) {
      const { name, initializer } = declaration;
      const afterName = initializer ? initializer.getStart(this.#file) : declaration.end;
      if (isStatement && !initializer) this.#edits.replace(name.end, afterName, " = undefined");
      else if (initializer) this.#edits.replace(name.end, afterName, " = ");
      if (isStatement && !ts.isIdentifier(name)) this.#edits.wrap(this.#range(declaration), "(", ")");
    }
  }

  /** What has no value keeps the one it has, unless that is an earlier cell's. */
  #assignVar(list: ts.VariableDeclarationList): void {
    const isPlain = ts.isVariableStatement(list.parent) && list.declarations.every(({ initializer }) => !initializer);
    if (!isPlain) {
      this.#assign(list);
      return;
    }
    for (const name of listNames(list)) this.#first.push(`${name} = undefined;`);
    const { start, end } = this.#range(list.parent);
    this.#edits.replace(start, end, ";");
  }

  #assignFunction(statement: ts.FunctionDeclaration, name: ts.Identifier): void {
    const { start, end } = this.#range(statement);
    // The signature of an overload.
    if (!statement.body) {
      this.#edits.replace(start, end, "");
      return;
    }
    this.#removeModifiers(statement);
    const keyword = statement.modifiers?.find(({ kind }) => kind === ts.SyntaxKind.AsyncKeyword)?.getStart(this.#file);
    const from = keyword ?? this.#file.text.indexOf("function", start);
    this.#edits.open(from, `${name.text} = `);
    this.#edits.close(end, ";");
    // A declaration counts from the beginning of its cell, an assignment from where it stands.
    if (new RegExp(`(?<![\\w$.])${name.text.replaceAll("$", "\\$")}(?![\\w$])`).test(this.#file.text.slice(0, start))) {
      this.#edits.moveToFront(start, end);
    }
  }

  #removeModifiers(statement: ts.Statement): void {
    for (const modifier of ts.canHaveModifiers(statement) ? (ts.getModifiers(statement) ?? []) : []) {
      if (modifier.kind === ts.SyntaxKind.AsyncKeyword) continue;
      const start = modifier.getStart(this.#file);
      const space = /^\s*/.exec(this.#file.text.slice(modifier.end))![0].length;
      this.#edits.replace(start, modifier.end + space, "");
    }
  }

  #printResult(): void {
    const last = this.#file.statements.findLast(ts.isExpressionStatement);
    if (!this.#source.showsResult || !last) return;
    const { expression } = last;
    // These print by themselves.
    const called = ts.isCallExpression(expression) ? expression.expression.getText(this.#file) : "";
    if (called === "display" || called.startsWith("console.")) return;
    const end = this.#file.text[last.end - 1] === ";" ? ")" : ");";
    this.#edits.wrap(this.#range(expression), `await ${this.#options.printResult}(`, end);
  }

  #rewriteDynamicImports(node: ts.Node): void {
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [argument, attributes] = node.arguments;
      if (ts.isStringLiteralLike(argument)) {
        const specifier = this.#options.specifier(argument.text);
        const json = isJson(specifier) && !attributes ? ', { with: { type: "json" } }' : "";
        const { start, end } = this.#range(argument);
        this.#edits.replace(start, end, JSON.stringify(specifier) + json);
      }
    }
    ts.forEachChild(node, (child) => this.#rewriteDynamicImports(child));
  }

  #followsSemicolon(offset: number): boolean {
    const before = this.#file.text.slice(0, offset).trimEnd();
    return before === "" || before.endsWith(";");
  }

  #range(node: ts.Node): { start: number; end: number } {
    return { start: node.getStart(this.#file), end: node.end };
  }
}

function listNames(list: ts.VariableDeclarationList): string[] {
  return list.declarations.flatMap(({ name }) => bindingNames(name).map(({ text }) => text));
}
