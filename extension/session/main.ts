/**
 * @file The session process of one notebook. This thread evaluates the cells; the supervisor, a worker thread, speaks
 * with the host (see `supervisor.ts`).
 */
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import type { SessionOptions, WantedBy } from "../../protocol/session.ts";
import { Cells } from "./cells.ts";
import { captureConsole } from "./console.ts";
import { Displays } from "./displays.ts";
import { endProcess } from "./end-process.ts";
import { installGlobals } from "./globals.ts";
import { findWebGPU, type GraphicsPlaces } from "./graphics.ts";
import { HeldTensors, heldBytes } from "./held/held-tensors.ts";
import { Inputs } from "./inputs.ts";
import { Modules } from "./modules.ts";
import { findOnnxRuntime } from "./onnx-runtime.ts";
import { Outbox } from "./outbox.ts";
import { WindowGraphics } from "./page-graphics/window-graphics.ts";
import { Bars } from "./progress/bars.ts";
import { showKernelWork } from "./progress/kernel-work.ts";
import type { SupervisorOptions, SupervisorToMain } from "./relay.ts";
import { reportOf } from "./report.ts";
import { followPromises, forgetCurrentRun, type Run, runOf } from "./run.ts";
import { installStackTraces, runBehind } from "./stack.ts";
import { guardTimers } from "./timers.ts";

const options = JSON.parse(process.argv[2] ?? "{}") as SessionOptions;
const { directory, memoryLimitMB, webgpuFolder } = options;
const interrupting = new Int32Array(new SharedArrayBuffer(4));
const outbox = new Outbox((message) => supervisor.postMessage(message));
const bars = new Bars(outbox);
const supervisorOptions: SupervisorOptions = { memoryLimitMB, interrupting, progress: bars.board.memory };
const supervisor = new Worker(new URL("./supervisor.js", import.meta.url), { workerData: supervisorOptions });
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
let cells: Cells | undefined;
process.on("unhandledRejection", (reason, promise) => {
  if (!cells?.rejected(promise, reason)) reportStray(reason, runOf(promise) ?? runBehind(reason));
});
process.on("exit", () => outbox.flush());

// After `ready`, because TypeScript takes a while to load.
const [
  { rewriteCell },
  { bundleOf },
  { Variables },
  { matrixOf, tileOf },
  { applyLiveSettings, applySettings, startChosenBackend },
  { benchmarkFiles, thisMachine },
  library,
] = await Promise.all([
  import("./rewrite/rewrite.ts"),
  import("./display/bundle.ts"),
  import("./variables/variables.ts"),
  import("./held/answers.ts"),
  import("./settings.ts"),
  import("./benchmark-files.ts"),
  import("cotangent"),
]);
applySettings(options);
library.describeMachine(thisMachine);
const held = new HeldTensors(heldBytes(memoryLimitMB));
const displays = new Displays(outbox, (value) => bundleOf(value, (tensor) => held.hold(tensor)));
const inputs = new Inputs(outbox);
installGlobals(displays, inputs, bars, benchmarkFiles(directory));
library.onProgress(showKernelWork(bars));
const modules = new Modules();
const windowGraphics = new WindowGraphics(outbox);
// Before the rest, because the backend that is started next may wait for it.
supervisor.on("message", (message: SupervisorToMain) => windowGraphics.hear(message));
let wantedBy: WantedBy = "setting";
const places: GraphicsPlaces = {
  modules,
  directory,
  webgpuFolder,
  isElectron: process.versions.electron !== undefined,
  page: windowGraphics,
  onMissing: () => outbox.webgpuMissing(wantedBy),
};
library.provideWebGPU(findWebGPU(places));
library.provideOnnxRuntime(findOnnxRuntime(places));
const notice = await startChosenBackend(options);
wantedBy = "cell";
const notebook = path.join(directory, "notebook.ts");
const running = new Cells({
  outbox,
  rewriteCell,
  displays,
  bars,
  modules,
  notice,
  folder: directory,
  library: new Set(Object.keys(library)),
  meta: { url: pathToFileURL(notebook).href, dirname: directory, filename: notebook },
});
cells = running;
const variables = new Variables(running.names);

supervisor.on("message", (message: SupervisorToMain) => {
  switch (message.type) {
    case "execute":
      running.execute(message);
      break;
    case "interrupt":
      running.interrupt();
      outbox.interruptHandled(message.attempt);
      break;
    case "variables":
      outbox.answer({ type: "variables", id: message.id, answer: variables.list() });
      break;
    case "variable-text":
      outbox.answer({ type: "variable-text", id: message.id, answer: variables.textOf(message.name) });
      break;
    case "tile":
      outbox.answer({ type: "tile", id: message.id, answer: tileOf(held, message.request) });
      break;
    case "facts": {
      const wanted = matrixOf(held, message.request);
      if ("matrix" in wanted) {
        outbox.findFacts({ id: message.id, matrix: wanted.matrix, meaning: message.request.meaning });
      } else outbox.answer({ type: "facts", id: message.id, answer: wanted });
      break;
    }
    case "input-answer":
      inputs.answer(message.question, message.answer);
      break;
    case "live-settings":
      applyLiveSettings(message.settings);
      break;
    case "shutdown":
      // After what cells do at the exit. Not left to the host, which may be ending too.
      process.once("exit", endProcess);
      process.exit(0);
  }
});
outbox.prepared();
