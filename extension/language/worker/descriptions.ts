/** @file Hover and signature help. */
import type { HoverText, SignatureList, SignatureText } from "../../../protocol/language.ts";
import type { CellModule } from "./cell-modules.ts";
import { sharedNameAt } from "./names-at.ts";
import type { NotebookProgram } from "./notebook-program.ts";
import { spanInCell } from "./places.ts";
import { documentationOf, signatureOf, textOf } from "./text-of.ts";

export function hover(program: NotebookProgram, module: CellModule, offset: number): HoverText | undefined {
  const { service } = program;
  const info = service.getQuickInfoAtPosition(module.file, offset);
  const span = info && spanInCell(module, info.textSpan);
  if (!span) return undefined;
  const shared = sharedNameAt(program, module, offset);
  const elsewhere = shared && shared.home !== module ? shared : undefined;
  const described =
    (info.documentation?.length || info.tags?.length || !elsewhere
      ? info
      : service.getQuickInfoAtPosition(elsewhere.home.file, declarationIn(elsewhere.home, elsewhere.name))) ?? info;
  return {
    span,
    signature: signatureOf(info.displayParts, elsewhere !== undefined),
    documentation: documentationOf(described.documentation, described.tags),
  };
}

function declarationIn(home: CellModule, name: string): number {
  return (home.names.declared.get(name)?.offset ?? 0) + home.shift;
}

export function signatures(program: NotebookProgram, module: CellModule, offset: number): SignatureList | undefined {
  const help = program.service.getSignatureHelpItems(module.file, offset, undefined);
  if (!help) return undefined;
  return {
    activeSignature: help.selectedItemIndex,
    activeParameter: help.argumentIndex,
    signatures: help.items.map((item): SignatureText => {
      let label = textOf(item.prefixDisplayParts);
      const separator = textOf(item.separatorDisplayParts);
      const parameters = item.parameters.map((parameter, index) => {
        if (index > 0) label += separator;
        const start = label.length;
        label += textOf(parameter.displayParts);
        const range: [number, number] = [start, label.length];
        return { label: range, documentation: documentationOf(parameter.documentation, undefined) };
      });
      label += textOf(item.suffixDisplayParts);
      const tags = item.tags.filter(({ name }) => name !== "param");
      return { label, documentation: documentationOf(item.documentation, tags), parameters };
    }),
  };
}
