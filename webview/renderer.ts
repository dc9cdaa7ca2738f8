/** @file Entry of the notebook renderer: VS Code calls `activate` once and then hands over one output at a time. */
import type { ActivationFunction } from "vscode-notebook-renderer";
import { draw } from "./draw.ts";

export const activate: ActivationFunction = () => {
  const drawn = new Map<string, HTMLElement>();
  return {
    renderOutputItem(item, element) {
      draw(element, () => item.json());
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
