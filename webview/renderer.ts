/** @file Entry of the notebook renderer: VS Code calls `activate` once and then hands over one output at a time. */
import type { ActivationFunction, RendererContext } from "vscode-notebook-renderer";
import { PictureChannel } from "./data/picture-channel.ts";
import { draw } from "./draw.ts";
import { serveGraphics } from "./graphics/page.ts";

export const activate: ActivationFunction = (context) => {
  const channel = channelOf(context);
  offerGraphics(context);
  const drawn = new Map<string, HTMLElement>();
  return {
    renderOutputItem(item, element) {
      draw(element, () => item.json(), channel);
      drawn.set(item.id, element);
    },
    disposeOutputItem(id) {
      for (const [key, element] of id === undefined ? [...drawn] : [...drawn].filter(([key]) => key === id)) {
        element.replaceChildren();
        drawn.delete(key);
      }
    },
  };
};

/** Sessions may compute on the graphics processor of this page. */
function offerGraphics({ postMessage, onDidReceiveMessage }: RendererContext<unknown>): void {
  if (!postMessage || !onDidReceiveMessage) return;
  serveGraphics({
    post: (message) => postMessage(message),
    listen: (hear) => void onDidReceiveMessage(hear),
  });
}

/** Undefined where the editor carries no messages, as it may in a notebook that is only read. */
function channelOf({ postMessage, onDidReceiveMessage }: RendererContext<unknown>): PictureChannel | undefined {
  if (!postMessage || !onDidReceiveMessage) return undefined;
  return new PictureChannel({
    post: (question) => postMessage(question),
    listen: (hear) => void onDidReceiveMessage(hear),
  });
}
