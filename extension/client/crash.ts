/** @file Why a session process died, in words that say what to do. */
import type { SessionToHost } from "../../protocol/session.ts";

export interface Crash {
  readonly reason: "start" | "exit" | "signal" | "heap" | "memory-limit";
  /** For a person: what happened, that variables are gone, what to do. */
  readonly message: string;
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
}

interface Death {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly startProblem: string | undefined;
  readonly dying: Extract<SessionToHost, { type: "dying" }> | undefined;
  /** The end of what native code wrote to stderr. */
  readonly nativeErrors: string;
  readonly heapLimitMB: number;
}

const AFTERWARDS = "All variables are gone; the next cell you run starts a fresh session.";

export function crashOf({ code, signal, startProblem, dying, nativeErrors, heapLimitMB }: Death): Crash {
  const facts = { exitCode: code, signal };
  if (startProblem !== undefined) return { reason: "start", message: startProblem, ...facts };
  if (dying) {
    const message =
      `Out of memory: the session used ${dying.usedMB} MB, more than its limit of ${dying.limitMB} MB, and was ended. ` +
      `${AFTERWARDS} Use smaller tensors or a chunkSize, or raise the memory limit.`;
    return { reason: "memory-limit", message, ...facts };
  }
  if (/heap out of memory|Reached heap limit/i.test(nativeErrors)) {
    const message =
      `Out of memory: the JavaScript heap reached its limit of ${heapLimitMB} MB. ${AFTERWARDS} ` +
      "Keep fewer objects alive (typed arrays and tensors do not count towards this limit), or raise the memory limit.";
    return { reason: "heap", message, ...facts };
  }
  if (signal !== null) {
    const message = `${howItDied(signal)} ${AFTERWARDS}`;
    return { reason: "signal", message, ...facts };
  }
  const message = `The session ended with exit code ${code}: the code called process.exit() or a native module failed. ${AFTERWARDS}`;
  return { reason: "exit", message, ...facts };
}

/** The signals by which the system ends a process for a fault of its own code. */
const FAULTS: readonly NodeJS.Signals[] = ["SIGABRT", "SIGBUS", "SIGFPE", "SIGILL", "SIGSEGV", "SIGTRAP"];

function howItDied(signal: NodeJS.Signals): string {
  if (FAULTS.includes(signal)) {
    return `The session process crashed (${signal}): native code failed, most likely of a package or of Node itself.`;
  }
  const outOfMemory = signal === "SIGKILL" ? ", as the system does when the machine runs out of memory" : "";
  return `The session process was killed by ${signal}${outOfMemory}.`;
}

const FATAL = /<--- Last few GCs --->|FATAL ERROR:|# Fatal error in|Assertion failed:|----- Native stack trace -----/;

/**
 * Stderr as native code writes it. What a dying V8 prints (memory maps, native stack traces) is kept for finding
 * the cause and not passed on: the crash message says the same in a line.
 */
export class NativeErrorOutput {
  readonly #forward: (text: string) => void;
  #tail = "";
  #fatal = false;

  constructor(forward: (text: string) => void) {
    this.#forward = forward;
  }

  get tail(): string {
    return this.#tail;
  }

  push(text: string): void {
    this.#tail = (this.#tail + text).slice(-20_000);
    this.#fatal ||= FATAL.test(this.#tail);
    // Node says this at the end of every process that was inspected, as ours is.
    const own = text.replace("Waiting for the debugger to disconnect...\n", "");
    if (!this.#fatal && own !== "") this.#forward(own);
  }
}
