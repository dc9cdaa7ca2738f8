/**
 * @file The conversation between the Jacobian explorer (a webview) and the extension host: one discriminated union per
 * direction. The page holds the form and asks; the host knows what can be picked, computes, and keeps the last result.
 */
import type { ProgressDisplay, ValueDisplay } from "./display.ts";
import type { PictureMessage, PictureQuestion } from "./picture-messages.ts";

export type Derivative = "jacobian" | "hessian";

/** "automatic" is the kernel's own choice; the others push unit vectors through, by the mode of their name. */
export type Strategy = "automatic" | "vmap" | "forward" | "reverse";

/** "session": whichever the session uses. */
export type BackendChoice = "session" | "wasm" | "reference";

/** What the person chose: all that is kept when the panel is hidden or the window reloaded. */
export interface Form {
  /** URI of the notebook or file. */
  readonly source: string;
  /** Name of a function or tensor. */
  readonly subject: string;
  readonly derivative: Derivative;
  /** The arguments of the function as TypeScript, as between the parentheses of a call. */
  readonly inputs: string;
  /** The argument to differentiate with respect to, counted from 0. */
  readonly argnum: number;
  readonly strategy: Strategy;
  readonly backend: BackendChoice;
  /** Whether a benchmark times the strategies on every backend. */
  readonly everyBackend: boolean;
  /** Whether an edit, or a cell that runs, computes the result anew. */
  readonly follows: boolean;
}

export const FIRST_FORM: Form = {
  source: "",
  subject: "",
  derivative: "jacobian",
  inputs: "",
  argnum: 0,
  strategy: "automatic",
  backend: "session",
  everyBackend: false,
  follows: false,
};

export interface Source {
  readonly uri: string;
  readonly label: string;
}

export interface Subject {
  readonly name: string;
  readonly kind: "function" | "tensor";
  /** `(x: Tensor)`, `float32 [64, 64]`; empty where nothing is known. */
  readonly detail: string;
  /** What a function can be differentiated with respect to; empty where its types do not say. */
  readonly parameters: readonly { readonly name: string; readonly argnum: number }[];
  /** The arguments to begin with: those given before, or those of its example. */
  readonly inputs: string;
  readonly argnum: number;
}

export type Action =
  /** The derivative of a function, or the value of a tensor. */
  "compute" | "explain" | "benchmark";

/** What goes on. */
export interface Work {
  /** "waiting": a cell runs, and is not disturbed. */
  readonly stage: "waiting" | "computing" | "stopping";
  readonly progress?: ProgressDisplay;
}

export interface Result {
  readonly action: Action;
  readonly form: Form;
  /** Absent for what has no picture. */
  readonly display?: ValueDisplay;
  /** Shown where there is no display. */
  readonly text: string;
  /** What it was computed from was edited since. */
  readonly stale: boolean;
}

/** What went wrong, in words, and what to do. */
export interface Problem {
  readonly title: string;
  readonly advice: string;
  /** The text of an error, with its place in the code. */
  readonly details?: string;
}

export type PanelToHost =
  /** The page is there, for the first time or again. */
  | { readonly type: "ready" }
  | { readonly type: "form"; readonly form: Form }
  | { readonly type: "run"; readonly action: Action; readonly form: Form }
  | { readonly type: "cancel" }
  /** Writes the derivative as an ONNX model to a file that the person chooses. */
  | { readonly type: "export-onnx"; readonly form: Form }
  /** Of the tensors of the last result. */
  | PictureQuestion;

export type HostToPanel =
  | {
      readonly type: "offer";
      readonly sources: readonly Source[];
      readonly subjects: readonly Subject[];
      /** Why there is nothing to pick, and what to do. */
      readonly notice?: string;
      /** Set where the host chose, which counts more than what stands in the page. */
      readonly form?: Form;
    }
  /** Absent when nothing goes on. */
  | { readonly type: "work"; readonly work?: Work }
  | { readonly type: "result"; readonly result: Result }
  /** Absent when there is none any more. */
  | { readonly type: "problem"; readonly problem?: Problem }
  | PictureMessage;
