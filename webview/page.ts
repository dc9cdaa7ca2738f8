/** @file Entry of an exported page: draws every display that stands in it as a JSON script, in place, and fits frames. */
import { DISPLAY_MIME } from "../protocol/display.ts";
import { make } from "./dom.ts";
import { draw } from "./draw.ts";

for (const script of document.querySelectorAll(`script[type="${DISPLAY_MIME}"]`)) {
  const element = make("div");
  script.after(element);
  draw(element, () => JSON.parse(script.textContent ?? ""));
}

/** A frame does not grow with its content by itself. */
for (const frame of document.querySelectorAll<HTMLIFrameElement>("iframe.html")) {
  const fitHeight = () => {
    const content = frame.contentDocument?.documentElement;
    if (!content) return;
    // A scroll bar below a wide table takes its own height.
    const bar = content.scrollWidth > content.clientWidth ? 16 : 0;
    frame.style.height = `${Math.ceil(content.getBoundingClientRect().height) + bar}px`;
  };
  frame.addEventListener("load", fitHeight);
  addEventListener("resize", fitHeight);
  fitHeight();
}
