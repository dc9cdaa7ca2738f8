/** @file Which name of the notebook an identifier means. */
import ts from "typescript";
import type { CellModule } from "./cell-modules.ts";
import type { NotebookProgram } from "./notebook-program.ts";

/** A name that cells share: the same in every cell that sees this declaration. */
export interface SharedName {
  readonly name: string;
  /** The cell that declares it. */
  readonly home: CellModule;
}

/** The identifier at an offset of a virtual file. */
function identifierAt(file: ts.SourceFile, offset: number): ts.Identifier | undefined {
  let found: ts.Identifier | undefined;
  const visit = (node: ts.Node): void => {
    if (offset < node.getStart(file) || offset > node.end) return;
    if (ts.isIdentifier(node)) found = node;
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

/** The shared name that the identifier at this offset means; undefined for a local variable, a property, a file's name. */
export function sharedNameAt(program: NotebookProgram, module: CellModule, offset: number): SharedName | undefined {
  const file = program.sourceFile(module);
  const checker = program.service.getProgram()?.getTypeChecker();
  const identifier = file && identifierAt(file, offset);
  if (!identifier || !checker) return undefined;
  const { text: name, parent } = identifier;
  // The `b` of `import { b as a }` is a name of that module.
  if (ts.isImportSpecifier(parent) && parent.propertyName === identifier) return undefined;
  const symbol = ts.isShorthandPropertyAssignment(parent)
    ? checker.getShorthandAssignmentValueSymbol(parent)
    : checker.getSymbolAtLocation(identifier);
  const declaration = symbol?.declarations?.find((candidate) => candidate.getSourceFile() === file);
  if (!declaration || !file) return undefined;
  if (declaration.pos < module.shift && declaration.end <= module.shift) {
    const home = program.modules.get(module.visible.get(name)?.from ?? "");
    return home && { name, home };
  }
  const declared = module.names.declared.get(name);
  if (!declared) return undefined;
  const named = ts.getNameOfDeclaration(declaration as ts.Declaration);
  const isTop = symbol?.declarations?.some((each) => {
    const own = ts.getNameOfDeclaration(each as ts.Declaration) ?? named;
    return own?.getSourceFile() === file && own.getStart(file) === declared.offset + module.shift;
  });
  return isTop ? { name, home: module } : undefined;
}

/** Where a shared name stands in virtual files: at its declaration, and in the preambles of the cells that take it. */
export function* standsFor({ name, home }: SharedName, program: NotebookProgram): Generator<[CellModule, number]> {
  const declared = home.names.declared.get(name);
  if (declared) yield [home, declared.offset + home.shift];
  for (const module of program.modules.all) {
    const visible = module.visible.get(name);
    if (visible?.from === home.uri && visible.offset !== undefined) yield [module, visible.offset];
  }
}
