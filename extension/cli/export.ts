/** @file `cotangent export`: a notebook as a module that Node runs. */
import { existsSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { isBuiltin } from "node:module";
import path from "node:path";
import { fileOf, findFile } from "../session/modules.ts";
import { CellSyntaxError } from "../session/rewrite/problems.ts";
import { beside } from "./beside.ts";
import { caretLine, placeIn } from "./cell-place.ts";
import type { ExportCommand } from "./command.ts";
import { EXIT_FAILED, EXIT_OK } from "./exit-code.ts";
import { moduleText } from "./export/module.ts";
import { foreignLanguage, type NumberedCell, numberedCells, readNotebook } from "./notebook-file.ts";
import { Problem } from "./problem.ts";
import { targetFile, writeTarget } from "./targets.ts";
import type { Terminal } from "./terminal.ts";

const KERNEL_FILE = "cotangent-kernel.js";
/** Begins the file, so that it is known again and no other is overwritten. */
const KERNEL_MARK = "// The kernel of Cotangent, written by `cotangent export`.\n";

export async function exportNotebook(command: ExportCommand, terminal: Terminal): Promise<number> {
  const { file, target } = command;
  const extension = path.extname(target);
  if (![".ts", ".mts", ".mjs", ".js"].includes(extension)) {
    throw new Problem(`${target} should be a .ts or a .mjs file: its name says whether types stay.`);
  }
  const notebook = await readNotebook(file);
  const numbered = numberedCells(notebook.cells);
  for (const each of numbered) {
    const foreign = foreignLanguage(each);
    if (foreign) throw new Problem(`${file}: ${foreign}`);
  }
  await targetFile(target, "");
  const specifiers = new Specifiers(path.dirname(path.resolve(file)), path.dirname(path.resolve(target)), command);
  let current: NumberedCell | undefined;
  let text: string;
  try {
    const options = {
      title: path.basename(file),
      typescript: extension.endsWith("ts"),
      specifier: (written: string) => specifiers.inModule(written),
      globals: await readFile(beside("notebook-globals.ts"), "utf8"),
    };
    text = moduleText(notebook, numbered, options, (cell) => (current = cell));
  } catch (error) {
    if (!(error instanceof CellSyntaxError && current)) throw error;
    console.error(syntaxText(file, current, error));
    return EXIT_FAILED;
  }
  await writeTarget(target, text);
  terminal.line(`Module  ${target}`);
  if (specifiers.kernelBeside) terminal.line(`Kernel  ${await writeKernel(path.dirname(target))}`);
  for (const warning of specifiers.warnings) terminal.line(terminal.yellow(`Warning: ${warning}`));
  return EXIT_OK;
}

async function writeKernel(folder: string): Promise<string> {
  const file = path.join(folder, KERNEL_FILE);
  if (existsSync(file) && !readFileSync(file, "utf8").startsWith(KERNEL_MARK)) {
    throw new Problem(`${file} is there and is not ours. Move it, or export to another folder.`);
  }
  // Without the reference to a source map, which stays where it is.
  const kernel = (await readFile(beside("kernel.js"), "utf8")).replace(/\n\/\/# sourceMappingURL=.*\s*$/, "\n");
  await writeTarget(file, KERNEL_MARK + kernel);
  return file;
}

/** What a cell imports, as a module in another folder says it. */
class Specifiers {
  readonly warnings = new Set<string>();
  kernelBeside = false;
  readonly #from: string;
  readonly #to: string;
  readonly #alwaysBeside: boolean;
  readonly #isTypeScript: boolean;

  constructor(from: string, to: string, { target, kernelBeside }: ExportCommand) {
    this.#from = from;
    this.#to = to;
    this.#alwaysBeside = kernelBeside;
    this.#isTypeScript = path.extname(target).endsWith("ts");
  }

  inModule(written: string): string {
    if (written === "cotangent") {
      if (!this.#alwaysBeside && isInstalled(written, this.#to)) return written;
      this.kernelBeside = true;
      return `./${KERNEL_FILE}`;
    }
    if (isBuiltin(written)) return written;
    const file = fileOf(written, this.#from);
    if (file === undefined) {
      const name = written.split("/", written.startsWith("@") ? 2 : 1).join("/");
      if (!isInstalled(name, this.#to)) {
        this.warnings.add(`${name} is not installed for ${this.#to}. Install it there: npm install ${name}`);
      }
      return written;
    }
    const found = this.#find(file, written);
    if (!this.#isTypeScript && /\.[mc]?ts$/.test(found)) {
      this.warnings.add(`${path.basename(found)} is TypeScript, so the module needs Node 22.18 or newer.`);
    }
    const relative = path.relative(this.#to, found).replaceAll(path.sep, "/");
    return relative.startsWith("../") ? relative : `./${relative}`;
  }

  #find(file: string, written: string): string {
    try {
      return findFile(file, written, this.#from);
    } catch (error) {
      throw new Problem((error as Error).message);
    }
  }
}

/** As Node looks for it: in the folder and those above it, or as the package that the folder itself belongs to. */
function isInstalled(name: string, folder: string): boolean {
  for (let at = folder; ; at = path.dirname(at)) {
    if (existsSync(path.join(at, "node_modules", name))) return true;
    const own = path.join(at, "package.json");
    if (existsSync(own) && isPackage(own, name)) return true;
    if (path.dirname(at) === at) return false;
  }
}

function isPackage(file: string, name: string): boolean {
  try {
    const read = JSON.parse(readFileSync(file, "utf8")) as { name?: unknown; exports?: unknown };
    return read.name === name && read.exports !== undefined;
  } catch {
    return false;
  }
}

function syntaxText(file: string, { number, code }: NumberedCell, { problems }: CellSyntaxError): string {
  const [{ message, offset }] = problems;
  const { line, column, text } = placeIn(code, offset);
  return `${file} cell ${number}:${line}:${column} error: ${message}\n    ${text}\n    ${caretLine(text, column)}`;
}
