/** @file `cotangent check`: what the editor would underline in cells, on the command line and without running them. */
import path from "node:path";
import { pathToFileURL } from "node:url";
import ts from "typescript";
import type { CellText } from "../../protocol/language.ts";
import { problemsOf } from "../language/worker/diagnostics.ts";
import { Disk } from "../language/worker/disk.ts";
import { NotebookProgram } from "../language/worker/notebook-program.ts";
import { type ShippedTypes, shippedTypes } from "../language/worker/options.ts";
import { beside } from "./beside.ts";
import { caretLine, placeIn } from "./cell-place.ts";
import type { CheckCommand } from "./command.ts";
import { EXIT_BAD_INPUT, EXIT_FAILED, EXIT_OK } from "./exit-code.ts";
import { foreignLanguage, type NumberedCell, numberedCells, readNotebook } from "./notebook-file.ts";
import { Problem } from "./problem.ts";
import type { Terminal } from "./terminal.ts";

interface CellProblem {
  readonly number: number;
  readonly code: string;
  readonly offset: number;
  readonly severity: "error" | "warning";
  /** `TS2345`; empty for what is not TypeScript's. */
  readonly label: string;
  readonly message: string;
}

/** Shared by all notebooks, so that TypeScript's libraries are parsed once. */
interface Checker {
  readonly shipped: ShippedTypes;
  readonly disk: Disk;
  readonly registry: ts.DocumentRegistry;
}

export async function check({ files }: CheckCommand, terminal: Terminal): Promise<number> {
  const shipped = shippedTypes(beside("types"));
  const registry = ts.createDocumentRegistry(ts.sys.useCaseSensitiveFileNames, path.dirname(shipped.folder));
  const checker = { shipped, disk: new Disk(shipped.folder), registry };
  const counts = { error: 0, warning: 0 };
  let unread = 0;
  for (const file of files) {
    try {
      const { cells } = await readNotebook(file);
      for (const problem of problemsIn(file, numberedCells(cells), checker)) {
        counts[problem.severity]++;
        print(file, problem, terminal);
      }
    } catch (error) {
      // The others are looked at all the same.
      if (!(error instanceof Problem)) throw error;
      unread++;
      console.error(error.message);
    }
  }
  const checked = files.length - unread;
  if (checked > 0) {
    const found = `${countOf(counts.error, "error")}, ${countOf(counts.warning, "warning")}`;
    const summary = `${countOf(checked, "notebook")} checked: ${found}.`;
    terminal.line(counts.error > 0 ? terminal.red(summary) : summary);
  }
  if (unread > 0) return EXIT_BAD_INPUT;
  return counts.error > 0 ? EXIT_FAILED : EXIT_OK;
}

function problemsIn(file: string, numbered: readonly NumberedCell[], checker: Checker): CellProblem[] {
  const notebook = pathToFileURL(file).href;
  const uriOf = ({ cell }: NumberedCell) => `${notebook}#${cell.id}`;
  const foreign = numbered.flatMap((each): CellProblem[] => {
    const message = foreignLanguage(each);
    const { number, code } = each;
    return message ? [{ number, code, offset: 0, severity: "error", label: "", message }] : [];
  });
  const ours = numbered.filter((each) => foreignLanguage(each) === undefined);
  const program = new NotebookProgram({
    name: path.basename(file),
    folder: path.dirname(path.resolve(file)),
    ...checker,
  });
  program.update(
    ours.map((each): CellText => {
      const isJavaScript = each.cell.metadata.vscode?.languageId?.toLowerCase() === "javascript";
      return { uri: uriOf(each), language: isJavaScript ? "javascript" : "typescript", text: each.code };
    }),
  );
  const found = ours.flatMap((each): CellProblem[] => {
    const module = program.modules.get(uriOf(each))!;
    const problems = problemsOf(program, module).toSorted((a, b) => a.span.start - b.span.start);
    return problems.flatMap(({ severity, deprecated, code, message, span }) => {
      // Of TypeScript's suggestions an editor shows by a line through a name, only that one warns of something.
      const shown = severity === "suggestion" ? (deprecated ? "warning" : undefined) : severity;
      if (shown === undefined) return [];
      const { number, code: text } = each;
      return [{ number, code: text, offset: span.start, severity: shown, label: `TS${code}`, message }];
    });
  });
  program.dispose();
  return [...foreign, ...found].sort((a, b) => a.number - b.number);
}

function print(file: string, problem: CellProblem, terminal: Terminal): void {
  const { number, code, offset, severity, label, message } = problem;
  const { line, column, text } = placeIn(code, offset);
  const colour = severity === "error" ? terminal.red.bind(terminal) : terminal.yellow.bind(terminal);
  const kind = colour([severity, label].filter(Boolean).join(" "));
  const [first, ...more] = message.split("\n");
  terminal.line(`${file} cell ${number}:${line}:${column} ${kind}: ${first}`);
  for (const further of more) terminal.line(`  ${further}`);
  terminal.line(`    ${text}`);
  terminal.line(`    ${colour(caretLine(text, column))}`);
}

const countOf = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`;
