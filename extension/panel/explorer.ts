/** @file The Jacobian explorer: one panel, what it asks, and what it was answered last. */
import { randomBytes } from "node:crypto";
import * as vscode from "vscode";
import {
  type Action,
  type Derivative,
  FIRST_FORM,
  type Form,
  type HostToPanel,
  type PanelToHost,
  type Problem,
  type Result,
  type Source,
  type Subject,
  type Work,
} from "../../protocol/panel.ts";
import type { Evaluator } from "../inline/evaluators.ts";
import type { Inline } from "../inline/inline.ts";
import { saveAsOnnx } from "../inline/save-onnx.ts";
import type { Controller } from "../notebook/controller.ts";
import { answerPicture } from "../pictures/answer.ts";
import { Computation, type Computed } from "./computing.ts";
import { explorerPage } from "./page.ts";
import { type Known, type Opened, Subjects, sourceOf } from "./subjects.ts";
import { noticeFor, notRun, obstacleTo, problemOf, STOPPED, STUCK } from "./words.ts";

export const VIEW_TYPE = "cotangent.explorer";

/** Edits that come faster than this are followed once. */
const QUIET_MS = 500;

/** To be filled in by what is found. */
const NO_SUBJECT = { subject: "", inputs: "", argnum: 0 };

/** What the panel opens with. */
export interface Target {
  /** URI of the notebook or file. */
  readonly source: string;
  readonly subject: string;
  readonly derivative?: Derivative;
  readonly follows?: boolean;
  /** Done at once. */
  readonly action?: Action;
}

/** What the panel shows, for tests. */
export interface ShownExplorer {
  readonly form: Form;
  readonly sources: readonly Source[];
  readonly subjects: readonly Subject[];
  readonly work: Work | undefined;
  readonly result: Result | undefined;
  readonly problem: Problem | undefined;
  /** Whether the page has said that it is there. */
  readonly isReady: boolean;
}

interface ExplorerOptions {
  readonly inline: Inline;
  readonly controller: Controller;
  /** The built scripts. */
  readonly dist: vscode.Uri;
}

/** What is asked, and of whom. */
interface Ready {
  readonly form: Form;
  readonly known: Known;
  readonly opened: Opened;
  readonly evaluator: Evaluator;
}

export class Explorer implements vscode.WebviewPanelSerializer, vscode.Disposable {
  readonly #subjects: Subjects;
  readonly #inline: Inline;
  readonly #dist: vscode.Uri;
  readonly #subscriptions: vscode.Disposable[];
  #panel: vscode.WebviewPanel | undefined;
  #isReady = false;
  #form = FIRST_FORM;
  #known: readonly Known[] = [];
  #opened: Opened | undefined;
  #computation: Computation | undefined;
  /** Settled when the computation is over. */
  #ended: Promise<Computed> | undefined;
  #work: Work | undefined;
  #result: Result | undefined;
  /** What computed the result, and may hold its tensors. */
  #holder: Evaluator | undefined;
  #problem: Problem | undefined;
  #offers = 0;
  #quiet: NodeJS.Timeout | undefined;
  /** The notebook of which a cell ran since it was last looked at. */
  #cellRan: vscode.NotebookDocument | undefined;

