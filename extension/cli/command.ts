/** @file What the command line asks for. */
import { parseArgs } from "node:util";
import { SESSION_FLAGS, type SessionFlags, sessionFlags } from "./session-flags.ts";

export type Command =
  | {
      readonly name: "run";
      readonly file: string;
      readonly out?: string;
      readonly timeoutSeconds?: number;
      readonly memoryLimitMB?: number;
      readonly threads?: number;
      /** What the editor has settings for. */
      readonly session: SessionFlags;
    }
  | { readonly name: "help" }
  | { readonly name: "wrong"; readonly problem: string };

export const USAGE = `Usage: cotangent run NOTEBOOK.ipynb [--out DIR] [--timeout SECONDS] [--memory MB] [--threads N]

Runs every code cell of a TypeScript notebook and shows what each one gives.
  --out DIR          write the executed notebook and an HTML page there
  --timeout SECONDS  stop at a cell that takes longer
  --memory MB        stop when the session uses more memory than this (4096)
  --threads N        compute with so many threads (as many as there are cores)
  --dtype TYPE       what plain numbers become: float32, float64 (float32)
  --backend NAME     what computes: wasm, reference (wasm)
  --digits N         digits that tensors are printed with (4)

Exit code: 0 all cells ran, 1 a cell failed, 2 no runnable notebook was given.`;

export function parseCommand(args: readonly string[]): Command {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        out: { type: "string" },
        timeout: { type: "string" },
        memory: { type: "string" },
        threads: { type: "string" },
        ...SESSION_FLAGS,
        help: { type: "boolean", short: "h" },
      },
    });
    const [name, file, ...rest] = positionals;
    if (values.help || name === "help" || name === undefined) return { name: "help" };
    if (name !== "run") return wrong(`There is no command '${name}'; there is: run.`);
    if (file === undefined) return wrong("Which notebook? Give a .ipynb file after 'run'.");
    if (rest.length > 0) return wrong(`One notebook at a time: '${rest[0]}' is too much.`);
    const timeoutSeconds = positive(values.timeout, "--timeout");
    const memoryLimitMB = positive(values.memory, "--memory");
    const threads = positive(values.threads, "--threads");
    if (threads !== undefined && !Number.isInteger(threads)) {
      return wrong(`--threads should be a whole number and is '${values.threads}'.`);
    }
    return {
      name: "run",
      file,
      out: values.out,
      timeoutSeconds,
      memoryLimitMB,
      threads,
      session: sessionFlags(values),
    };
  } catch (error) {
    return wrong((error as Error).message);
  }
}

function wrong(problem: string): Command {
  return { name: "wrong", problem };
}

function positive(text: string | undefined, option: string): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new Error(`${option} should be a number above 0 and is '${text}'.`);
}
