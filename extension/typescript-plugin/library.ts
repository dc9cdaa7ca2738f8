/**
 * @file Tells VS Code's own TypeScript server where "cotangent" is, in ordinary files too: it is in the extension, and
 * nothing has to be installed. A project that has a package of that name keeps it.
 */
import path from "node:path";
import type ts from "typescript/lib/tsserverlibrary";

/** Beside the built plugin. */
const LIBRARY = path.join(__dirname, "types/cotangent/index.d.ts");

export function resolveLibrary(host: ts.LanguageServiceHost): void {
  const resolve = host.resolveModuleNameLiterals?.bind(host);
  if (!resolve) return;
  host.resolveModuleNameLiterals = (literals, ...rest) => {
    const found = resolve(literals, ...rest);
    return found.map((each, index) => {
      if (each.resolvedModule !== undefined || literals[index].text !== "cotangent") return each;
      const resolvedModule = { resolvedFileName: LIBRARY, extension: ".d.ts", isExternalLibraryImport: true };
      return { ...each, resolvedModule };
    });
  };
}
