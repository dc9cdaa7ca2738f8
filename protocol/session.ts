/**
 * @file The conversation between a host (the extension, the command line) and a notebook's session process:
 * one discriminated union per direction, one JSON document per line.
 */
import type { MimeBundle } from "./display.ts";
import type { FactsAnswer, FactsRequest, TileAnswer, TileRequest } from "./exploring.ts";
import type { GraphicsAnswer, GraphicsBatch } from "./graphics.ts";
import type { InspectorCommand, InspectorReply } from "./inspector.ts";
import type { VariablesAnswer, VariableTextAnswer } from "./variables.ts";

/** Which cell: `uri` is the host's name for it, `number` what a person calls it ("cell 3"), counted from 1. */
export interface CellIdentity {
  readonly uri: string;
  readonly number: number;
}

export type HostToSession =
  | {
      readonly type: "execute";
      readonly id: number;
      readonly cell: CellIdentity;
      readonly code: string;
      /**
       * The code is one expression of the host's own. It sees the session's variables, and what `cotangent` exports under
       * names that no variable has.
       */
      readonly expression?: true;
    }
  /** Stops whatever runs, synchronous or not; variables are kept. Answered by `interrupted`. */
  | { readonly type: "interrupt" }
  | Question
  | { readonly type: "input-answer"; readonly question: number; readonly answer: InputAnswer }
  /** They hold from now on; a cell that computes meets them when it is done or waits for something. */
  | { readonly type: "live-settings"; readonly settings: LiveSettings }
  /** Answers `graphics-page-wanted` by "here" or "none"; later a page that was here may be "gone", with all that was on it. */
  | { readonly type: "graphics-page"; readonly state: "here" }
  | { readonly type: "graphics-page"; readonly state: "none" | "gone"; readonly message: string }
  /** What the page that is here says. */
  | { readonly type: "graphics-answer"; readonly answer: GraphicsAnswer }
  /** A debugger came, or went; between the two, what it says to the main thread. */
  | { readonly type: "inspect" }
  | { readonly type: "inspect-end" }
  | { readonly type: "inspector"; readonly command: InspectorCommand }
  | { readonly type: "shutdown" };

/** What can change while a session runs. */
export interface LiveSettings {
  /** Digits that tensors are printed with; 4 unless given. */
  readonly displayDigits?: number;
}

/** What became of a question to the person. */
export type InputAnswer =
  | { readonly status: "given"; readonly text: string }
  /** The person closed the box. */
  | { readonly status: "closed" }
  /** There is nobody to ask; `message` says why and what to do. */
  | { readonly status: "unavailable"; readonly message: string };

/** A cell asks the person. */
export interface InputRequest {
  readonly prompt: string;
  /** What stands in the box to begin with. */
  readonly value: string;
}

/** What the host asks between cells. While one runs, the answer is "busy" at once. `id` counts the host's questions. */
export type Question =
  | { readonly type: "variables"; readonly id: number }
  /** All of one variable, to be copied. Unlike the list it may compute and run code. */
  | { readonly type: "variable-text"; readonly id: number; readonly name: string }
  | { readonly type: "tile"; readonly id: number; readonly request: TileRequest }
  | { readonly type: "facts"; readonly id: number; readonly request: FactsRequest };

export type Answer =
  | { readonly type: "variables"; readonly id: number; readonly answer: VariablesAnswer }
  | { readonly type: "variable-text"; readonly id: number; readonly answer: VariableTextAnswer }
  | { readonly type: "tile"; readonly id: number; readonly answer: TileAnswer }
  | { readonly type: "facts"; readonly id: number; readonly answer: FactsAnswer };

