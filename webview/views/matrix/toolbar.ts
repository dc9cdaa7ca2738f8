/** @file The tools of a picture: a row of small buttons, and panels that open below some of them. */
import { make } from "../../dom.ts";
import { type IconName, icon } from "./icons.ts";

export interface Tool {
  readonly icon: IconName;
  /** What it does, as its name and its tip. */
  readonly label: string;
  readonly press: () => void;
}

/** A tool that stays on until it is pressed again. */
export interface Toggle extends Tool {
  readonly isOn: () => boolean;
}

/** A tool that opens a panel. */
export interface Opener {
  readonly icon: IconName;
  readonly label: string;
  /** Made anew whenever it is opened. */
  readonly panel: (close: () => void) => HTMLElement;
}

export type Item = Tool | Toggle | Opener;

export interface Toolbar {
  readonly element: HTMLElement;
  /** Shows again which toggles are on. */
  update(): void;
}

export function toolbar(label: string, items: readonly Item[]): Toolbar {
  const place = make("div", { class: "panel-place" });
  const element = make("div", { class: "toolbar" });
  const row = make("div", { class: "tools", role: "toolbar", aria: { label } });
  element.append(row, place);
  let opened: HTMLButtonElement | undefined;

  const close = (): void => {
    place.replaceChildren();
    element.classList.remove("open");
    opened?.setAttribute("aria-expanded", "false");
    opened = undefined;
  };
  const buttons = items.map((item) => {
    const button = make("button", { class: "tool", title: item.label, aria: { label: item.label } });
    button.type = "button";
    button.append(icon(item.icon));
    if ("panel" in item) {
      button.setAttribute("aria-expanded", "false");
      button.addEventListener("click", () => {
        const isOpen = opened === button;
        close();
        if (isOpen) return;
        opened = button;
        button.setAttribute("aria-expanded", "true");
        element.classList.add("open");
        const dismiss = (): void => {
          close();
          button.focus();
        };
        const panel = item.panel(dismiss);
        panel.classList.add("panel");
        panel.setAttribute("role", "group");
        panel.setAttribute("aria-label", item.label);
        place.append(panel);
        panel.querySelector<HTMLElement>("select, input, button")?.focus();
      });
    } else {
      button.addEventListener("click", () => {
        close();
        item.press();
        update();
      });
    }
    return button;
  });
  row.append(...buttons);

  const update = (): void =>
    items.forEach((item, i) => {
      if ("isOn" in item) buttons[i].setAttribute("aria-pressed", String(item.isOn()));
    });
  // The arrow keys go from button to button, so that the toolbar is one stop of the Tab key.
  const settle = (current: HTMLButtonElement): void =>
    buttons.forEach((button) => {
      button.tabIndex = button === current ? 0 : -1;
    });
  row.addEventListener("keydown", (event) => {
    const at = buttons.indexOf(event.target as HTMLButtonElement);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const next = buttons[(to + buttons.length) % buttons.length];
    settle(next);
    next.focus();
  });
  element.addEventListener("keydown", (event) => {
    // What a key does to a control is no business of the editor's.
    event.stopPropagation();
    if (event.key !== "Escape" || !opened) return;
    const button = opened;
    close();
    button.focus();
  });
  document.addEventListener("pointerdown", (event) => {
    if (opened && !event.composedPath().includes(element)) close();
  });
  if (buttons.length > 0) settle(buttons[0]);
  update();
  return { element, update };
}
