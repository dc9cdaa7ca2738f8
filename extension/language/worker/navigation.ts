/** @file Definitions, references and renaming, across the cells of a notebook. */
import type ts from "typescript";
import type { Definition, Place, RenameAnswer, RenameEdit } from "../../../protocol/language.ts";
import type { CellModule } from "./cell-modules.ts";
import { sharedNameAt, standsFor } from "./names-at.ts";
import type { NotebookProgram } from "./notebook-program.ts";
import { placeOf, spanInCell } from "./places.ts";

export function definition(program: NotebookProgram, module: CellModule, offset: number): Definition[] {
  const found = program.service.getDefinitionAndBoundSpan(module.file, offset);
  const origin = found && spanInCell(module, found.textSpan);
  if (!origin) return [];
  return (found.definitions ?? []).flatMap(({ fileName, textSpan }) => {
    const target = placeOf(program, fileName, textSpan) ?? declarationOf(program, module, offset);
    return target ? [{ origin, target }] : [];
  });
}

/** Of a shared name that a preamble stands in for. */
function declarationOf(program: NotebookProgram, module: CellModule, offset: number): Place | undefined {
  const shared = sharedNameAt(program, module, offset);
  const declared = shared?.home.names.declared.get(shared.name);
  if (!shared || !declared) return undefined;
  return { cell: shared.home.uri, span: { start: declared.offset, length: shared.name.length } };
}

export function references(
  program: NotebookProgram,
  module: CellModule,
  offset: number,
  declarations: boolean,
): Place[] {
  const { service } = program;
  const places = new Map<string, Place>();
  const collect = (file: string, at: number) => {
    for (const { references: found } of service.findReferences(file, at) ?? []) {
      for (const { fileName, textSpan, isDefinition } of found) {
        const place = placeOf(program, fileName, textSpan);
        if (place && (declarations || !isDefinition)) places.set(keyOf(place), place);
      }
    }
  };
  const shared = sharedNameAt(program, module, offset);
  if (shared) for (const [at, where] of standsFor(shared, program)) collect(at.file, where);
  else collect(module.file, offset);
  return [...places.values()];
}

export function prepareRename(program: NotebookProgram, module: CellModule, offset: number): RenameAnswer {
  const info = program.service.getRenameInfo(module.file, offset, { allowRenameOfImportPath: false });
  if (!info.canRename) return { ok: false, reason: info.localizedErrorMessage };
  const span = spanInCell(module, info.triggerSpan);
  if (!span) return { ok: false, reason: "There is no name here." };
  const outside = rename(program, module, offset).find(
    ({ place }) => "file" in place && isForeign(place.file, program),
  );
  if (outside) return { ok: false, reason: `'${info.displayName}' is declared in a library.` };
  return { ok: true, span, name: info.displayName };
}

export function rename(program: NotebookProgram, module: CellModule, offset: number): RenameEdit[] {
  const edits = new Map<string, RenameEdit>();
  const collect = (file: string, at: number) => {
    const found: readonly ts.RenameLocation[] | undefined = program.service.findRenameLocations(
      file,
      at,
      false,
      false,
      {
        providePrefixAndSuffixTextForRename: true,
      },
    );
    for (const { fileName, textSpan, prefixText = "", suffixText = "" } of found ?? []) {
      const place = placeOf(program, fileName, textSpan);
      if (!place) continue;
      const known = edits.get(keyOf(place));
      if (!known || known.prefix + known.suffix === "") {
        edits.set(keyOf(place), { place, prefix: prefixText, suffix: suffixText });
      }
    }
  };
  const shared = sharedNameAt(program, module, offset);
  if (shared) for (const [at, where] of standsFor(shared, program)) collect(at.file, where);
  else collect(module.file, offset);
  return [...edits.values()];
}

/** Not a file of the person who renames. */
function isForeign(file: string, program: NotebookProgram): boolean {
  return file.includes("/node_modules/") || program.isShipped(file);
}

function keyOf(place: Place): string {
  return `${"cell" in place ? place.cell : place.file} ${place.span.start}`;
}
