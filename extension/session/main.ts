/**
 * @file The session process of one notebook. This thread evaluates the cells; the supervisor, a worker thread, speaks
 * with the host (see `supervisor.ts`).
 */
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import type { SessionOptions } from "../../protocol/session.ts";
import { Cells } from "./cells.ts";
import { captureConsole } from "./console.ts";
import { Displays } from "./displays.ts";
import { installGlobals } from "./globals.ts";
import { Inputs } from "./inputs.ts";
import { Modules } from "./modules.ts";
import { Outbox } from "./outbox.ts";
import type { SupervisorOptions, SupervisorToMain } from "./relay.ts";
import { reportOf } from "./report.ts";
import { followPromises, forgetCurrentRun, type Run, runOf } from "./run.ts";
import { installStackTraces, runBehind } from "./stack.ts";
import { guardTimers } from "./timers.ts";

const { directory, memoryLimitMB, threads } = JSON.parse(process.argv[2] ?? "{}") as SessionOptions;
const interrupting = new Int32Array(new SharedArrayBuffer(4));
const supervisorOptions: SupervisorOptions = { memoryLimitMB, interrupting };
const supervisor = new Worker(new URL("./supervisor.js", import.meta.url), { workerData: supervisorOptions });
const outbox = new Outbox((message) => supervisor.postMessage(message));
outbox.ready();

captureConsole(outbox);
followPromises();
guardTimers();
installStackTraces(path.dirname(fileURLToPath(import.meta.url)), directory);

// Whatever a cell left behind may fail; the session goes on.
const reportStray = (error: unknown, run: Run | undefined) => {
  // A terminated loop leaves its last promise unhandled, which is nobody's mistake.
  const broken = Atomics.load(interrupting, 0) === 1;
  if (run && !broken) outbox.show(run, { kind: "error", error: reportOf(error) });
};
process.on("uncaughtException", (error) => {
  reportStray(error, runBehind(error));
  forgetCurrentRun();
});
process.on("unhandledRejection", (reason, promise) => reportStray(reason, runOf(promise) ?? runBehind(reason)));
process.on("exit", () => outbox.flush());

// After `ready`, because TypeScript takes a while to load.
const [{ rewriteCell }, { bundleOf }, { Variables }, { setThreads }] = await Promise.all([
  import("./rewrite/rewrite.ts"),
  import("./display/bundle.ts"),
  import("./variables/variables.ts"),
  import("cotangent"),
]);
if (threads !== undefined) setThreads(threads);
const displays = new Displays(outbox, bundleOf);
const inputs = new Inputs(outbox);
installGlobals(displays, inputs);
const notebook = path.join(directory, "notebook.ts");
const cells = new Cells({
  outbox,
  rewriteCell,
  displays,
  modules: new Modules(),
  folder: directory,
  meta: { url: pathToFileURL(notebook).href, dirname: directory, filename: notebook },
});
const variables = new Variables(cells.names);

supervisor.on("message", (message: SupervisorToMain) => {
  switch (message.type) {
    case "execute":
      cells.execute(message);
      break;
    case "interrupt":
      cells.interrupt();
      outbox.interruptHandled(message.attempt);
      break;
    case "variables":
      outbox.answer({ type: "variables", id: message.id, answer: variables.list() });
      break;
    case "variable-text":
      outbox.answer({ type: "variable-text", id: message.id, answer: variables.textOf(message.name) });
      break;
    case "input-answer":
      inputs.answer(message.question, message.answer);
      break;
    case "shutdown":
      process.exit(0);
  }
});
outbox.prepared();
