/** @file Completions in a cell, with imports from cotangent and from whatever else the notebook can see. */
import { builtinModules } from "node:module";
import type ts from "typescript";
import type {
  CompletionDetails,
  CompletionEntry,
  CompletionKey,
  Completions,
  TextEdit,
} from "../../../protocol/language.ts";
import type { CellModule } from "./cell-modules.ts";
import { CELL_FILE_MARK, type NotebookProgram } from "./notebook-program.ts";
import { spanInCell } from "./places.ts";
import { documentationOf, signatureOf } from "./text-of.ts";

const TRIGGERS: readonly ts.CompletionsTriggerCharacter[] = [".", '"', "'", "`", "/", "@", "<", "#", " "];

function preferences(program: NotebookProgram): ts.UserPreferences {
  return {
    includeCompletionsForModuleExports: true,
    includeCompletionsWithInsertText: true,
    includeCompletionsForImportStatements: true,
    includeAutomaticOptionalChainCompletions: true,
    includeCompletionsWithSnippetText: false,
    includePackageJsonAutoImports: "off",
    importModuleSpecifierPreference: "shortest",
    quotePreference: "double",
    // Node's own modules are offered once, with `node:`.
    autoImportSpecifierExcludeRegexes: [`^(${builtinModules.join("|")})$`],
    // Cells are no modules that a person imports, and of the kernel only its public names are.
    autoImportFileExcludePatterns: [`/**/*${CELL_FILE_MARK}*`, ...program.inside],
  };
}

const FORMAT: ts.FormatCodeSettings = { indentSize: 2, newLineCharacter: "\n" };

export function completions(
  program: NotebookProgram,
  module: CellModule,
  offset: number,
  trigger?: string,
): Completions | undefined {
  const triggerCharacter = TRIGGERS.find((character) => character === trigger);
  const found = program.service.getCompletionsAtPosition(
    module.file,
    offset,
    { ...preferences(program), triggerCharacter },
    FORMAT,
  );
  if (!found) return undefined;
  return {
    isIncomplete: found.isIncomplete === true,
    commitCharacters: found.isNewIdentifierLocation ? [] : [".", ",", ";"],
    entries: found.entries.flatMap((entry) => completionOf(entry, module, program) ?? []),
  };
}

function completionOf(
  entry: ts.CompletionEntry,
  module: CellModule,
  program: NotebookProgram,
): CompletionEntry | undefined {
  const modifiers = (entry.kindModifiers ?? "").split(",");
  const replace = entry.replacementSpan && spanInCell(module, entry.replacementSpan);
  if (entry.replacementSpan && !replace) return undefined;
  const from = module.visible.get(entry.name)?.from;
  const declared = entry.kind === "alias" && from !== undefined ? program.modules.get(from)?.names.declared : undefined;
  const kind = declared?.get(entry.name)?.kind;
  return {
    name: entry.name,
    kind: kind === undefined || kind === "import" ? entry.kind : kind,
    sortText: entry.sortText,
    insertText: entry.insertText,
    filterText: entry.filterText,
    replace,
    deprecated: modifiers.includes("deprecated"),
    optional: modifiers.includes("optional"),
    color: modifiers.includes("color"),
    from: entry.sourceDisplay?.map(({ text }) => text).join(""),
    details: { name: entry.name, source: entry.source, data: entry.data },
  };
}

export function completionDetails(
  program: NotebookProgram,
  module: CellModule,
  offset: number,
  { name, source, data }: CompletionKey,
): CompletionDetails | undefined {
  const found = program.service.getCompletionEntryDetails(
    module.file,
    offset,
    name,
    FORMAT,
    source,
    preferences(program),
    data as ts.CompletionEntryData | undefined,
  );
  if (!found) return undefined;
  const changes = (found.codeActions ?? []).flatMap(({ changes: files }) => files);
  const own = changes.filter(({ fileName }) => fileName === module.file).flatMap(({ textChanges }) => textChanges);
  return {
    signature: signatureOf(found.displayParts, module.visible.has(name) && source === undefined),
    documentation: documentationOf(found.documentation, found.tags),
    edits: own.map(({ span, newText }) => editInCell(module, span, newText)),
  };
}

/** An import that TypeScript would put behind those of the preamble goes to the top of the cell. */
function editInCell(module: CellModule, span: ts.TextSpan, text: string): TextEdit {
  const inCell = spanInCell(module, span);
  if (inCell && (inCell.start > 0 || inCell.length > 0)) return { span: inCell, text };
  return { span: { start: 0, length: 0 }, text: `${text.trim()}\n` };
}