  constructor({ inline, controller, dist }: ExplorerOptions) {
    this.#inline = inline;
    this.#dist = dist;
    this.#subjects = new Subjects(inline, controller);
    const offer = () => void this.#offer();
    this.#subscriptions = [
      vscode.window.registerWebviewPanelSerializer(VIEW_TYPE, this),
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length > 0) this.#edited(document);
      }),
      vscode.window.tabGroups.onDidChangeTabs(offer),
      inline.finder.onDidChange(offer),
      controller.onDidChangeState((notebook) => this.#sessionChanged(notebook)),
    ];
  }

  get shown(): ShownExplorer | undefined {
    if (!this.#panel) return undefined;
    const subjects = this.#known.map(({ subject }) => subject);
    const sources = this.#subjects.sources();
    const [work, result, problem] = [this.#work, this.#result, this.#problem];
    return { form: this.#form, sources, subjects, work, result, problem, isReady: this.#isReady };
  }

  /** Without a target on what is in front. */
  async open(target?: Target): Promise<void> {
    const source = target?.source ?? this.#subjects.inFront();
    if (this.#panel) this.#panel.reveal(undefined, target !== undefined);
    else {
      const column = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: target !== undefined };
      this.#attach(vscode.window.createWebviewPanel(VIEW_TYPE, "Jacobian Explorer", column));
    }
    if (source === undefined) {
      await this.#offer();
      return;
    }
    this.#form = target
      ? aimedAt(target, this.#form)
      : { ...this.#form, source, ...(source === this.#form.source ? {} : NO_SUBJECT) };
    await this.#offer("fill");
    if (!target?.action) return;
    this.#computation?.cancel();
    await this.#ended;
    await this.#run(target.action);
  }

  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const form = (state as { readonly form?: Partial<Form> } | undefined)?.form;
    this.#form = { ...FIRST_FORM, ...form };
    this.#attach(panel);
  }

  dispose(): void {
    this.#panel?.dispose();
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  #attach(panel: vscode.WebviewPanel): void {
    this.#panel = panel;
    this.#isReady = false;
    panel.onDidDispose(() => this.#closed());
    panel.webview.onDidReceiveMessage((message: PanelToHost) => void this.#receive(message));
    panel.webview.options = { enableScripts: true, localResourceRoots: [this.#dist] };
    const script = panel.webview.asWebviewUri(vscode.Uri.joinPath(this.#dist, "panel.js"));
    panel.webview.html = explorerPage(String(script), randomBytes(16).toString("base64"));
  }

  #closed(): void {
    // First: what is told from here on reaches nobody.
    this.#panel = undefined;
    this.#computation?.cancel();
    clearTimeout(this.#quiet);
    this.#result = undefined;
    this.#holder = undefined;
    this.#problem = undefined;
    this.#isReady = false;
    this.#form = FIRST_FORM;
  }

  #send(message: HostToPanel): void {
    // A page that is not there yet asks for everything when it is.
    if (this.#isReady) void this.#panel?.webview.postMessage(message);
  }

  async #receive(message: PanelToHost): Promise<void> {
    switch (message.type) {
      case "ready":
        this.#isReady = true;
        await this.#offer("fill");
        if (this.#result) this.#send({ type: "result", result: this.#result });
        this.#send({ type: "problem", problem: this.#problem });
        this.#send({ type: "work", work: this.#work });
        break;
      case "form": {
        const before = this.#form;
        this.#form = message.form;
        if (before.source !== message.form.source) await this.#offer("fill");
        break;
      }
      case "run":
        this.#form = message.form;
        await this.#run(message.action);
        break;
      case "cancel":
        this.#computation?.cancel();
        break;
      case "export-onnx":
        this.#form = message.form;
        await this.#export();
        break;
      case "tile":
      case "facts": {
        const answer = await answerPicture(this.#holder, message);
        this.#send(answer);
        // The cell may have ended while the answer was on its way.
        if (answer.answer.status === "busy" && this.#holder?.state === "idle") this.#send({ type: "session-idle" });
        break;
      }
    }
  }

  /** Says what can be picked. `fill`: what the form lacks is filled in. */
  async #offer(fill?: "fill"): Promise<void> {
    if (!this.#panel) return;
    const offer = ++this.#offers;
    const sources = this.#subjects.sources();
    const source = this.#form.source || sources[0]?.uri || "";
    const opened = source ? await this.#subjects.open(source) : undefined;
    const known = opened ? await this.#subjects.of(opened) : [];
    // A later question has overtaken this one; but a form is only ever filled by those that were to.
    if (offer !== this.#offers) {
      if (fill) await this.#offer(fill);
      return;
    }
    const before = this.#form;
    [this.#opened, this.#known] = [opened, known];
    if (fill || !before.subject) this.#form = filled({ ...before, source }, known);
    this.#send({
      type: "offer",
      sources,
      subjects: known.map(({ subject }) => subject),
      notice: noticeFor(sources, source, opened, known),
      form: this.#form === before ? undefined : this.#form,
    });
  }

  /** What the form asks for, and who can answer; else it says what is in the way. */
  #ready(): Ready | undefined {
    const form = this.#form;
    const known = this.#known.find(({ subject }) => subject.name === form.subject);
    const opened = this.#opened;
    const evaluator = opened && this.#subjects.evaluator(opened);
    const problem = obstacleTo(form, known) ?? (evaluator ? undefined : notRun(form.subject));
    this.#fail(problem);
    return problem || !known || !opened || !evaluator ? undefined : { form, known, opened, evaluator };
  }

  async #export(): Promise<void> {
    const ready = this.#computation ? undefined : this.#ready();
    if (!ready) return;
    const { form, evaluator } = ready;
    const { subject: name, inputs, argnum, derivative: exported } = form;
    const source = vscode.Uri.parse(form.source);
    await saveAsOnnx({ evaluator, asked: { name, inputs, argnum }, exported, source });
  }

  async #run(action: Action): Promise<void> {
    const ready = this.#computation ? undefined : this.#ready();
    if (!ready) return;
    const { form, known, opened, evaluator } = ready;
    if (known.document && known.subject.kind === "function") {
      void this.#inline.inputs.remember(known.document, form.subject, { inputs: form.inputs, argnum: form.argnum });
    }
    const session = this.#subjects.session(opened);
    const asked = { action, form, subject: known.subject, evaluator, session };
    const computation = new Computation(asked, (work) => this.#working(work));
    this.#computation = computation;
    const versions = versionsOf(opened);
    this.#ended = computation.run();
    const computed = await this.#ended;
    this.#computation = undefined;
    this.#working(undefined);
    if (!this.#panel) return;
    if (computed.kind === "done") this.#holder = evaluator;
    this.#finish(action, form, computed, versionsOf(opened) !== versions);
  }

  #finish(action: Action, form: Form, computed: Computed, stale: boolean): void {
    switch (computed.kind) {
      case "done": {
        const { display, text } = computed;
        this.#result = { action, form, display, text, stale };
        this.#send({ type: "result", result: this.#result });
        if (stale && form.follows) this.#soon();
        break;
      }
      case "failed":
        this.#fail(problemOf(computed.error));
        break;
      case "cancelled":
        this.#fail(computed.stuck ? STUCK : STOPPED);
        break;
    }
  }

  #working(work: Work | undefined): void {
    this.#work = work;
    this.#send({ type: "work", work });
    if (!work) this.#send({ type: "session-idle" });
  }

  #fail(problem: Problem | undefined): void {
    this.#problem = problem;
    this.#send({ type: "problem", problem });
  }

  #edited(document: vscode.TextDocument): void {
    const result = this.#result;
    if (!result || sourceOf(document) !== result.form.source) return;
    if (!result.stale) {
      this.#result = { ...result, stale: true };
      this.#send({ type: "result", result: this.#result });
    }
    // A cell counts only once it has run.
    if (this.#form.follows && this.#opened?.kind === "file") this.#soon();
  }

  /** When a cell has ended, names may be new and values others. */
  #sessionChanged(notebook: vscode.NotebookDocument): void {
    if (notebook.uri.toString() !== this.#form.source) return;
    const session = this.#subjects.session({ kind: "notebook", notebook });
    const isBusy = session?.state === "busy" || session?.state === "starting";
    if (!isBusy) this.#send({ type: "session-idle" });
    // Before a cell has ended its session is idle again, so it is its beginning that tells it from a question of ours.
    if (isBusy && session.running) this.#cellRan = notebook;
    else if (!isBusy && this.#cellRan === notebook) {
      this.#cellRan = undefined;
      void this.#offer();
      if (this.#form.follows && this.#result) this.#soon();
    }
  }

  /** Computes again what is shown, once the person pauses. */
  #soon(): void {
    clearTimeout(this.#quiet);
    this.#quiet = setTimeout(async () => {
      if (!this.#result || !this.#form.follows) return;
      if (this.#computation) this.#soon();
      else {
        await this.#offer();
        await this.#run(this.#result.action);
      }
    }, QUIET_MS);
  }
}

/** The inputs are those that the function was given last, wherever that was. */
function aimedAt(target: Target, form: Form): Form {
  const { source, subject, derivative = form.derivative, follows = form.follows } = target;
  return { ...form, ...NO_SUBJECT, source, subject, derivative, follows };
}

/** With a subject that there is, and its arguments where the form has none. */
function filled(form: Form, known: readonly Known[]): Form {
  const named = known.find(({ subject }) => subject.name === form.subject);
  const subject = (named ?? (form.subject ? undefined : known[0]))?.subject;
  if (!subject) return form;
  const isOther = subject.name !== form.subject;
  const inputs = isOther || !form.inputs ? subject.inputs : form.inputs;
  return { ...form, subject: subject.name, inputs, argnum: isOther || !form.inputs ? subject.argnum : form.argnum };
}

/** Changes with every edit. */
function versionsOf(opened: Opened): string {
  if (opened.kind === "file") return String(opened.document.version);
  return opened.notebook
    .getCells()
    .map(({ document }) => document.version)
    .join();
}
