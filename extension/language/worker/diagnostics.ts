/** @file What is wrong in a cell. */
import ts from "typescript";
import type { LanguageProblem, Severity } from "../../../protocol/language.ts";
import { tensorsAsConditions } from "./always-true.ts";
import type { CellModule } from "./cell-modules.ts";
import type { NotebookProgram } from "./notebook-program.ts";
import { placeOf, spanInCell } from "./places.ts";

const CANNOT_ASSIGN_TO_IMPORT = 2632;
const USED_BEFORE_DECLARATION = 2448;

/** True of a module on disk, but not of a cell. */
const UNTRUE: ReadonlySet<number> = new Set([
  // `let x;` has the type of what was assigned to it: in its own cell TypeScript knows, in another it cannot.
  7005, 7034,
]);
/** A package without types works all the same. */
const MERELY_HINTS: ReadonlySet<number> = new Set([7016]);

export function problemsOf(program: NotebookProgram, module: CellModule): LanguageProblem[] {
  const { service } = program;
  const checked = module.file.endsWith(".ts") || program.checksJavaScript;
  const found: ts.Diagnostic[] = [
    ...service.getSyntacticDiagnostics(module.file),
    ...(checked ? service.getSemanticDiagnostics(module.file) : []),
    ...service.getSuggestionDiagnostics(module.file).filter(isShading),
  ];
  const problems = found.flatMap((diagnostic) => problemOf(diagnostic, module, program) ?? []);
  return checked ? [...problems, ...usedTooEarly(program, module), ...tensorsAsConditions(program, module)] : problems;
}

/** Of all suggestions, those that change how code looks: what is not used, what is deprecated. */
function isShading({ reportsUnnecessary, reportsDeprecated }: ts.Diagnostic): boolean {
  return reportsUnnecessary !== undefined || reportsDeprecated !== undefined;
}

function problemOf(
  diagnostic: ts.Diagnostic,
  module: CellModule,
  program: NotebookProgram,
): LanguageProblem | undefined {
  const { code, start = 0, length = 0 } = diagnostic;
  const span = spanInCell(module, { start, length });
  if (!span || UNTRUE.has(code)) return undefined;
  let message = ts.flattenDiagnosticMessageText(diagnostic.messageText, "\n");
  if (code === CANNOT_ASSIGN_TO_IMPORT) {
    const name = module.text.slice(start, start + length);
    const from = module.visible.get(name)?.from;
    const kind = from === undefined ? undefined : program.modules.get(from)?.names.declared.get(name)?.kind;
    if (kind === "let" || kind === "var") return undefined;
    if (kind !== undefined && kind !== "import") message = `Cannot assign to '${name}' because it is a ${kind}.`;
  }
  return {
    span,
    code,
    message,
    severity: MERELY_HINTS.has(code) ? "suggestion" : severityOf(diagnostic.category),
    unnecessary: diagnostic.reportsUnnecessary !== undefined,
    deprecated: diagnostic.reportsDeprecated !== undefined,
    related: (diagnostic.relatedInformation ?? []).flatMap(({ file, start: at, length: long, messageText }) => {
      const place = file && at !== undefined && placeOf(program, file.fileName, { start: at, length: long ?? 0 });
      return place ? [{ place, message: ts.flattenDiagnosticMessageText(messageText, "\n") }] : [];
    }),
  };
}

function severityOf(category: ts.DiagnosticCategory): Severity {
  if (category === ts.DiagnosticCategory.Error) return "error";
  return category === ts.DiagnosticCategory.Warning ? "warning" : "suggestion";
}

/**
 * Names that only a later cell declares. In a function they may be meant: it runs when it is called. Elsewhere they are
 * not there when the notebook runs from top to bottom.
 */
function usedTooEarly(program: NotebookProgram, module: CellModule): LanguageProblem[] {
  const early = [...module.visible].filter(([, { later, offset }]) => later && offset !== undefined);
  if (early.length === 0) return [];
  const file = program.sourceFile(module);
  const checker = program.service.getProgram()?.getTypeChecker();
  if (!file || !checker) return [];
  const names = new Set(early.map(([name]) => name));
  const problems: LanguageProblem[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) || ts.isTypeNode(node) || ts.isInterfaceDeclaration(node)) return;
    if (ts.isTypeAliasDeclaration(node)) return;
    if (ts.isIdentifier(node) && names.has(node.text)) {
      const symbol = ts.isShorthandPropertyAssignment(node.parent)
        ? checker.getShorthandAssignmentValueSymbol(node.parent)
        : checker.getSymbolAtLocation(node);
      const declaredAt = symbol?.declarations?.[0]?.getSourceFile() === file ? symbol.declarations[0].pos : undefined;
      const span = spanInCell(module, { start: node.getStart(file), length: node.text.length });
      if (span && declaredAt !== undefined && declaredAt < module.shift) {
        problems.push({
          span,
          code: USED_BEFORE_DECLARATION,
          message: `'${node.text}' is used here and declared in a later cell only.`,
          severity: "error",
          unnecessary: false,
          deprecated: false,
          related: [],
        });
      }
    }
    ts.forEachChild(node, visit);
  };
  for (const statement of file.statements) if (statement.getStart(file) >= module.shift) visit(statement);
  return problems;
}
