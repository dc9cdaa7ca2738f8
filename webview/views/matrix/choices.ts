/** @file Controls of a panel: one of several, or yes and no, each with a line that says what it does. */
import { make } from "../../dom.ts";

export interface Option<Value extends string> {
  readonly value: Value;
  readonly text: string;
}

export function choice<Value extends string>(
  label: string,
  options: readonly Option<Value>[],
  chosen: Value,
  choose: (value: Value) => void,
): HTMLElement {
  const select = make("select");
  select.append(
    ...options.map(({ value, text }) => {
      const option = make("option", { text });
      option.value = value;
      option.selected = value === chosen;
      return option;
    }),
  );
  select.addEventListener("change", () => choose(select.value as Value));
  return make("label", { class: "choice" }, make("span", { text: label }), select);
}

export function tick(label: string, isOn: boolean, turn: (on: boolean) => void, explanation = ""): HTMLElement {
  const box = make("input");
  box.type = "checkbox";
  box.checked = isOn;
  box.addEventListener("change", () => turn(box.checked));
  const text = make("span", { text: label });
  return make("label", { class: "tick-box", title: explanation }, box, text);
}
