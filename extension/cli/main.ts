/** @file The command `cotangent`: runs a notebook without an editor. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { formatDuration } from "../../protocol/progress.ts";
import { SessionClient } from "../client/session-client.ts";
import { Answers } from "./answers.ts";
import { type Command, parseCommand, USAGE } from "./command.ts";
import { type Notebook, NotebookProblem, readNotebook, writeNotebook } from "./notebook-file.ts";
import { writePage } from "./page.ts";
import { runNotebook } from "./run-notebook.ts";
import { Terminal } from "./terminal.ts";

const EXIT_FAILED_CELL = 1;
const EXIT_BAD_INPUT = 2;
const EXIT_INTERRUPTED = 130;

const terminal = new Terminal(process.stdout);

async function run({
  file,
  out,
  timeoutSeconds,
  memoryLimitMB,
  threads,
  session: flags,
}: Extract<Command, { name: "run" }>): Promise<number> {
  const notebook = await readNotebook(file);
  const started = performance.now();
  terminal.line(`Running ${file}`);
  const session = new SessionClient({
    sessionPath: beside("session.js"),
    directory: path.dirname(path.resolve(file)),
    memoryLimitMB,
    threads,
    ...flags,
  });
  process.once("SIGINT", async () => {
    await session.dispose();
    process.exit(EXIT_INTERRUPTED);
  });
  const answers = new Answers(process.stdin, (text) => terminal.question(text));
  const ask = answers.ask.bind(answers);
  const { cells, failure } = await runNotebook({ notebook, file, session, progress: terminal, ask, timeoutSeconds });
  answers.close();
  await session.dispose();

  terminal.line();
  if (failure) terminal.line(terminal.red(`${failure} The cells after it were not run.`));
  else terminal.line(`${cells} cells ran in ${formatDuration(performance.now() - started)}.`);
  if (out !== undefined) await write(notebook, file, out);
  return failure ? EXIT_FAILED_CELL : 0;
}

async function write(notebook: Notebook, file: string, folder: string): Promise<void> {
  const name = path.basename(file, ".ipynb");
  const notebookFile = path.join(folder, `${name}.ipynb`);
  const pageFile = path.join(folder, `${name}.html`);
  const rendererSource = await readFile(beside("page.js"), "utf8");
  await mkdir(folder, { recursive: true });
  await writeNotebook(notebookFile, notebook);
  await writeFile(pageFile, writePage(notebook, { title: name, rendererSource }));
  terminal.line(`Notebook  ${notebookFile}`);
  terminal.line(`Page      ${pageFile}`);
}

/** A file of the build, which lies where this one does. */
function beside(name: string): string {
  return fileURLToPath(new URL(`./${name}`, import.meta.url));
}

async function main(args: readonly string[]): Promise<number> {
  const command = parseCommand(args);
  if (command.name === "run") return run(command);
  if (command.name === "help") {
    terminal.line(USAGE);
    return 0;
  }
  console.error(`${command.problem}\n\n${USAGE}`);
  return EXIT_BAD_INPUT;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  // Anything else is a mistake of ours and shows its stack.
  if (!(error instanceof NotebookProblem)) throw error;
  console.error(error.message);
  process.exitCode = EXIT_BAD_INPUT;
}
