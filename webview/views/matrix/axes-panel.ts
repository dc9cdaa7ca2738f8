/** @file Where each axis of a tensor is laid: along rows, along columns, or on a slider. */
import type { MatrixDisplay } from "../../../protocol/display.ts";
import { type Arrangement, axesOf, moved } from "../../data/axes.ts";
import { nameOfAxis } from "../../data/naming.ts";
import { make } from "../../dom.ts";
import { choice } from "./choices.ts";

const GROUPS = [
  { value: "rows", text: "rows" },
  { value: "columns", text: "columns" },
  { value: "sliders", text: "slider" },
] as const;

export function axesPanel(
  display: MatrixDisplay,
  current: Arrangement,
  arrange: (arrangement: Arrangement) => void,
): HTMLElement {
  const axes = axesOf(display);
  let arrangement = current;
  const rows = axes.map((_, axis) => {
    const group = GROUPS.find(({ value }) => arrangement[value].includes(axis))?.value ?? "sliders";
    return choice(nameOfAxis(display, axes, axis), GROUPS, group, (to) => {
      arrangement = moved(arrangement, axis, to);
      arrange(arrangement);
    });
  });
  return make("div", { class: "axes-panel" }, ...rows);
}
