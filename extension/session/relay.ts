/** @file What the main thread and its supervisor tell each other. The supervisor passes the rest through unread. */
import type { MatrixMeaning } from "../../protocol/facts.ts";
import type { HostToSession, SessionToHost } from "../../protocol/session.ts";
import type { Matrix } from "./facts/spectrum.ts";
import type { EndedBar } from "./progress/bars.ts";

/** A matrix whose facts are wanted, on its way to the thread that finds them. `id` is that of the host's question. */
export interface FactsTask {
  readonly id: number;
  readonly matrix: Matrix;
  readonly meaning: MatrixMeaning;
}

export type MainToSupervisor =
  | SessionToHost
  /** Everything is loaded: from now on the main thread may be interrupted. */
  | { readonly type: "prepared" }
  /** The main thread handled the interrupt with this number, or the cell it meant had ended already. */
  | { readonly type: "interrupt-handled"; readonly attempt: number }
  | { readonly type: "find-facts"; readonly task: FactsTask }
  /** Work that took long enough to be shown is over. What is under way is on the board. */
  | { readonly type: "bar-ended"; readonly bar: EndedBar }
  /** The process is about to exit: write out everything, then wake the main thread, which waits on `written`. */
  | { readonly type: "flush"; readonly written: Int32Array };

type Execute = Extract<HostToSession, { type: "execute" }>;

export type SupervisorToMain =
  | Exclude<HostToSession, { type: "execute" | "interrupt" | "inspect" | "inspect-end" | "inspector" }>
  /** `debugged`: a debugger looks on. */
  | (Execute & { readonly debugged: boolean })
  | { readonly type: "interrupt"; readonly attempt: number };

export interface SupervisorOptions {
  readonly memoryLimitMB: number;
  /** Shared between the threads: 1 while an interrupt is under way. */
  readonly interrupting: Int32Array;
  /** Of the `ProgressBoard`. */
  readonly progress: SharedArrayBuffer;
}

/** The file descriptor of the pipe to the host. */
export const HOST_FD = 3;
