/**
 * @file The conversation between the extension and the language worker. Places are offsets: in a cell's text as it was
 * sent last, in a file's text as it is on disk.
 */

export type CellLanguage = "typescript" | "javascript";

export interface CellText {
  /** The host's name for the cell; stays the same when the cell moves. */
  readonly uri: string;
  readonly language: CellLanguage;
  readonly text: string;
}

/** In a notebook, which is named by its URI. */
export interface CellPlace {
  readonly notebook: string;
  readonly cell: string;
  readonly offset: number;
}

export interface CellRef {
  readonly notebook: string;
  readonly cell: string;
}

/** A cell's text, where it does not matter which notebook it is in. */
export interface LooseText {
  readonly language: CellLanguage;
  readonly text: string;
}

export interface TextSpan {
  readonly start: number;
  readonly length: number;
}

/** Somewhere in a cell of the notebook that was asked about, or in a file. */
export type Place = { readonly span: TextSpan } & ({ readonly cell: string } | { readonly file: string });

export type Severity = "error" | "warning" | "suggestion";

export interface LanguageProblem {
  readonly span: TextSpan;
  readonly severity: Severity;
  readonly code: number;
  readonly message: string;
  readonly unnecessary: boolean;
  readonly deprecated: boolean;
  readonly related: readonly { readonly place: Place; readonly message: string }[];
}

export interface Completions {
  readonly entries: readonly CompletionEntry[];
  /** Characters that accept the chosen entry, unless it says otherwise. */
  readonly commitCharacters: readonly string[];
  readonly isIncomplete: boolean;
}

export interface CompletionEntry {
  readonly name: string;
  /** TypeScript's word for what it is: "function", "const", "class" … */
  readonly kind: string;
  readonly sortText: string;
  readonly insertText?: string;
  readonly filterText?: string;
  readonly replace?: TextSpan;
  readonly deprecated: boolean;
  readonly optional: boolean;
  readonly color: boolean;
  /** The module that accepting it imports from. */
  readonly from?: string;
  readonly details: CompletionKey;
}

/** What `completionDetails` needs to find the entry again. */
export interface CompletionKey {
  readonly name: string;
  readonly source?: string;
  /** TypeScript's own, as it gave it. */
  readonly data?: unknown;
}

export interface TextEdit {
  readonly span: TextSpan;
  readonly text: string;
}

export interface CompletionDetails {
  readonly signature: string;
  readonly documentation: string;
  /** An import to add. */
  readonly edits: readonly TextEdit[];
}

export interface HoverText {
  readonly span: TextSpan;
  readonly signature: string;
  /** Markdown. */
  readonly documentation: string;
}

export interface SignatureList {
  readonly signatures: readonly SignatureText[];
  readonly activeSignature: number;
  readonly activeParameter: number;
}

export interface SignatureText {
  readonly label: string;
  readonly documentation: string;
  readonly parameters: readonly { readonly label: readonly [number, number]; readonly documentation: string }[];
}

export interface Definition {
  readonly origin: TextSpan;
  readonly target: Place;
}

export interface OutlineItem {
  readonly name: string;
  readonly kind: string;
  readonly span: TextSpan;
  readonly nameSpan: TextSpan;
  readonly children: readonly OutlineItem[];
}

export interface FoldingSpan {
  readonly span: TextSpan;
  readonly kind: "code" | "comment" | "imports" | "region";
}

/** Flat triples: start, length, and TypeScript's own coding of type and modifiers. */
export type TokenSpans = readonly number[];

/** A place to change: the new name goes between `prefix` and `suffix`, where giving a name makes them necessary. */
export interface RenameEdit {
  readonly place: Place;
  readonly prefix: string;
  readonly suffix: string;
}

export type RenameAnswer =
  | { readonly ok: true; readonly span: TextSpan; readonly name: string }
  | { readonly ok: false; readonly reason: string };

/** A function at the top level, from tensors to tensors, as far as its types say. */
export interface DifferentiableFunction {
  readonly name: string;
  /** Of the name, where it is declared. */
  readonly span: TextSpan;
  readonly parameters: readonly FunctionParameter[];
  /** The arguments with which an `@example` of its doc comment calls it, as they are written there. */
  readonly example?: string;
}

export interface FunctionParameter {
  readonly name: string;
  /** A tensor, or a tree that has some: what one can differentiate with respect to. */
  readonly differentiable: boolean;
  /** A single tensor. */
  readonly isTensor: boolean;
  readonly optional: boolean;
  /** As TypeScript writes it. */
  readonly type: string;
}

/** A statement at the top level that computes a Jacobian or a Hessian. */
export interface DerivativeLine {
  /** The variable that it is kept in; absent for the cell's last expression. */
  readonly name?: string;
  readonly span: TextSpan;
}

/** Each question with its answer; `undefined` where there is nothing to say. */
export interface LanguageQuestions {
  completions: { ask: CellPlace & { readonly trigger?: string }; answer: Completions | undefined };
  completionDetails: { ask: CellPlace & { readonly key: CompletionKey }; answer: CompletionDetails | undefined };
  hover: { ask: CellPlace; answer: HoverText | undefined };
  signatures: { ask: CellPlace; answer: SignatureList | undefined };
  definition: { ask: CellPlace; answer: readonly Definition[] };
  references: { ask: CellPlace & { readonly declarations: boolean }; answer: readonly Place[] };
  prepareRename: { ask: CellPlace; answer: RenameAnswer };
  rename: { ask: CellPlace; answer: readonly RenameEdit[] };
  /** Of a text, whoever's it is. */
  outline: { ask: LooseText; answer: readonly OutlineItem[] };
  folding: { ask: LooseText; answer: readonly FoldingSpan[] };
  /** In the order of the text. */
  differentiable: { ask: CellRef; answer: readonly DifferentiableFunction[] };
  derivativeLines: { ask: CellRef; answer: readonly DerivativeLine[] };
  tokens: { ask: CellRef; answer: TokenSpans };
  /** The same that is published by itself a moment after a change. */
  problems: { ask: CellRef; answer: readonly LanguageProblem[] };
}

export type Question = keyof LanguageQuestions;

export type HostToLanguage =
  /** The notebook's code cells of our languages, in order: the first time, and whenever anything of it changed. */
  | {
      readonly type: "notebook";
      readonly notebook: string;
      /** Name of the notebook's file, and the folder that its imports start from. */
      readonly name: string;
      readonly folder: string;
      /** Whether problems are looked for. An ordinary file, which is sent as a notebook of one cell, has its own checker. */
      readonly checked: boolean;
      readonly cells: readonly CellText[];
    }
  | { readonly type: "cell"; readonly notebook: string; readonly cell: string; readonly text: string }
  | { readonly type: "close"; readonly notebook: string }
  /** Files on disk that may be read by a cell were changed, made or removed. */
  | { readonly type: "filesChanged" }
  | AskMessage
  | { readonly type: "cancel"; readonly id: number };

export type AskMessage = {
  [Q in Question]: {
    readonly type: "ask";
    readonly id: number;
    readonly question: Q;
    readonly ask: LanguageQuestions[Q]["ask"];
  };
}[Question];

export type LanguageToHost =
  | { readonly type: "answer"; readonly id: number; readonly answer: unknown }
  | { readonly type: "failed"; readonly id: number; readonly message: string }
  | {
      readonly type: "problems";
      readonly notebook: string;
      readonly cell: string;
      readonly problems: readonly LanguageProblem[];
    };
