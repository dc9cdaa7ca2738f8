/**
 * @file The controls of the panel. They are those of `@vscode/webview-ui-toolkit`, which nothing else imports: it is no
 * longer kept up by its makers, and a successor takes its place by a change of this file.
 */
import {
  type Button,
  type Checkbox,
  type Dropdown,
  provideVSCodeDesignSystem,
  type TextField,
  vsCodeButton,
  vsCodeCheckbox,
  vsCodeDropdown,
  vsCodeOption,
  vsCodeProgressRing,
  vsCodeTextField,
} from "@vscode/webview-ui-toolkit";
import { make } from "../dom.ts";

provideVSCodeDesignSystem().register(
  vsCodeButton(),
  vsCodeCheckbox(),
  vsCodeDropdown(),
  vsCodeOption(),
  vsCodeProgressRing(),
  vsCodeTextField(),
);

/** A control that shows a value, and tells when the person changed it. */
export interface Control<Value> {
  readonly element: HTMLElement;
  value: Value;
}

export interface PushButton {
  readonly element: HTMLElement;
  text: string;
  isEnabled: boolean;
}

export function button(text: string, appearance: "primary" | "secondary", press: () => void): PushButton {
  const element = make("vscode-button" as "button", { text }) as unknown as Button;
  element.appearance = appearance;
  element.addEventListener("click", () => {
    if (!element.disabled) press();
  });
  return {
    element,
    get text() {
      return element.textContent ?? "";
    },
    set text(words) {
      if (element.textContent !== words) element.textContent = words;
    },
    get isEnabled() {
      return !element.disabled;
    },
    set isEnabled(on) {
      element.disabled = !on;
    },
  };
}

export interface Choice<Value extends string> {
  readonly value: Value;
  readonly text: string;
}

/** A control that has no label of its own. */
export interface Labelled {
  readonly label: string;
  readonly element: HTMLElement;
}

export interface DropdownControl<Value extends string> extends Control<Value>, Labelled {
  /** What there is to choose from. */
  choices: readonly Choice<Value>[];
}

export function dropdown<Value extends string>(
  label: string,
  first: readonly Choice<Value>[],
  change: (value: Value) => void,
): DropdownControl<Value> {
  const element = make("vscode-dropdown" as "select", { aria: { label } }) as unknown as Dropdown;
  let choices = first;
  let value = first[0]?.value;
  const settle = (): void => {
    if (value !== undefined && element.value !== value) element.value = value;
  };
  // The control takes a value only when it has seen the option; until then it prefers one like the value before.
  element.shadowRoot?.addEventListener("slotchange", settle);
  const show = (): void => {
    const options = choices.map((choice) => {
      const option = make("vscode-option" as "option", { text: choice.text });
      option.setAttribute("value", choice.value);
      return option;
    });
    element.replaceChildren(...options);
  };
  element.addEventListener("change", () => {
    const chosen = choices.find((choice) => choice.value === element.value);
    if (!chosen || chosen.value === value) return;
    value = chosen.value;
    change(value);
  });
  show();
  return {
    label,
    element,
    get value() {
      return value;
    },
    set value(wanted) {
      value = wanted;
      settle();
    },
    get choices() {
      return choices;
    },
    set choices(wanted) {
      if (JSON.stringify(wanted) === JSON.stringify(choices)) return;
      choices = wanted;
      show();
    },
  };
}

export function textField(label: string, change: (value: string) => void, enter: () => void): Control<string> {
  // Its text is its label: another name it would overwrite with "Text field".
  const element = make("vscode-text-field" as "input", { text: label }) as unknown as TextField;
  element.spellcheck = false;
  element.addEventListener("input", () => change(element.value));
  element.addEventListener("keydown", (event) => {
    if (event.key === "Enter") enter();
  });
  return {
    element,
    get value() {
      return element.value;
    },
    set value(text) {
      if (element.value !== text) element.value = text;
    },
  };
}

export function checkbox(label: string, change: (on: boolean) => void): Control<boolean> {
  const element = make("vscode-checkbox" as "input", { text: label }) as unknown as Checkbox;
  element.addEventListener("change", () => change(element.checked));
  return {
    element,
    get value() {
      return element.checked;
    },
    set value(on) {
      if (element.checked !== on) element.checked = on;
    },
  };
}

/** Turns while something goes on; the words beside it say what. */
export const progressRing = (): HTMLElement => make("vscode-progress-ring" as "span", { aria: { hidden: "true" } });
