/** @file What can be taken out of a view: pictures, numbers, code. Each says what came of it. */

import type { MatrixDisplay } from "../../../protocol/display.ts";
import { npyOf } from "../../../protocol/files/npy.ts";
import { tableOf } from "../../../protocol/files/numbers.ts";
import { MOST_IN_CODE, typescriptOf } from "../../../protocol/files/typescript.ts";
import type { Entries } from "../../../protocol/heatmap.ts";
import { formatCount, sizeOf } from "../../../protocol/notation.ts";
import type { Eventually, TensorSource, Window } from "../../data/source.ts";
import { make } from "../../dom.ts";
import { copyImage, copyText, fileName, saveFile } from "../../files/save.ts";
import { type Caption, pngOf, svgOf } from "./picture.ts";
import type { Subject, Surface } from "./surface.ts";

export interface Exported {
  readonly tensor: TensorSource;
  readonly subject: Subject;
  readonly surface: Surface;
  readonly caption: Caption;
  /** Says how it went, where a reader sees and hears it. */
  say(words: string): void;
}

interface Action {
  readonly text: string;
  /** Why it cannot be done. */
  readonly unless?: string;
  /** What is said afterwards. */
  readonly done: string;
  readonly act: () => Eventually<void>;
}

/** More entries than this make a text that no clipboard and no editor is happy with. */
const MOST_COPIED = 1_000_000;

export function exportPanel({ tensor, subject, surface, caption, say }: Exported, close: () => void): HTMLElement {
  const { content, slice } = subject;
  const { display, source } = content;
  const whole = tensor.whole();
  const part: Window = { top: 0, left: 0, bottom: source.rows, right: source.columns };
  const name = fileName(display.title);
  const panel = make("div", { class: "menu" });
  const save = (extension: string, content: BlobPart, type: string): void =>
    saveFile(panel, `${name}.${extension}`, new Blob([content], { type }));
  /** The matrix that is shown, as it is here. */
  const shown = (): Promise<Entries> => Promise.resolve(source.read(slice, part));
  const reduced = content.isReduced ? `, reduced to ${source.rows} × ${source.columns}` : "";
  const entries = sizeOf(display.shape);
  const tooLarge = source.rows * source.columns > MOST_COPIED;
  const actions: Action[] = [
    {
      text: "Save the picture (PNG)",
      done: "The picture was handed over.",
      act: async () => save("png", await pngOf(caption, subject, surface), "image/png"),
    },
    {
      text: "Save the picture (SVG)",
      done: "The picture was handed over.",
      act: () => save("svg", svgOf(caption, subject, surface), "image/svg+xml"),
    },
    {
      text: "Copy the picture",
      done: "The picture is on the clipboard.",
      act: () => copyImage(pngOf(caption, subject, surface)),
    },
    {
      text: `Save this matrix (CSV${reduced})`,
      done: "The numbers were handed over.",
      act: async () => save("csv", tableOf(await shown(), source.columns, display.dtype, ","), "text/csv"),
    },
    {
      text: `Copy this matrix as a table (TSV${reduced})`,
      ...(tooLarge ? { unless: `at most ${formatCount(MOST_COPIED)} entries are copied` } : {}),
      done: "The numbers are on the clipboard.",
      act: async () => copyText(tableOf(await shown(), source.columns, display.dtype, "\t")),
    },
    {
      text: whole ? "Save the tensor (NPY)" : `Save this matrix (NPY${reduced})`,
      done: "The numbers were handed over.",
      act: async () => {
        const all = await whole;
        const bytes = all
          ? npyOf(all, display.dtype, display.shape)
          : npyOf(await shown(), display.dtype, [source.rows, source.columns]);
        save("npy", bytes, "application/octet-stream");
      },
    },
    {
      text: "Copy the tensor as TypeScript",
      ...codeLimit(display, whole !== undefined),
      done: `An expression of ${formatCount(entries)} ${entries === 1 ? "number" : "numbers"} is on the clipboard.`,
      act: async () => {
        const all = await whole;
        if (all) await copyText(typescriptOf(all, display.dtype, display.shape));
      },
    },
  ];
  panel.append(...actions.map(entry));
  return panel;

  function entry({ text, unless, done, act }: Action): HTMLElement {
    const button = make("button", { class: "menu-item", text: unless ? `${text}: ${unless}` : text });
    button.type = "button";
    button.disabled = unless !== undefined;
    button.addEventListener("click", async () => {
      try {
        await act();
        say(done);
      } catch (error) {
        say(`That did not work: ${error instanceof Error ? error.message : String(error)}`);
      }
      close();
    });
    return button;
  }
}

function codeLimit({ shape }: MatrixDisplay, isWhole: boolean): { unless?: string } {
  if (sizeOf(shape) > MOST_IN_CODE)
    return { unless: `at most ${formatCount(MOST_IN_CODE)} entries are written as code` };
  return isWhole ? {} : { unless: "not all of its entries are here" };
}