export type SessionToHost =
  | { readonly type: "ready"; readonly pid: number }
  | { readonly type: "output"; readonly id: number; readonly output: CellOutput }
  | { readonly type: "done"; readonly id: number; readonly status: DoneStatus; readonly durationMs: number }
  /** `stopped: false`: the main thread did not answer in time (it sits in a native call); only a restart helps. */
  | { readonly type: "interrupted"; readonly stopped: boolean }
  | Answer
  /** Answered by `input-answer`, or never when the execution `id` ends before. `question` counts them. */
  | { readonly type: "input"; readonly id: number; readonly question: number; readonly request: InputRequest }
  /** To the debugger. */
  | { readonly type: "inspector"; readonly reply: InspectorReply }
  /** WebGPU is wanted, and is neither beside the notebook nor fetched nor in its page. What asked for it has its error. */
  | { readonly type: "webgpu-missing"; readonly wantedBy: WantedBy }
  /** Can the notebook's page compute on its graphics processor? */
  | { readonly type: "graphics-page-wanted" }
  /** To the page that is here. */
  | { readonly type: "graphics"; readonly batch: GraphicsBatch }
  /** The last words of a session that is about to end itself. */
  | { readonly type: "dying"; readonly reason: "memory-limit"; readonly usedMB: number; readonly limitMB: number };

/** The setting for the backend, when the session starts, or a cell. */
export type WantedBy = "setting" | "cell";

export type DoneStatus = "ok" | "error" | "interrupted";

/** What a cell shows, in the order it arises. Timers and background work can still add to a cell that is done. */
export type CellOutput =
  | { readonly kind: "stream"; readonly stream: "stdout" | "stderr"; readonly text: string }
  | { readonly kind: "display"; readonly displayId: string; readonly bundle: MimeBundle }
  /** Replaces an earlier display of this session. */
  | { readonly kind: "update"; readonly displayId: string; readonly bundle: MimeBundle }
  /** Takes an earlier display away. */
  | { readonly kind: "remove"; readonly displayId: string }
  /** The value of the cell's last expression; at most one per execution. */
  | { readonly kind: "result"; readonly bundle: MimeBundle }
  | { readonly kind: "error"; readonly error: ErrorReport }
  /** Takes away what the cell has shown so far; with `wait`, when the next output is there to take its place. */
  | { readonly kind: "clear"; readonly wait: boolean };

export interface ErrorReport {
  readonly name: string;
  readonly message: string;
  /** The innermost place in the person's own code; absent when none is known. */
  readonly location?: SourceLocation;
  /** Only the person's frames (cells and files beside the notebook), innermost first. */
  readonly stack: readonly StackFrame[];
  readonly cause?: ErrorReport;
  /** The parts of an AggregateError: the first few, and how many more there are. */
  readonly errors?: readonly ErrorReport[];
  readonly omitted?: number;
  /** What else is wrong with a cell that is no TypeScript. */
  readonly further?: readonly { readonly message: string; readonly location: SourceLocation }[];
  /** Everything above as text for a person: message, source line with caret, stack, causes (`error-text.ts`). */
  readonly text: string;
}

export interface SourceLocation {
  /** Set when the place is in a cell; else `file`, as a person calls it, and the absolute `path` of it. */
  readonly cell?: CellIdentity;
  readonly file?: string;
  readonly path?: string;
  /** Both counted from 1, as editors show them. */
  readonly line: number;
  readonly column: number;
  /** The text of that line, and a line that puts `^` under the column (tabs kept, so that it lines up). */
  readonly sourceLine: string;
  readonly caretLine: string;
}

export interface StackFrame {
  readonly functionName?: string;
  /** As in a `SourceLocation`. */
  readonly cell?: CellIdentity;
  readonly file?: string;
  readonly path?: string;
  readonly line: number;
  readonly column: number;
}

/** Given to a session when it starts. */
export interface SessionOptions extends LiveSettings {
  /** The notebook's folder: relative imports, packages and the working directory start here. */
  readonly directory: string;
  /** Resident memory above which the session ends itself, in MB. */
  readonly memoryLimitMB: number;
  /** Threads that compute; as many as there are cores unless given. */
  readonly threads?: number;
  /** Type of what cells make of plain numbers; float32 unless given. */
  readonly dtype?: "float32" | "float64";
  /** What computes; WebAssembly unless given. */
  readonly backend?: BackendName;
  /** Where the host keeps the WebGPU that it fetches; nothing is there before. Absent in a host that fetches nothing. */
  readonly webgpuFolder?: string;
}

/** What can compute, in the order in which a person is offered it. */
export const BACKENDS = ["wasm", "webgpu", "onnx-wasm", "onnx-webgpu", "reference"] as const;
export type BackendName = (typeof BACKENDS)[number];
