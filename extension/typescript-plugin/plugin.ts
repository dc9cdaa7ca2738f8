/**
 * @file A plugin of VS Code's own TypeScript server. It says where "cotangent" is, and makes the server say nothing about
 * the cells of our notebooks, which the language worker answers for: without it every completion and every hover would
 * be there twice, and the second time by someone who does not know the other cells.
 */
import type ts from "typescript/lib/tsserverlibrary";
import { resolveLibrary } from "./library.ts";
import { isCell, isSilenced, type SilentNotebooks } from "./silent-notebooks.ts";

const nothing = {
  getCompletionsAtPosition: () => undefined,
  getCompletionEntryDetails: () => undefined,
  getQuickInfoAtPosition: () => undefined,
  getSignatureHelpItems: () => undefined,
  getDefinitionAtPosition: () => [],
  getDefinitionAndBoundSpan: () => undefined,
  getTypeDefinitionAtPosition: () => [],
  getImplementationAtPosition: () => [],
  getReferencesAtPosition: () => [],
  findReferences: () => [],
  getFileReferences: () => [],
  getRenameInfo: () => ({ canRename: false, localizedErrorMessage: "Cotangent renames in this cell." }),
  findRenameLocations: () => [],
  getSyntacticDiagnostics: () => [],
  getSemanticDiagnostics: () => [],
  getSuggestionDiagnostics: () => [],
  getEncodedSemanticClassifications: () => ({ spans: [], endOfLineState: 0 }),
  getEncodedSyntacticClassifications: () => ({ spans: [], endOfLineState: 0 }),
  getCodeFixesAtPosition: () => [],
  getApplicableRefactors: () => [],
  provideInlayHints: () => [],
} satisfies Partial<Record<keyof ts.LanguageService, unknown>>;

/** One for all projects of the server: VS Code says it once. */
let silent: SilentNotebooks | undefined;

function init(): ts.server.PluginModule {
  return {
    create({ languageService, languageServiceHost }) {
      resolveLibrary(languageServiceHost);
      const own = languageService as unknown as Record<string, unknown>;
      const proxy: Record<string, unknown> = { ...own };
      for (const [name, silence] of Object.entries(nothing)) {
        const ask = own[name] as (file: string, ...rest: unknown[]) => unknown;
        proxy[name] = (file: string, ...rest: unknown[]) =>
          isSilenced(file, silent) ? silence() : ask.call(languageService, file, ...rest);
      }
      // VS Code asks a second server for these two, which it does not tell whose a notebook is. So the extension
      // outlines and folds the cells of all notebooks.
      proxy.getOutliningSpans = (file: string) => (isCell(file) ? [] : languageService.getOutliningSpans(file));
      proxy.getNavigationTree = (file: string) => {
        const tree = languageService.getNavigationTree(file);
        return isCell(file) ? { ...tree, childItems: [] } : tree;
      };
      return proxy as unknown as ts.LanguageService;
    },
    onConfigurationChanged(config: SilentNotebooks) {
      silent = config;
    },
  };
}

// tsserver takes the function itself for the module.
module.exports = init;
