/** @file One answer for the explorer at a time: waits until no cell runs, computes, says how far it is, and stops. */
import { DISPLAY_MIME, type ValueDisplay } from "../../protocol/display.ts";
import type { Action, Form, Subject, Work } from "../../protocol/panel.ts";
import type { ErrorReport } from "../../protocol/session.ts";
import type { Evaluated } from "../client/evaluate.ts";
import type { Evaluator } from "../inline/evaluators.ts";
import type { NotebookSession } from "../notebook/notebook-session.ts";
import { changesBackend, expressionFor } from "./expressions.ts";

interface Asked {
  readonly action: Action;
  readonly form: Form;
  readonly subject: Subject;
  readonly evaluator: Evaluator;
  /** Set where cells run that are not to be disturbed. */
  readonly session: NotebookSession | undefined;
}

export type Computed =
  | { readonly kind: "done"; readonly display?: ValueDisplay; readonly text: string }
  | { readonly kind: "failed"; readonly error: ErrorReport }
  /** `stuck`: it still sits in a call that cannot be stopped. */
  | { readonly kind: "cancelled"; readonly stuck: boolean };

export class Computation {
  readonly #asked: Asked;
  readonly #tell: (work: Work) => void;
  #stage: Work["stage"] = "waiting";
  #stop: (() => void) | undefined;
  #stopped: Promise<boolean> | undefined;

  constructor(asked: Asked, tell: (work: Work) => void) {
    this.#asked = asked;
    this.#tell = tell;
  }

  async run(): Promise<Computed> {
    await this.#idle();
    if (this.#stopped) return { kind: "cancelled", stuck: !(await this.#stopped) };
    const { action, form, subject, evaluator } = this.#asked;
    this.#enter("computing");
    const isTensor = subject.kind === "tensor";
    const before = !isTensor && changesBackend(action, form) ? await backendOf(evaluator) : undefined;
    const cancelled = new Promise<undefined>((resolve) => {
      this.#stop = () => resolve(undefined);
    });
    const expression = isTensor ? subject.name : expressionFor(action, form);
    const answer = evaluator.evaluate(expression, (progress) => {
      if (this.#stage === "computing") this.#tell({ stage: "computing", progress });
    });
    const evaluated = await Promise.race([answer, cancelled]);
    if (evaluated && !this.#stopped) return outcomeOf(evaluated);
    const stopped = (await this.#stopped) ?? true;
    // What ends code from outside passes over its `finally`.
    if (stopped && before !== undefined) await evaluator.evaluate(`useBackend("${before}")`);
    return { kind: "cancelled", stuck: !stopped };
  }

  /** Cells go on, and what they declared is kept. */
  cancel(): void {
    if (this.#stopped) return;
    const runs = this.#stage === "computing";
    this.#enter("stopping");
    this.#stopped = runs ? this.#asked.evaluator.stopEvaluation() : Promise.resolve(true);
    void this.#stopped.then(() => this.#stop?.());
  }

  /** Resolves when no cell runs, or when there is nothing to wait for any more. */
  async #idle(): Promise<void> {
    const { session } = this.#asked;
    if (session?.state !== "busy" && session?.state !== "starting") return;
    this.#enter("waiting");
    await new Promise<void>((resolve) => {
      const changes = session.onDidChangeState(() => {
        if (session.state !== "busy" && session.state !== "starting") this.#stop?.();
      });
      this.#stop = () => {
        changes.dispose();
        resolve();
      };
    });
  }

  #enter(stage: Work["stage"]): void {
    this.#stage = stage;
    this.#tell({ stage });
  }
}

async function backendOf(evaluator: Evaluator): Promise<string | undefined> {
  const { bundle } = await evaluator.evaluate("backendName()");
  return /[\w-]+/.exec(String(bundle?.["text/plain"]))?.[0];
}

function outcomeOf({ bundle, error }: Evaluated): Computed {
  if (error) return { kind: "failed", error };
  const display = bundle?.[DISPLAY_MIME] as ValueDisplay | undefined;
  return { kind: "done", display, text: String(bundle?.["text/plain"] ?? "undefined") };
}
