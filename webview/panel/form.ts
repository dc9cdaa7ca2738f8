/** @file What is asked: of what, which derivative, at which point; and, folded away, how. */
import type { Action, BackendChoice, Derivative, Form, HostToPanel, Strategy, Subject } from "../../protocol/panel.ts";
import { make } from "../dom.ts";
import { button, type Choice, checkbox, dropdown, type Labelled, textField } from "./controls.ts";

export type Offer = Extract<HostToPanel, { type: "offer" }>;

const DERIVATIVES: readonly Choice<Derivative>[] = [
  { value: "jacobian", text: "Jacobian" },
  { value: "hessian", text: "Hessian" },
];

const STRATEGIES: Readonly<Record<Derivative, readonly Choice<Strategy>[]>> = {
  jacobian: [
    { value: "automatic", text: "automatic: by structure" },
    { value: "vmap", text: "unit vectors, the cheaper way" },
    { value: "forward", text: "unit vectors, forward" },
    { value: "reverse", text: "unit vectors, reverse" },
  ],
  hessian: [
    { value: "automatic", text: "automatic: by structure" },
    { value: "vmap", text: "unit vectors, forward over reverse" },
    { value: "forward", text: "unit vectors, forward over forward" },
    { value: "reverse", text: "unit vectors, reverse over reverse" },
  ],
};

const BACKENDS: readonly Choice<BackendChoice>[] = [
  { value: "session", text: "as the session" },
  { value: "wasm", text: "WebAssembly" },
  { value: "reference", text: "reference: plain and slow" },
];

export interface FormHandlers {
  changed(form: Form): void;
  run(action: Action): void;
  cancel(): void;
  /** As an ONNX model. */
  exportModel(): void;
  /** The options were opened or closed. */
  folded(isOpen: boolean): void;
}

export interface FormView {
  readonly element: HTMLElement;
  offer(offer: Offer): void;
  /** While something goes on, it can be stopped and nothing else asked. */
  working(isWorking: boolean): void;
  unfold(isOpen: boolean): void;
}

export function formView(first: Form, { changed, run, cancel, exportModel, folded }: FormHandlers): FormView {
  let form = first;
  let subjects: readonly Subject[] = [];
  const change = (part: Partial<Form>): void => {
    form = { ...form, ...part };
    show();
    changed(form);
  };
  const source = dropdown<string>("Notebook or file", [], (uri) => {
    change({ source: uri, subject: "", inputs: "", argnum: 0 });
  });
  const subject = dropdown<string>("Function or tensor", [], (name) => {
    const { inputs = "", argnum = 0 } = subjects.find((each) => each.name === name) ?? {};
    change({ subject: name, inputs, argnum });
  });
  const derivative = dropdown("Derivative", DERIVATIVES, (value) => change({ derivative: value }));
  const inputs = textField(
    "Arguments",
    (text) => change({ inputs: text }),
    () => run("compute"),
  );
  const argument = dropdown<string>("With respect to", [], (number) => change({ argnum: Number(number) }));
  const strategy = dropdown("Strategy", STRATEGIES.jacobian, (value) => change({ strategy: value }));
  const backend = dropdown("Backend", BACKENDS, (value) => change({ backend: value }));
  const everyBackend = checkbox("Benchmark on every backend", (on) => change({ everyBackend: on }));
  const follows = checkbox("Follow edits", (on) => change({ follows: on }));
  const compute = button("Compute", "primary", () => run("compute"));
  const explain = button("Explain", "secondary", () => run("explain"));
  const benchmark = button("Benchmark", "secondary", () => run("benchmark"));
  const model = button("Export as ONNX", "secondary", exportModel);
  const stop = button("Stop", "secondary", cancel);

  const fields = {
    source: field("wide", source),
    subject: field("wide", subject),
    derivative: field("narrow", derivative),
    inputs: make("div", { class: "field wider" }, inputs.element),
    argument: field("narrow", argument),
  };
  const notice = make("p", { class: "notice", role: "note" });
  const options = make("details", { class: "options" });
  const followed = make("div", { class: "row" }, follows.element);
  const ways = make("div", { class: "row" }, field("wide", strategy), field("wide", backend), everyBackend.element);
  options.append(make("summary", { text: "Options" }), make("div", { class: "option-list" }, ways, followed));
  options.addEventListener("toggle", () => folded(options.open));

  const show = (): void => {
    const chosen = subjects.find(({ name }) => name === form.subject);
    const isTensor = chosen?.kind === "tensor";
    source.value = form.source;
    subject.value = form.subject;
    derivative.value = form.derivative;
    inputs.value = form.inputs;
    argument.choices = (chosen?.parameters ?? []).map(({ name, argnum }) => ({ value: String(argnum), text: name }));
    argument.value = String(form.argnum);
    strategy.choices = STRATEGIES[form.derivative];
    strategy.value = form.strategy;
    backend.value = form.backend;
    everyBackend.value = form.everyBackend;
    follows.value = form.follows;
    subject.element.title = chosen?.detail ?? "";
    fields.source.hidden = source.choices.length < 2;
    fields.subject.hidden = subject.choices.length === 0;
    fields.argument.hidden = isTensor || argument.choices.length < 2;
    for (const each of [fields.derivative, fields.inputs, ways, explain.element, benchmark.element, model.element]) {
      each.hidden = isTensor || subject.choices.length === 0;
    }
    compute.text = isTensor ? "Show" : "Compute";
    compute.element.hidden = subject.choices.length === 0;
    options.hidden = subject.choices.length === 0;
  };

  const working = (isWorking: boolean): void => {
    for (const each of [compute, explain, benchmark, model]) each.isEnabled = !isWorking;
    stop.element.hidden = !isWorking;
  };
  working(false);
  show();
  const question = make("div", { class: "row" }, fields.source, fields.subject, fields.derivative);
  const point = make("div", { class: "row" }, fields.inputs, fields.argument);
  const buttons = make(
    "div",
    { class: "row buttons" },
    compute.element,
    explain.element,
    benchmark.element,
    model.element,
    stop.element,
  );
  return {
    element: make(
      "div",
      { class: "form", role: "form", aria: { label: "Question" } },
      question,
      notice,
      point,
      buttons,
      options,
    ),
    working,
    unfold(isOpen) {
      options.open = isOpen;
    },
    offer(offer) {
      form = offer.form ?? form;
      subjects = offer.subjects;
      notice.textContent = offer.notice ?? "";
      notice.hidden = !offer.notice;
      source.choices = withCurrent(
        offer.sources.map(({ uri, label }) => ({ value: uri, text: label })),
        form.source,
        (uri) => decodeURIComponent(uri.slice(uri.lastIndexOf("/") + 1)),
      );
      subject.choices = withCurrent(
        subjects.map(({ name }) => ({ value: name, text: name })),
        subjects.length > 0 ? form.subject : "",
        (name) => name,
      );
      show();
    },
  };
}

/** What was chosen stays to be seen when it is gone for now: a file that was closed, a variable of a busy session. */
function withCurrent(choices: Choice<string>[], current: string, textOf: (value: string) => string): Choice<string>[] {
  const isThere = !current || choices.some(({ value }) => value === current);
  return isThere ? choices : [...choices, { value: current, text: textOf(current) }];
}

/** The label over a control is its name too; it is read out once. */
function field(size: "narrow" | "wide", { label, element }: Labelled): HTMLElement {
  return make(
    "div",
    { class: `field ${size}` },
    make("span", { class: "label", text: label, aria: { hidden: "true" } }),
    element,
  );
}
