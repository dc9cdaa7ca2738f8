/** @file Which slice of a stack is shown: a slider for each axis that numbers them, and what the slice is called. */
import { formatCount, unravel } from "../../../protocol/notation.ts";
import { axesOf } from "../../data/axes.ts";
import { nameOfAxis } from "../../data/naming.ts";
import { make } from "../../dom.ts";
import type { Content } from "./content.ts";

export interface Sliders {
  readonly element: HTMLElement;
  /** Moves the sliders to a slice, and says of it what `isEmpty` tells. */
  show(slice: number, isEmpty: boolean): void;
}

/** Undefined when there is one matrix and nothing to choose. */
export function sliders(content: Content, choose: (slice: number) => void): Sliders | undefined {
  const { source, display, arrangement } = content;
  if (content.allSlices === 1) return undefined;
  const name = make("output", { class: "slice-name" });
  const axes = axesOf(display);
  // Where not all slices are there, they are counted through, whatever axes number them.
  const isAll = source.slices === content.allSlices;
  const group = isAll ? arrangement.sliders.filter((axis) => axes[axis].extent > 1) : [];
  const extents = isAll ? group.map((axis) => axes[axis].extent) : [source.slices];
  const inputs = extents.map((extent, i) => {
    const label = group.length > 1 ? nameOfAxis(display, axes, group[i]) : "Slice";
    const input = make("input", { aria: { label } });
    input.type = "range";
    input.min = "0";
    input.max = String(extent - 1);
    input.addEventListener("input", () => {
      choose(inputs.reduce((flat, each, at) => flat * extents[at] + each.valueAsNumber, 0));
    });
    // The editor moves between cells with the arrow keys; on a control of ours they belong to the control.
    input.addEventListener("keydown", (event) => event.stopPropagation());
    return input;
  });
  const rows = inputs.map((input, i) =>
    inputs.length > 1
      ? make("label", { class: "slider" }, make("span", { text: nameOfAxis(display, axes, group[i]) }), input)
      : input,
  );
  return {
    element: make("div", { class: "slices" }, ...(source.slices > 1 ? rows : []), name),
    show(slice, isEmpty) {
      const number = content.sliceNumber(slice);
      const words = `${content.sliceName(slice)} (${number + 1} of ${formatCount(content.allSlices)}${isEmpty ? ", all zero" : ""})`;
      name.textContent = words;
      unravel(slice, extents).forEach((at, i) => {
        inputs[i].value = String(at);
        inputs[i].setAttribute("aria-valuetext", words);
      });
    },
  };
}
