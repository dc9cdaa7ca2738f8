/** @file How values are shown: which of them, on what scale, to what end. */
import { formatCount, formatNumber } from "../../../protocol/notation.ts";
import type { Summary } from "../../data/source.ts";
import { make } from "../../dom.ts";
import type { Look } from "../../drawing/look.ts";
import { choice, tick } from "./choices.ts";

export interface LookChoices {
  readonly look: Look;
  readonly summary: Summary;
  /** Undefined for a single matrix. */
  readonly sharesColours: boolean | undefined;
  /** A chart has no colours to choose. */
  readonly isChart: boolean;
  change(look: Look): void;
  shareColours(on: boolean): void;
}

export function lookPanel({ look, summary, sharesColours, isChart, change, shareColours }: LookChoices): HTMLElement {
  const panel = make("div", {});
  if (!isChart) {
    panel.append(
      choice(
        "Show",
        [
          { value: "values", text: "values" },
          { value: "magnitude", text: "magnitudes, without sign" },
          { value: "pattern", text: "where entries are not zero" },
        ],
        look.shows,
        (shows) => change({ ...look, shows }),
      ),
    );
  }
  panel.append(
    choice(
      "Scale",
      [
        { value: "linear", text: "linear" },
        { value: "symlog", text: "symlog: logarithmic from the small entries on" },
        { value: "asinh", text: "asinh: logarithmic from the middle ones on" },
      ],
      look.curve,
      (curve) => change({ ...look, curve }),
    ),
  );
  if (summary.beyond > 0) {
    const many = summary.isOfBlocks
      ? "the largest entries are"
      : summary.beyond === 1
        ? "one larger entry is"
        : `${formatCount(summary.beyond)} larger entries are`;
    panel.append(
      tick(
        `${isChart ? "End" : "End the colours"} at ±${formatNumber(summary.usual, 3)}, above which ${many} marked`,
        look.trims,
        (trims) => change({ ...look, trims }),
        `98 of 100 ${summary.isOfBlocks ? "blocks of entries" : "entries"} that are not zero are no larger than this.`,
      ),
    );
  }
  if (sharesColours !== undefined) panel.append(tick("The same colours for all slices", sharesColours, shareColours));
  return panel;
}
