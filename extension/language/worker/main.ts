/**
 * @file The language worker, a thread of the extension host: one TypeScript for all notebooks, one program for each.
 * Questions are answered in turn; between them, cell by cell, problems are looked for.
 */
import path from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import ts from "typescript";
import type { AskMessage, HostToLanguage, LanguageProblem, LanguageToHost } from "../../../protocol/language.ts";
import { answer, looseTexts } from "./answers.ts";
import { Disk } from "./disk.ts";
import { NotebookProgram } from "./notebook-program.ts";
import { shippedTypes } from "./options.ts";
import { ProblemPass } from "./problem-pass.ts";

/** What is typed faster than this is checked once. */
const QUIET_MS = 150;

/** How long a module that was not found is taken for missing. */
const LOOK_AGAIN_MS = 2000;

interface OpenNotebook {
  readonly program: NotebookProgram;
  /** Absent when nobody wants to know of problems. */
  readonly pass?: ProblemPass;
}

type NotebookMessage = Extract<HostToLanguage, { type: "notebook" }>;

const { typesFolder } = workerData as { typesFolder: string };
const port = parentPort!;
const shipped = shippedTypes(typesFolder);
const disk = new Disk(shipped.folder);
const registry = ts.createDocumentRegistry(ts.sys.useCaseSensitiveFileNames, path.dirname(shipped.folder));
const notebooks = new Map<string, OpenNotebook>();
const waiting: HostToLanguage[] = [];
let timer: NodeJS.Timeout | undefined;
let running = false;
let lastForgotten = 0;

const say = (message: LanguageToHost) => port.postMessage(message);

port.on("message", (message: HostToLanguage) => {
  if (message.type === "cancel") {
    const index = waiting.findIndex((other) => other.type === "ask" && other.id === message.id);
    if (index >= 0) waiting.splice(index, 1);
    return;
  }
  waiting.push(message);
  wake(0);
});

/** Goes on after what has arrived meanwhile is in the queue, so that a question can still be cancelled. */
function wake(delayMs: number): void {
  if (running) return;
  clearTimeout(timer);
  if (delayMs > 0) timer = setTimeout(work, delayMs);
  else {
    running = true;
    setImmediate(work);
  }
}

function work(): void {
  running = false;
  const message = waiting.shift();
  if (message) {
    handle(message);
    wake(0);
    return;
  }
  const passes = [...notebooks.values()].flatMap(({ pass }) => (pass && !pass.isDone ? [pass] : []));
  const ready = passes.find(({ quietFor }) => quietFor >= QUIET_MS);
  ready?.step();
  if (ready) wake(0);
  else if (passes.length > 0) wake(QUIET_MS);
}

function handle(message: HostToLanguage): void {
  switch (message.type) {
    case "notebook": {
      const open = notebooks.get(message.notebook) ?? openNotebook(message);
      const changed = open.program.update(message.cells);
      open.pass?.add(changed);
      break;
    }
    case "cell": {
      const open = notebooks.get(message.notebook);
      const changed = open?.program.updateCell(message.cell, message.text);
      if (changed) open?.pass?.add(changed);
      // Editors do not say when packages are installed.
      if (open?.program.lacksModules && performance.now() - lastForgotten > LOOK_AGAIN_MS) filesChanged();
      break;
    }
    case "close":
      notebooks.get(message.notebook)?.program.dispose();
      notebooks.delete(message.notebook);
      break;
    case "filesChanged":
      filesChanged();
      break;
    case "ask":
      reply(message);
  }
}

function filesChanged(): void {
  lastForgotten = performance.now();
  disk.forget();
  for (const { program, pass } of notebooks.values()) {
    program.refresh();
    pass?.add(program.modules.all.map(({ uri }) => uri));
  }
}

function openNotebook({ notebook, name, folder, checked }: NotebookMessage): OpenNotebook {
  const program = new NotebookProgram({ name, folder, shipped, disk, registry });
  const publish = (cell: string, problems: readonly LanguageProblem[]) =>
    say({ type: "problems", notebook, cell, problems });
  const open = { program, ...(checked && { pass: new ProblemPass(program, publish) }) };
  notebooks.set(notebook, open);
  return open;
}

function reply(message: AskMessage): void {
  const { id } = message;
  try {
    say({ type: "answer", id, answer: answerTo(message) });
  } catch (error) {
    say({ type: "failed", id, message: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
}

function answerTo(message: AskMessage): unknown {
  if (message.question === "outline") return looseTexts.outline(message.ask);
  if (message.question === "folding") return looseTexts.folding(message.ask);
  const open = notebooks.get(message.ask.notebook);
  return open && answer(open.program, message.question, message.ask);
}
