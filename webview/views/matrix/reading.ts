/** @file The line below a picture that says what is pointed at, and the voice that says it once the pointer rests. */
import { make } from "../../dom.ts";

/** A voice that began with every entry on the way would never finish one. */
const REST = 250;

export function reading(idle: string): { readonly element: HTMLElement; say(words: string | undefined): void } {
  const seen = make("p", { class: "readout idle", text: idle, aria: { hidden: "true" } });
  const spoken = make("p", { class: "spoken", role: "status", aria: { live: "polite" } });
  let speaks: ReturnType<typeof setTimeout> | undefined;
  return {
    element: make("div", { class: "reading" }, seen, spoken),
    say(words) {
      seen.classList.toggle("idle", words === undefined);
      seen.textContent = words ?? idle;
      clearTimeout(speaks);
      speaks = setTimeout(() => {
        spoken.textContent = words ?? "";
      }, REST);
    },
  };
}
