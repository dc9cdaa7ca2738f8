/**
 * @file A tensor as a condition. An object is always true, so `if (x.gt(0))` is never what was meant; TypeScript says
 * this of functions and promises alone.
 */
import ts from "typescript";
import type { LanguageProblem } from "../../../protocol/language.ts";
import type { CellModule } from "./cell-modules.ts";
import type { NotebookProgram } from "./notebook-program.ts";
import { spanInCell } from "./places.ts";

/** Beyond TypeScript's own numbers. */
const ALWAYS_TRUE = 900_001;
const MESSAGE =
  "A Tensor is always true here, whatever it holds. Read it with .item() (one of many entries with .all().item() or " +
  ".any().item()), or choose entry by entry with where(…).";

export function tensorsAsConditions(program: NotebookProgram, module: CellModule): LanguageProblem[] {
  const file = program.sourceFile(module);
  const checker = program.service.getProgram()?.getTypeChecker();
  if (!file || !checker) return [];
  const problems: LanguageProblem[] = [];
  const visit = (node: ts.Node): void => {
    for (const condition of conditionsOf(node)) {
      const span = spanInCell(module, { start: condition.getStart(file), length: condition.getWidth(file) });
      const type = checker.getTypeAtLocation(condition);
      if (!span || !isTensor(checker.getBaseConstraintOfType(type) ?? type, program)) continue;
      problems.push({
        span,
        code: ALWAYS_TRUE,
        message: MESSAGE,
        severity: "warning",
        unnecessary: false,
        deprecated: false,
        related: [],
      });
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return problems;
}

/** The expressions whose truth `node` itself asks for. Conditions within them are found in their turn. */
function conditionsOf(node: ts.Node): ts.Expression[] {
  if (ts.isIfStatement(node) || ts.isWhileStatement(node) || ts.isDoStatement(node)) return deciding(node.expression);
  if (ts.isForStatement(node)) return node.condition ? deciding(node.condition) : [];
  if (ts.isConditionalExpression(node)) return deciding(node.condition);
  if (ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.ExclamationToken) {
    return deciding(node.operand);
  }
  return isLogical(node) ? deciding(node.left) : [];
}

/** What decides: of `a && b` as a condition that is `b`, since `a` is asked for by the `&&`. */
function deciding(condition: ts.Expression): ts.Expression[] {
  if (ts.isParenthesizedExpression(condition)) return deciding(condition.expression);
  return isLogical(condition) ? deciding(condition.right) : [condition];
}

function isLogical(node: ts.Node): node is ts.BinaryExpression {
  if (!ts.isBinaryExpression(node)) return false;
  const { kind } = node.operatorToken;
  return kind === ts.SyntaxKind.AmpersandAmpersandToken || kind === ts.SyntaxKind.BarBarToken;
}

/** The library's own Tensor and nothing else: not one that may be undefined, which may well be asked for. */
function isTensor(type: ts.Type, program: NotebookProgram): boolean {
  if (type.isUnion()) return type.types.every((part) => isTensor(part, program));
  const symbol = type.getSymbol();
  return (
    symbol?.name === "Tensor" && (symbol.declarations ?? []).some((d) => program.isShipped(d.getSourceFile().fileName))
  );
}
