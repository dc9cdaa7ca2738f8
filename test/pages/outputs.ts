/** @file A page that stands for a notebook: the renderer was activated as the editor does it, and drew some outputs. */
import type { Browser } from "playwright-core";
import { bundleOf } from "../../extension/session/display/bundle.ts";
import { DISPLAY_MIME } from "../../protocol/display.ts";
import type { PictureMessage, PictureQuestion } from "../../protocol/picture-messages.ts";
import { type Opened, type OpenOptions, open } from "./browser.ts";

/** What the renderer gives the editor. */
export interface Api {
  renderOutputItem(item: object, element: Element): void;
  disposeOutputItem(id?: string): void;
}

export const displayOf = (value: unknown): unknown => bundleOf(value)?.[DISPLAY_MIME];

/** The renderer's module is imported as the editor imports it. */
const PAGE = `<!doctype html>
<html lang="en"><title>outputs</title>
<body style="margin: 20px">
<script type="module">import { activate } from "./script.js"; window.activate = activate;</script>`;

/** What stands for the extension host; undefined leaves a question without an answer. */
export type Host = (question: PictureQuestion) => Promise<PictureMessage | undefined>;

/** Each output, drawn, gets an element of its own: `#output-0`, `#output-1` … */
export async function openOutputs(
  browser: Browser,
  source: string,
  outputs: readonly unknown[],
  { host, ...options }: OpenOptions & { readonly host?: Host } = {},
): Promise<Opened> {
  const opened = await open(browser, PAGE, { ...options, script: source });
  if (host) await opened.page.exposeFunction("askHost", host);
  await opened.page.waitForFunction(() => "activate" in window);
  await opened.page.evaluate(
    (texts) => {
      const api = (window as unknown as { activate(context: object): Api }).activate(messaging());
      const draw = (id: string, text: string, element: HTMLElement) =>
        api.renderOutputItem({ id, text: () => text, json: () => JSON.parse(text) }, element);
      Object.assign(window, { api, draw });
      function messaging(): object {
        if (!("askHost" in window)) return {};
        const listeners: ((message: unknown) => void)[] = [];
        const tell = (message: unknown) => {
          for (const listener of listeners) listener(message);
        };
        Object.assign(window, { tell });
        const { askHost } = window as unknown as { askHost(question: object): Promise<unknown> };
        return {
          postMessage(message: object) {
            // What the renderer says unasked, and of other matters, has no answer.
            if ("request" in message) void askHost(message).then((answer) => answer && tell(answer));
          },
          onDidReceiveMessage: (listener: (message: unknown) => void) => listeners.push(listener),
        };
      }
      texts.forEach((text, i) => {
        const element = document.createElement("div");
        element.id = `output-${i}`;
        document.body.append(element);
        draw(`id-${i}`, text, element);
      });
    },
    outputs.map((output) => (typeof output === "string" ? output : JSON.stringify(output))),
  );
  // A picture is drawn a frame or two after its place has a size. Until then its canvas has the size that all begin with.
  await opened.page.waitForFunction(() =>
    [...document.querySelectorAll("[id^=output] > div")]
      .flatMap(({ shadowRoot }) => [...(shadowRoot?.querySelectorAll("canvas") ?? [])])
      .every(({ width, height }) => width !== 300 || height !== 150),
  );
  return opened;
}
