/** @file The functions of a cell or file that can be differentiated: a tensor goes in and a tensor comes out. */
import ts from "typescript";
import type { DifferentiableFunction, FunctionParameter } from "../../../protocol/language.ts";
import type { CellModule } from "./cell-modules.ts";
import type { NotebookProgram } from "./notebook-program.ts";

/** Trees of tensors are looked into this deep: `{ layers: [{ weight }] }` is three. */
const DEEPEST = 4;
/** An object with more properties is no tree of parameters but something of a library. */
const MOST_PROPERTIES = 32;

type Callable = ts.FunctionDeclaration | ts.FunctionExpression | ts.ArrowFunction;

interface Named {
  readonly name: ts.Identifier;
  readonly callable: Callable;
  /** The statement, which carries the doc comment. */
  readonly documented: ts.Node;
}

export function differentiableFunctions(program: NotebookProgram, module: CellModule): DifferentiableFunction[] {
  const file = program.sourceFile(module);
  const checker = program.service.getProgram()?.getTypeChecker();
  if (!file || !checker) return [];
  const holdsTensor = tensorTest(program, checker);

  return file.statements.flatMap(namedFunctions).flatMap(({ name, callable, documented }) => {
    const signature = checker.getSignatureFromDeclaration(callable);
    if (!signature || !holdsTensor(checker.getReturnTypeOfSignature(signature))) return [];
    const parameters = callable.parameters.map((parameter): FunctionParameter => {
      const type = checker.getTypeAtLocation(parameter);
      return {
        name: parameter.name.getText(file),
        differentiable: holdsTensor(type),
        isTensor: holdsTensor(type, 1),
        optional: checker.isOptionalParameter(parameter) || parameter.dotDotDotToken !== undefined,
        type: checker.typeToString(type, parameter),
      };
    });
    if (!parameters.some(({ differentiable }) => differentiable)) return [];
    const start = name.getStart(file) - module.shift;
    const example = exampleArguments(documented, name.text);
    return [{ name: name.text, span: { start, length: name.text.length }, parameters, ...(example && { example }) }];
  });
}

function namedFunctions(statement: ts.Statement): Named[] {
  if (ts.isFunctionDeclaration(statement)) {
    return statement.name && statement.body
      ? [{ name: statement.name, callable: statement, documented: statement }]
      : [];
  }
  if (!ts.isVariableStatement(statement)) return [];
  return statement.declarationList.declarations.flatMap(({ name, initializer }) => {
    if (!initializer || !ts.isIdentifier(name)) return [];
    if (!ts.isArrowFunction(initializer) && !ts.isFunctionExpression(initializer)) return [];
    return [{ name, callable: initializer, documented: statement }];
  });
}

/** Whether a type is `Tensor` of the kernel, or an array or object that has one in it, not deeper than asked. */
export function tensorTest(
  program: NotebookProgram,
  checker: ts.TypeChecker,
): (type: ts.Type, depth?: number) => boolean {
  const isTensor = (type: ts.Type): boolean => {
    const symbol = type.getSymbol();
    const file = symbol?.declarations?.[0].getSourceFile().fileName;
    return symbol?.name === "Tensor" && file !== undefined && program.isShipped(file);
  };
  const test = (type: ts.Type, depth = DEEPEST): boolean => {
    if (depth === 0) return false;
    // `undefined` of an optional parameter does not count.
    const some = checker.getNonNullableType(type);
    if (some.isUnion()) return some.types.some((each) => test(each, depth));
    if (isTensor(some)) return true;
    if ((some.flags & ts.TypeFlags.Object) === 0 || some.getCallSignatures().length > 0) return false;
    if (checker.isArrayType(some) || checker.isTupleType(some)) {
      return checker.getTypeArguments(some as ts.TypeReference).some((each) => test(each, depth - 1));
    }
    // Classes have methods and secrets; a tree is a plain object.
    if (some.isClass()) return false;
    const properties = some.getProperties();
    if (properties.length > MOST_PROPERTIES) return false;
    return properties.some((property) => test(checker.getTypeOfSymbol(property), depth - 1));
  };
  return test;
}

/** From `@example f(tensor([1, 2]))`, or `hessian(f)(tensor([1, 2]))`: what stands between the parentheses. */
function exampleArguments(documented: ts.Node, name: string): string | undefined {
  for (const tag of ts.getJSDocTags(documented)) {
    if (tag.tagName.text !== "example") continue;
    const text = ts.getTextOfJSDocComment(tag.comment) ?? "";
    const code = text.replace(/^\s*```.*$/gm, "");
    const example = ts.createSourceFile("example.ts", code, ts.ScriptTarget.ESNext, true);
    const call = firstCall(example, name);
    if (call) return call.arguments.map((argument) => argument.getText(example)).join(", ");
  }
  return undefined;
}

function firstCall(node: ts.Node, name: string): ts.CallExpression | undefined {
  const isName = (candidate: ts.Node): boolean => ts.isIdentifier(candidate) && candidate.text === name;
  if (ts.isCallExpression(node)) {
    const { expression } = node;
    if (isName(expression)) return node;
    if (ts.isCallExpression(expression) && expression.arguments.some(isName)) return node;
  }
  return ts.forEachChild(node, (child) => firstCall(child, name));
}
