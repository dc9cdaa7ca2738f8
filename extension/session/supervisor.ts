/**
 * @file The session's second thread. It owns the pipe to the host, so that output streams and an interrupt arrives
 * while the main thread is in an endless loop, and it ends the process when the host is gone or memory runs out.
 */
import { Socket } from "node:net";
import { createInterface } from "node:readline";
import { parentPort, workerData } from "node:worker_threads";
import type { HostToSession, Question, SessionToHost } from "../../protocol/session.ts";
import { Debugging } from "./debugging.ts";
import { endProcess } from "./end-process.ts";
import { FactsThread } from "./facts/facts-thread.ts";
import { OutputBatch } from "./output-batch.ts";
import { clock, ProgressBoard } from "./progress/board.ts";
import { ProgressWatch } from "./progress/watch.ts";
import { HOST_FD, type MainToSupervisor, type SupervisorOptions, type SupervisorToMain } from "./relay.ts";
import { Terminator } from "./terminator.ts";

/** A main thread that runs its event loop answers within this; one that does not is in synchronous code. */
const ANSWER_MS = 25;
/** An interrupt is repeated this often (the engine may have dropped the first together with the code it stopped). */
const RETRY_MS = 50;
/** To load every script into the debugger takes longer than most collections of garbage, which delay a termination. */
const RETRIES_BEFORE_DEBUGGER = 3;
const GIVE_UP_MS = 5000;
const MEMORY_CHECK_MS = 50;
/** Often enough to look alive, seldom enough for the editor, which draws each time. */
const PROGRESS_MS = 200;
/** One sample above the limit may be garbage about to be collected. */
const SAMPLES_ABOVE_LIMIT = 3;

const main = parentPort;
if (!main) throw new Error("supervisor.js is a worker of session.js and does not run by itself.");
const { memoryLimitMB, interrupting, progress } = workerData as SupervisorOptions;
const host = new Socket({ fd: HOST_FD, readable: true, writable: true });
const terminator = new Terminator();
const factsThread = new FactsThread((id, answer) => send({ type: "facts", id, answer }));

const batch = new OutputBatch((message) => host.write(`${JSON.stringify(message)}\n`));

const watch = new ProgressWatch(new ProgressBoard(progress), (run, output) => batch.add(run, output));

function send(message: SessionToHost): void {
  batch.flush();
  host.write(`${JSON.stringify(message)}\n`);
}

const debugging = new Debugging((reply) => send({ type: "inspector", reply }));

function tellMain(message: SupervisorToMain): void {
  main?.postMessage(message);
}

/** The interrupt under way, if any. What the host sends meanwhile waits: the engine could drop it. */
let attempt:
  | { readonly number: number; readonly startedAt: number; retries: number; timer: NodeJS.Timeout }
  | undefined;
let attempts = 0;
/** Terminations that are yet to strike. */
let terminations = 0;
const waiting: HostToSession[] = [];
let prepared = false;
/** A cell runs, from its `execute` to its `done`. */
let running = false;

function interrupt(): void {
  const number = ++attempts;
  Atomics.store(interrupting, 0, 1);
  tellMain({ type: "interrupt", attempt: number });
  // Standing at a breakpoint it does not answer at all.
  const timer = setTimeout(terminate, debugging.isPaused ? 0 : ANSWER_MS);
  attempt = { number, startedAt: performance.now(), retries: 0, timer };
}

/** The main thread does not answer: stop its JavaScript or WebAssembly where it stands. */
function terminate(): void {
  if (!attempt) return;
  if (performance.now() - attempt.startedAt > GIVE_UP_MS) {
    endAttempt(false);
    return;
  }
  if (!debugging.isPaused && attempt.retries++ < RETRIES_BEFORE_DEBUGGER) {
    terminations++;
    terminator.terminate(() => {
      terminations--;
      tellOfInterrupt();
    });
  } else terminator.terminateInDebugger();
  // Where the thread was idle by now, this is what the termination strikes.
  tellOfInterrupt();
  attempt.timer = setTimeout(terminate, RETRY_MS);
}

function tellOfInterrupt(): void {
  if (attempt) tellMain({ type: "interrupt", attempt: attempt.number });
}

function endAttempt(stopped: boolean): void {
  clearTimeout(attempt?.timer);
  terminator.done();
  attempt = undefined;
  Atomics.store(interrupting, 0, 0);
  send({ type: "interrupted", stopped });
  receiveWaiting();
}

function receiveWaiting(): void {
  while (!attempt && waiting.length > 0) receive(waiting.shift() as HostToSession);
}

function receive(message: HostToSession): void {
  // At once, even while a cell is being stopped: it may stand at a breakpoint.
  if (message.type === "inspect") debugging.begin();
  else if (message.type === "inspect-end") debugging.end();
  else if (message.type === "inspector") debugging.receive(message.command);
  // A backend that is started before the first cell may be one on a page.
  else if (attempt || !(prepared || isOfGraphics(message))) waiting.push(message);
  else if (message.type === "interrupt") interrupt();
  else if (running && isQuestion(message)) sayBusy(message);
  else {
    if (message.type === "execute") {
      running = true;
      tellMain({ ...message, debugged: debugging.isOpen });
    } else tellMain(message);
  }
}

function isQuestion(message: HostToSession): message is Question {
  const { type } = message;
  return type === "variables" || type === "variable-text" || type === "tile" || type === "facts";
}

function isOfGraphics({ type }: HostToSession): boolean {
  return type === "graphics-page" || type === "graphics-answer";
}

/** From here, because the main thread may be in a loop; and a cell that waits for something is left alone as well. */
function sayBusy({ type, id }: Question): void {
  send({ type, id, answer: { status: "busy" } });
}

main.on("message", (message: MainToSupervisor) => {
  if (message.type === "interrupt-handled") {
    // A termination still to come would strike what the host sends next.
    if (message.attempt === attempt?.number && terminations === 0) endAttempt(true);
  } else if (message.type === "prepared") {
    prepared = true;
    receiveWaiting();
  } else if (message.type === "flush") {
    batch.flush();
    host.write("", () => {
      Atomics.store(message.written, 0, 1);
      Atomics.notify(message.written, 0);
    });
  } else if (message.type === "find-facts") {
    factsThread.find(message.task);
  } else if (message.type === "output") {
    watch.passing(message.id, message.output);
    batch.add(message.id, message.output);
  } else if (message.type === "bar-ended") {
    watch.ended(message.bar);
  } else {
    if (message.type === "done") {
      running = false;
      watch.runEnded(message.id, clock());
    }
    send(message);
  }
});

const lines = createInterface({ input: host, crlfDelay: Number.POSITIVE_INFINITY });
lines.on("line", (line) => receive(JSON.parse(line) as HostToSession));
// The host is gone: nobody is left to run cells for.
lines.on("error", endProcess);
host.on("error", endProcess);
host.on("close", endProcess);
host.on("end", endProcess);

setInterval(() => watch.look(clock()), PROGRESS_MS);

let samplesAbove = 0;
setInterval(() => {
  const usedMB = Math.round(process.memoryUsage.rss() / 1024 ** 2);
  samplesAbove = usedMB > memoryLimitMB ? samplesAbove + 1 : 0;
  if (samplesAbove < SAMPLES_ABOVE_LIMIT) return;
  send({ type: "dying", reason: "memory-limit", usedMB, limitMB: memoryLimitMB });
  host.write("", endProcess);
  setTimeout(endProcess, 200);
}, MEMORY_CHECK_MS);
