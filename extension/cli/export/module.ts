/** @file A notebook as one module: imports, what cells find without one, then cell after cell, prose as comments. */

import { namesOf } from "../../language/worker/declared-names.ts";
import { type Erased, eraseTypes } from "../../session/rewrite/erase.ts";
import { joined, type Notebook, type NumberedCell } from "../notebook-file.ts";
import { type CellSource, moduleCode, withCompanions } from "./cell-code.ts";
import { type CellImport, importText } from "./imports.ts";
import { neededGlobals } from "./needed-globals.ts";
import { withoutTypes } from "./without-types.ts";

export interface ModuleOptions {
  readonly title: string;
  /** Whether types stay. */
  readonly typescript: boolean;
  /** From a specifier in a cell to one in the module. */
  readonly specifier: (written: string) => string;
  /** The text of notebook-globals.ts. */
  readonly globals: string;
}

/** Throws what `eraseTypes` throws; `onCell` is told before which cell it is about. */
export function moduleText(
  notebook: Notebook,
  numbered: readonly NumberedCell[],
  options: ModuleOptions,
  onCell: (cell: NumberedCell) => void,
): string {
  const sources = numbered.map((each): CellSource => {
    onCell(each);
    return sourceOf(each.code, eraseTypes(each.code));
  });
  const names = sources.map(({ text }) => namesOf(text, false));
  const mentioned = new Set(names.flatMap((each) => [...each.mentioned]));
  const declared = new Set(names.flatMap((each) => [...each.declared.keys()]));
  const freshName = namer(mentioned);
  const globals = neededGlobals(options.globals, {
    results: sources.some(({ showsResult }) => showsResult),
    names: new Set([...mentioned].filter((name) => !declared.has(name))),
    isTaken: (name) => mentioned.has(name),
    freshName,
  });
  const variables = withCompanions(sources, declaredOften(sources));
  const { specifier } = options;
  const { printResult } = globals;
  const codes = sources.map((source) => moduleCode(source, { variables, specifier, printResult, freshName }));

  const codeOf = new Map(numbered.map(({ cell, number }, i) => [cell, { number, text: codes[i].text }]));
  const cells = notebook.cells.flatMap((cell) => {
    const code = codeOf.get(cell);
    if (code) return [`// Cell ${code.number}\n${code.text.trim()}`];
    return cell.cell_type === "markdown" ? [asComment(joined(cell.source))] : [];
  });
  const imports: CellImport[] = [...codes.flatMap((code) => code.imports), ...globals.imports];
  const parts = [
    `// ${options.title}, exported by Cotangent.`,
    importText(imports.map((each) => (options.typescript ? each : withoutTypeNames(each)))),
    globals.text,
    variables.size > 0
      ? `// Declared by several cells, so that each of them may give it another value.\n${declarations(variables)}`
      : "",
    ...cells,
  ];
  const text = parts
    .filter((part) => part.trim() !== "")
    .map((part) => `${part}\n`)
    .join("\n");
  return (options.typescript ? text : withoutTypes(text)).replace(/[ \t]+$/gm, "").replace(/\n{3,}/g, "\n\n");
}

/** A cell with more than types to lose, such as an enum, is JavaScript from here on: Node leaves out types only. */
function sourceOf(code: string, { javascript, erasable, showsResult, typeNames }: Erased): CellSource {
  return { text: erasable ? code : javascript, showsResult, typeNames };
}

/** Values that more than one cell declares. The same import in two cells is one. */
function declaredOften(sources: readonly CellSource[]): Set<string> {
  const found = new Map<string, string>();
  const often = new Set<string>();
  sources.forEach((source, index) => {
    for (const [name, origin] of originsIn(source, index)) {
      if ((found.get(name) ?? origin) !== origin) often.add(name);
      found.set(name, origin);
    }
  });
  return often;
}

/** By name of a value: where it comes from, in words that are the same for the same import. */
function originsIn(source: CellSource, index: number): Map<string, string> {
  const origins = new Map<string, string>();
  for (const [name, { kind }] of namesOf(source.text, false).declared) {
    if (kind === "interface" || kind === "type" || source.typeNames.has(name)) continue;
    origins.set(name, `cell ${index}`);
  }
  const { imports } = moduleCode(source, PLAIN);
  for (const { specifier, names } of imports) {
    for (const { imported, local, isType } of names) {
      if (isType) origins.delete(local);
      else origins.set(local, `${imported} of ${specifier}`);
    }
  }
  return origins;
}

/** For a look at a cell's imports alone. */
const PLAIN = {
  variables: new Set<string>(),
  specifier: (written: string) => written,
  printResult: "",
  freshName: (like: string) => like,
};

const declarations = (names: ReadonlySet<string>): string => [...names].map((name) => `let ${name}: any;`).join("\n");

function withoutTypeNames({ specifier, names }: CellImport): CellImport {
  return { specifier, names: names.filter(({ isType }) => !isType) };
}

function namer(taken: ReadonlySet<string>): (like: string) => string {
  const given = new Set<string>();
  return (like) => {
    let name = `${like}_`;
    while (taken.has(name) || given.has(name)) name += "_";
    given.add(name);
    return name;
  };
}

function asComment(prose: string): string {
  const lines = prose.trimEnd().split(/\r?\n/);
  return lines.map((line) => `// ${line}`.trimEnd()).join("\n");
}
