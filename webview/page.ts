/** @file Entry of an exported page: draws every display that stands in it as a JSON script, in place. */
import { DISPLAY_MIME } from "../protocol/display.ts";
import { make } from "./dom.ts";
import { draw } from "./draw.ts";

for (const script of document.querySelectorAll(`script[type="${DISPLAY_MIME}"]`)) {
  const element = make("div");
  script.after(element);
  draw(element, () => JSON.parse(script.textContent ?? ""));
}
