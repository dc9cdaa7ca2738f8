/** @file No `any` in what the kernel exports: it would switch the compiler off where a person calls. */
import assert from "node:assert/strict";
import ts from "typescript";
import { programOf } from "./program.ts";

/** Types of ours are looked into; those of the language and of Node have their own. */
const isOurs = (symbol: ts.Symbol | undefined): boolean =>
  symbol?.declarations?.some((declaration) => /(^|\/)kernel\//.test(declaration.getSourceFile().fileName)) ?? false;

function anyIn(checker: ts.TypeChecker, exported: readonly ts.Symbol[]): string[] {
  const found: string[] = [];
  const seen = new Set<ts.Type>();
  const visit = (type: ts.Type, path: string): void => {
    if (type.flags & ts.TypeFlags.Any) {
      found.push(path);
      return;
    }
    if (seen.has(type)) return;
    seen.add(type);
    if (type.flags & ts.TypeFlags.TypeParameter) {
      const constraint = type.getConstraint();
      if (constraint !== undefined) visit(constraint, path);
      return;
    }
    if (type.isUnionOrIntersection()) {
      for (const each of type.types) visit(each, path);
      return;
    }
    for (const [i, argument] of (checker.getTypeArguments(type as ts.TypeReference) ?? []).entries()) {
      visit(argument, `${path}<${i}>`);
    }
    for (const signature of [...type.getCallSignatures(), ...type.getConstructSignatures()]) {
      for (const parameter of signature.getParameters()) {
        visit(checker.getTypeOfSymbol(parameter), `${path}(${parameter.name})`);
      }
      visit(signature.getReturnType(), `${path}()`);
    }
    if (!isOurs(type.symbol ?? type.aliasSymbol)) return;
    for (const property of type.getProperties()) {
      if (isOurs(property)) visit(checker.getTypeOfSymbol(property), `${path}.${property.name}`);
    }
  };
  for (const symbol of exported) {
    const own = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
    if (own.flags & ts.SymbolFlags.Value) visit(checker.getTypeOfSymbol(own), symbol.name);
    if (own.flags & ts.SymbolFlags.Type) visit(checker.getDeclaredTypeOfSymbol(own), symbol.name);
  }
  return found;
}

function findingsIn(program: ts.Program, file: string): { found: string[]; count: number } {
  const checker = program.getTypeChecker();
  const exported = checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(file)!)!);
  return { found: anyIn(checker, exported), count: exported.length };
}

suite("public types", () => {
  test("are never any", function () {
    this.timeout(60_000);
    const { found, count } = findingsIn(programOf(["kernel/index.ts"]), "kernel/index.ts");
    assert.ok(count > 300, `only ${count} exports`);
    assert.deepEqual(found, []);
  });

  test("an any is found wherever it hides", () => {
    const text = `
      export function f(x: number, options: { readonly deep?: readonly any[] }): void {}
      export interface Open { readonly list: Map<string, any> }
      export function generic<X extends any[]>(x: X): void {}
      export class Box { value(): Promise<any> { return Promise.resolve(1); } }
      export const fine = (x: unknown): number => 1;`;
    const program = programOf([], new Map([["kernel/hidden.ts", text]]));
    assert.deepEqual(findingsIn(program, "kernel/hidden.ts").found, [
      "f(options).deep<0>",
      "generic(x)<0>",
      "Open.list<1>",
      "Box().value()<0>",
    ]);
  });
});
