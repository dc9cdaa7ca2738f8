/** @file The statements of a cell that compute a Jacobian or a Hessian, whose results are shown beside them. */
import ts from "typescript";
import type { DerivativeLine } from "../../../protocol/language.ts";
import type { CellModule } from "./cell-modules.ts";
import { tensorTest } from "./differentiable.ts";
import type { NotebookProgram } from "./notebook-program.ts";

const TRANSFORMS: ReadonlySet<string> = new Set(["jacobian", "jacrev", "jacfwd", "hessian"]);

export function derivativeLines(program: NotebookProgram, module: CellModule): DerivativeLine[] {
  const file = program.sourceFile(module);
  const checker = program.service.getProgram()?.getTypeChecker();
  if (!file || !checker) return [];
  const holdsTensor = tensorTest(program, checker);
  const spanOf = (node: ts.Node) => ({ start: node.getStart(file) - module.shift, length: node.getWidth(file) });
  const isDerivative = (expression: ts.Expression | undefined): expression is ts.Expression =>
    // A function, `const h = hessian(f)`, is no result yet.
    expression !== undefined && callsTransform(expression) && holdsTensor(checker.getTypeAtLocation(expression));

  return file.statements.flatMap((statement): DerivativeLine[] => {
    if (ts.isVariableStatement(statement)) {
      return statement.declarationList.declarations.flatMap(({ name, initializer }) =>
        ts.isIdentifier(name) && isDerivative(initializer) ? [{ name: name.text, span: spanOf(statement) }] : [],
      );
    }
    const isLast = statement === file.statements.at(-1);
    if (!isLast || !ts.isExpressionStatement(statement) || !isDerivative(statement.expression)) return [];
    return [{ span: spanOf(statement) }];
  });
}

/** Outside of functions, which only compute when they are called. */
function callsTransform(node: ts.Node): boolean {
  if (ts.isFunctionLike(node)) return false;
  if (ts.isCallExpression(node) && ts.isIdentifier(node.expression) && TRANSFORMS.has(node.expression.text))
    return true;
  return ts.forEachChild(node, callsTransform) ?? false;
}
