/** @file Entry of the Jacobian explorer: puts its parts together, speaks to the host, and remembers what was chosen. */
import { FIRST_FORM, type Form, type HostToPanel, type PanelToHost, type Result } from "../../protocol/panel.ts";
import { PictureChannel } from "../data/picture-channel.ts";
import { make } from "../dom.ts";
import { answerView } from "./answer.ts";
import { formView } from "./form.ts";
import { PANEL_STYLE } from "./style.ts";

/** Kept by VS Code when the panel is hidden and when the window is reloaded. */
interface Kept {
  readonly form?: Form;
  readonly isUnfolded?: boolean;
  /** Absent when it is large: the host has it as long as the window stays. */
  readonly result?: Result;
}

interface EditorApi {
  postMessage(message: PanelToHost): void;
  getState(): Kept | undefined;
  setState(state: Kept): void;
}

declare const acquireVsCodeApi: () => EditorApi;

/** Characters of a result that is worth keeping with the window's state. */
const SMALL = 200_000;

const editor = acquireVsCodeApi();
let kept: Kept = editor.getState() ?? {};
let form = { ...FIRST_FORM, ...kept.form };
let isWorking = false;

const keep = (part: Kept): void => {
  kept = { ...kept, ...part };
  editor.setState(kept);
};
const choose = (chosen: Form): void => {
  form = chosen;
  keep({ form });
};

const channel = new PictureChannel({
  post: (question) => editor.postMessage(question),
  listen: (hear) => window.addEventListener("message", ({ data }) => hear(data)),
});
const answer = answerView(channel);
const question = formView(form, {
  changed(chosen) {
    choose(chosen);
    editor.postMessage({ type: "form", form });
  },
  run(action) {
    if (!isWorking) editor.postMessage({ type: "run", action, form });
  },
  cancel: () => editor.postMessage({ type: "cancel" }),
  exportModel: () => editor.postMessage({ type: "export-onnx", form }),
  folded: (isUnfolded) => keep({ isUnfolded }),
});
question.unfold(kept.isUnfolded ?? false);
// Until the host says more: what stood here before.
if (kept.result) answer.result(kept.result, "from the last time; compute again to see whether it holds");

const sheet = new CSSStyleSheet();
sheet.replaceSync(PANEL_STYLE);
// The controls have sheets of their own here.
document.adoptedStyleSheets.push(sheet);
document.body.append(make("main", {}, question.element, answer.element));

window.addEventListener("message", ({ data }: MessageEvent<HostToPanel>) => {
  switch (data.type) {
    case "offer":
      if (data.form) choose(data.form);
      question.offer(data);
      break;
    case "work":
      isWorking = data.work !== undefined;
      question.working(isWorking);
      answer.working(data.work);
      break;
    case "result":
      answer.result(data.result);
      keep({ result: JSON.stringify(data.result).length <= SMALL ? data.result : undefined });
      break;
    case "problem":
      answer.problem(data.problem);
      break;
  }
});
editor.postMessage({ type: "ready" });
