/** @file The command line as a person meets it: the built `dist/cli.js` in a folder of its own. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Notebook } from "../../../extension/cli/notebook-file.ts";

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export class CommandLine {
  readonly folder = mkdtempSync(path.join(tmpdir(), "cotangent-cli-"));

  /** Runs `cotangent` with these arguments to its end. */
  run(...args: string[]): Promise<Ended> {
    return this.node(path.resolve("dist/cli.js"), ...args);
  }

  /** Runs a file in Node. */
  node(file: string, ...args: string[]): Promise<Ended> {
    return ended(this.start(file, ...args));
  }

  start(file: string, ...args: string[]): ChildProcess {
    // Where the tests themselves run in CI or without colours, these are about neither.
    const { CI, NO_COLOR, ...env } = process.env;
    return spawn(process.execPath, [file, ...args], { cwd: this.folder, env, stdio: ["ignore", "pipe", "pipe"] });
  }

  path(name: string): string {
    return path.join(this.folder, name);
  }

  save(name: string, content: unknown): void {
    mkdirSync(path.dirname(this.path(name)), { recursive: true });
    writeFileSync(this.path(name), typeof content === "string" ? content : JSON.stringify(content));
  }

  read(name: string): string {
    return readFileSync(this.path(name), "utf8");
  }

  notebook(name: string): Notebook {
    return JSON.parse(this.read(name)) as Notebook;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export async function ended(child: ChildProcess): Promise<Ended> {
  let [stdout, stderr] = ["", ""];
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { code, stdout, stderr };
}

/** A cell for each source; one that begins with "#" is prose. `changes` are to the notebook itself. */
export function notebookOf(cells: readonly string[], changes: object = {}): object {
  return {
    nbformat: 4,
    nbformat_minor: 4,
    metadata: { kernelspec: { name: "cotangent", display_name: "Cotangent", language: "typescript" }, mine: "kept" },
    cells: cells.map((source) =>
      source.startsWith("#")
        ? { cell_type: "markdown", metadata: {}, source }
        : {
            cell_type: "code",
            metadata: { tags: ["kept"] },
            source: source.split(/(?<=\n)/),
            outputs: [],
            execution_count: 9,
          },
    ),
    ...changes,
  };
}
