/** @file `cotangent run`: runs a notebook without an editor. */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { formatDuration } from "../../protocol/progress.ts";
import { SessionClient } from "../client/session-client.ts";
import { Answers } from "./answers.ts";
import { beside } from "./beside.ts";
import type { RunCommand } from "./command.ts";
import { EXIT_BY_SIGNAL, EXIT_FAILED, EXIT_OK } from "./exit-code.ts";
import { type Notebook, readNotebook } from "./notebook-file.ts";
import { injectParameters, readParameters } from "./parameters.ts";
import { type NotebookRun, runNotebook } from "./run-notebook.ts";
import { notebookText } from "./save-notebook.ts";
import { targetFile, writeTarget } from "./targets.ts";
import type { Terminal } from "./terminal.ts";

type Signal = keyof typeof EXIT_BY_SIGNAL;

export async function run(command: RunCommand, terminal: Terminal): Promise<number> {
  const { file, timeoutSeconds, memoryLimitMB, threads, allowErrors, session: flags } = command;
  const notebook = await readNotebook(file);
  const warning = await injectParameters(notebook, file, await readParameters(command));
  const title = path.basename(file, ".ipynb");
  const output = command.output && (await targetFile(command.output, `${title}.ipynb`));
  const html = command.html && (await targetFile(command.html, `${title}.html`));
  const started = performance.now();
  terminal.line(`Running ${file}`);
  if (warning) terminal.line(terminal.yellow(`Warning: ${warning}`));
  const session = new SessionClient({
    sessionPath: beside("session.js"),
    directory: path.dirname(path.resolve(file)),
    memoryLimitMB,
    threads,
    ...flags,
  });
  const answers = new Answers(process.stdin, (text) => terminal.question(text));
  const signals = new Signals();
  const outcome = await runNotebook({
    notebook,
    file,
    session,
    progress: terminal,
    ask: answers.ask.bind(answers),
    timeoutSeconds,
    allowErrors,
    interrupt: signals.interrupt,
  });
  answers.close();
  await session.dispose();

  terminal.line();
  summarize(outcome, formatDuration(performance.now() - started), terminal);
  if (output) await writeTarget(output, notebookText(notebook));
  if (html) await writeTarget(html, await pageText(notebook, title));
  if (output) terminal.line(`Notebook  ${output}`);
  if (html) terminal.line(`Page      ${html}`);
  if (signals.received) return EXIT_BY_SIGNAL[signals.received];
  const isComplete = outcome.left === 0 && (allowErrors || outcome.failures.length === 0);
  return isComplete ? EXIT_OK : EXIT_FAILED;
}

/** The first Ctrl-C ends the run in order, the second the process. */
class Signals {
  received: Signal | undefined;
  readonly #controller = new AbortController();

  constructor() {
    for (const signal of Object.keys(EXIT_BY_SIGNAL) as Signal[]) process.on(signal, () => this.#receive(signal));
  }

  get interrupt(): AbortSignal {
    return this.#controller.signal;
  }

  #receive(signal: Signal): void {
    if (this.received) process.exit(EXIT_BY_SIGNAL[signal]);
    this.received = signal;
    this.#controller.abort();
  }
}

function summarize({ cells, failures, left }: NotebookRun, time: string, terminal: Terminal): void {
  if (left === 0 && failures.length === 0) terminal.line(`${cells} ${cells === 1 ? "cell" : "cells"} ran in ${time}.`);
  if (left > 0) {
    const rest = left === 1 ? "The cell after it was not run." : `The ${left} cells after it were not run.`;
    terminal.line(terminal.red(`${failures.at(-1) ?? "The run was interrupted."} ${rest}`));
  } else if (failures.length === 1) terminal.line(terminal.red(failures[0]));
  if (failures.length > 1) terminal.line(terminal.red(`${failures.length} of ${cells} cells failed, in ${time}.`));
}

async function pageText(notebook: Notebook, title: string): Promise<string> {
  // With libraries for Markdown and formulas that other runs do not need.
  const { writePage } = await import("./page.ts");
  return writePage(notebook, { title, rendererSource: await readFile(beside("page.js"), "utf8") });
}
