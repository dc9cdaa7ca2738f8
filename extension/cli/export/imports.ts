/** @file The imports of all cells, to stand once and at the top of a module. */
import ts from "typescript";

export interface ImportedName {
  /** `default` and `*` for what has no name there. */
  readonly imported: string;
  readonly local: string;
  /** Never used as a value, so that it must not be there when the module runs. */
  readonly isType: boolean;
}

/** One import statement. */
export interface CellImport {
  /** As it is to be written. */
  readonly specifier: string;
  readonly names: readonly ImportedName[];
}

export function namesOfImport({ importClause }: ts.ImportDeclaration, types: ReadonlySet<string>): ImportedName[] {
  if (!importClause) return [];
  const allTypes = importClause.phaseModifier === ts.SyntaxKind.TypeKeyword;
  const named = (imported: string, local: ts.Identifier, isType = false): ImportedName => {
    return { imported, local: local.text, isType: allTypes || isType || types.has(local.text) };
  };
  const { name, namedBindings } = importClause;
  const names = name ? [named("default", name)] : [];
  if (!namedBindings) return names;
  if (ts.isNamespaceImport(namedBindings)) return [...names, named("*", namedBindings.name)];
  const elements = namedBindings.elements.map((element) =>
    named((element.propertyName ?? element.name).text, element.name, element.isTypeOnly),
  );
  return [...names, ...elements];
}

/** Import statements for all of these; each name once. */
export function importText(imports: readonly CellImport[]): string {
  const bySpecifier = new Map<string, Map<string, ImportedName>>();
  for (const { specifier, names } of imports) {
    const known = bySpecifier.get(specifier) ?? new Map<string, ImportedName>();
    bySpecifier.set(specifier, known);
    for (const name of names) {
      const before = known.get(name.local);
      // Used as a value in one cell, it is one in the module.
      known.set(name.local, before && !before.isType ? before : name);
    }
  }
  return [...bySpecifier].flatMap(([specifier, names]) => statements(specifier, [...names.values()])).join("\n");
}

const LINE_WIDTH = 100;

function statements(specifier: string, names: readonly ImportedName[]): string[] {
  const from = importEnd(specifier);
  if (names.length === 0) return [`import ${from}`];
  const named = names.filter(({ imported }) => imported !== "default" && imported !== "*");
  const whole = names.filter((name) => !named.includes(name));
  const lines = whole.map(({ imported, local, isType }) => {
    return `import ${isType ? "type " : ""}${imported === "*" ? `* as ${local}` : local} from ${from}`;
  });
  if (named.length === 0) return lines;
  const parts = named.map(({ imported, local, isType }) => {
    const key = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(imported) ? imported : JSON.stringify(imported);
    return `${isType ? "type " : ""}${key === local ? local : `${key} as ${local}`}`;
  });
  const line = `import { ${parts.join(", ")} } from ${from}`;
  return [...lines, line.length <= LINE_WIDTH ? line : `import {\n  ${parts.join(",\n  ")},\n} from ${from}`];
}

export const isJson = (specifier: string): boolean => specifier.endsWith(".json");

const importEnd = (specifier: string): string =>
  `${JSON.stringify(specifier)}${isJson(specifier) ? ' with { type: "json" }' : ""};`;
