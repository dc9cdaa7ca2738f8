/** @file What was answered: how far the work is, what went wrong, and the result, which takes the room. */

import type { Problem, Result, Work } from "../../protocol/panel.ts";
import type { PictureChannel } from "../data/picture-channel.ts";
import { make } from "../dom.ts";
import { draw } from "../draw.ts";
import { progressRing } from "./controls.ts";

const STAGES: Readonly<Record<Work["stage"], string>> = {
  waiting: "A cell is running. This is computed when it has ended.",
  computing: "Computing …",
  stopping: "Stopping …",
};

export interface AnswerView {
  readonly element: HTMLElement;
  working(work: Work | undefined): void;
  /** `note`: what is to be known of it before it is trusted. */
  result(result: Result, note?: string): void;
  problem(problem: Problem | undefined): void;
}

/** `channel` leads to the session that has the numbers of the last result. */
export function answerView(channel: PictureChannel): AnswerView {
  const status = make("div", { class: "status", role: "status" });
  const progress = make("div", { class: "progress-place" });
  const trouble = make("div", { class: "trouble", role: "alert" });
  const picture = make("div", { class: "picture" });
  const place = make("section", { class: "result", aria: { label: "Result" } }, picture);
  let shown: Result | undefined;
  let caution: string | undefined;
  let drawn: unknown;
  let work: Work | undefined;
  let isWrong = false;

  const update = (): void => {
    const words = work ? STAGES[work.stage] : shown ? [describe(shown), ...(caution ? [caution] : [])].join(" · ") : "";
    status.replaceChildren(...(work ? [progressRing()] : []), make("span", { text: words }));
    // A result that may no longer hold is pale: computed anew, edited since, or followed by a failure.
    place.classList.toggle("stale", work !== undefined || isWrong || caution !== undefined);
    place.setAttribute("aria-busy", String(work !== undefined));
    if (work?.progress) draw(progress, () => work?.progress);
    else progress.replaceChildren();
  };
  return {
    element: make("div", { class: "answer" }, status, progress, trouble, place),
    working(now) {
      work = now;
      update();
    },
    result(result, note = result.stale ? "edited since" : undefined) {
      shown = result;
      caution = note;
      isWrong = false;
      const text = JSON.stringify([result.display, result.text]);
      // That it is stale changes nothing of the picture, which may be zoomed.
      if (text !== drawn) showResult(picture, result, channel);
      drawn = text;
      update();
    },
    problem(problem) {
      isWrong = problem !== undefined;
      trouble.replaceChildren(...(problem ? told(problem) : []));
      update();
    },
  };
}

function showResult(place: HTMLElement, { display, text }: Result, channel: PictureChannel): void {
  if (display) draw(place, () => display, channel);
  else place.replaceChildren(make("pre", { class: "text", text }));
}

function describe({ action, form }: Result): string {
  const done = action === "benchmark" ? "Timed" : action === "explain" ? "Explained" : "Computed";
  const at = form.inputs ? ` at ${form.inputs}` : "";
  return `${done} ${form.subject}${at}`;
}

function told({ title, advice, details }: Problem): HTMLElement[] {
  return [
    make("p", { class: "problem-title", text: title }),
    make("p", { text: advice }),
    ...(details ? [make("pre", { class: "details", text: details })] : []),
  ];
}
