/**
 * @file Parameters of a run, by the convention that papermill made common: the cell with the tag `parameters` declares
 * them, and a cell with the tag `injected-parameters` after it gives them the values of this run.
 */
import { readFile } from "node:fs/promises";
import { closest } from "./closest.ts";
import { type Cell, joined, type Notebook, newCellId, numberedCells } from "./notebook-file.ts";
import { Problem } from "./problem.ts";

/** By name; values are what JSON can say. */
type Parameters = ReadonlyMap<string, unknown>;

const DECLARED = "parameters";
const INJECTED = "injected-parameters";

interface Given {
  /** `name=value`, which count more than the file. */
  readonly parameters: readonly string[];
  readonly parametersFile?: string;
}

/** Throws `Problem`. */
export async function readParameters({ parameters, parametersFile }: Given): Promise<Parameters> {
  const read = parametersFile === undefined ? {} : await readObject(parametersFile);
  const all = new Map(Object.entries(read));
  for (const given of parameters) {
    const at = given.indexOf("=");
    if (at < 1) throw new Problem(`A parameter is given as name=value, and '${given}' is not.`);
    all.set(given.slice(0, at), parsedValue(given.slice(at + 1)));
  }
  for (const name of all.keys()) {
    if (!/^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name)) {
      throw new Problem(`'${name}' cannot be a parameter: it is no name of a variable.`);
    }
  }
  return all;
}

async function readObject(file: string): Promise<object> {
  const text = await readFile(file, "utf8").catch((error: Error) => {
    throw new Problem(`The parameters cannot be read: ${error.message}`);
  });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Problem(`${file} should be JSON and is not: ${(error as Error).message}`);
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  throw new Problem(`${file} should be a JSON object, such as {"steps": 100}.`);
}

function parsedValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/**
 * Puts the values in. Returns a warning where a cell takes one away again. Throws `Problem` for a name that
 * the parameters cell does not declare: the run would ignore it.
 */
export async function injectParameters(
  notebook: Notebook,
  file: string,
  parameters: Parameters,
): Promise<string | undefined> {
  if (parameters.size === 0) return undefined;
  // With TypeScript, which takes a moment to load and which few runs need.
  const { namesOf } = await import("../language/worker/declared-names.ts");
  const kept = notebook.cells.filter((cell) => !hasTag(cell, INJECTED));
  const at = kept.findIndex((cell) => cell.cell_type === "code" && hasTag(cell, DECLARED));
  const declared = namesOf(at < 0 ? "" : joined(kept[at].source), false).declared;
  const lines = [...parameters].map(([name, value]) => {
    const kind = declared.get(name)?.kind;
    if (at >= 0 && kind === undefined) throw undeclared(name, [...declared.keys()], file);
    return `${kind === "let" || kind === "var" ? kind : "const"} ${name} = ${JSON.stringify(value)};\n`;
  });
  const injected: Cell = {
    cell_type: "code",
    id: newCellId(new Set(notebook.cells.map(({ id }) => id))),
    metadata: { tags: [INJECTED] },
    source: ["// Parameters\n", ...lines].join("").trimEnd(),
    execution_count: null,
    outputs: [],
  };
  notebook.cells = kept.toSpliced(at + 1, 0, injected);
  if (at >= 0) return undefined;
  for (const { number, code } of numberedCells(notebook.cells).slice(1)) {
    const again = [...parameters.keys()].find((name) => namesOf(code, false).declared.has(name));
    if (again === undefined) continue;
    return `Cell ${number} declares ${again} itself, so the parameter counts up to there. Give that cell the tag "parameters".`;
  }
  return undefined;
}

function undeclared(name: string, declared: readonly string[], file: string): Problem {
  const meant = closest(name, declared);
  const hint = meant ? `Did you mean ${meant}?` : `It declares ${declared.join(", ") || "nothing"}.`;
  return new Problem(`The cell of ${file} with the tag "parameters" declares no ${name}. ${hint}`);
}

function hasTag({ metadata }: Cell, tag: string): boolean {
  return Array.isArray(metadata.tags) && metadata.tags.includes(tag);
}
