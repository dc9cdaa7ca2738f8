/** @file All entries of a tensor that is shown: from the display where it has them, else from the session that holds it. */
import type { MatrixDisplay } from "../../protocol/display.ts";
import type { TileAnswer, TileRequest } from "../../protocol/exploring.ts";
import { type Entries, entriesFrom } from "../../protocol/heatmap.ts";
import { sizeOf } from "../../protocol/notation.ts";

/** Entries asked for at a time. */
const PER_TILE = 2 ** 18;
/** More than half a gigabyte of numbers belongs in a file that the code itself writes. */
const MOST_ENTRIES = 2 ** 27;

/** Answers `undefined` where there is no session. */
type AskTile = (request: TileRequest) => Promise<TileAnswer | undefined>;

/** Those that came with the display. */
export const previewEntries = (display: MatrixDisplay): Entries => entriesFrom(display, bytesOf(display.preview.data));

/** @throws Error when the display was reduced and the numbers are out of reach; the message says what to do. */
export async function fullEntries(display: MatrixDisplay, ask: AskTile): Promise<Entries> {
  const { preview, shape, handle, slices } = display;
  const size = sizeOf(shape);
  const isWhole = !preview.pooled && preview.slices.length === sizeOf(slices.flatMap((side) => side.shape));
  if (isWhole) return previewEntries(display);
  if (size > MOST_ENTRIES) throw new Error(`The tensor has ${size} entries, and at most ${MOST_ENTRIES} are exported.`);
  if (handle === undefined) throw new Error("The picture was reduced when it was made. Run the cell again first.");

  // As one row: the entries lie in that order.
  const axes = { rows: [], columns: shape.map((_, axis) => axis), at: shape.map(() => 0) };
  const all = new Uint8Array(entriesFrom(display, new ArrayBuffer(0)).BYTES_PER_ELEMENT * size);
  for (let column = 0, at = 0; column < size; column += PER_TILE) {
    const answer = await ask({ handle, axes, level: 0, row: 0, column, rows: 1, columns: PER_TILE });
    if (answer?.status !== "tile") throw new Error(whyNot(answer));
    const bytes = new Uint8Array(bytesOf(answer.data));
    all.set(bytes, at);
    at += bytes.length;
  }
  return entriesFrom(display, all.buffer);
}

function whyNot(answer: Exclude<TileAnswer, { status: "tile" }> | undefined): string {
  if (answer?.status === "busy") return "A cell is running. Export the result when it is done.";
  if (answer?.status === "failed") return answer.message;
  return "The session does not have the tensor any more. Run the cell again first.";
}

/** Copied, so that the numbers start on a boundary of eight bytes wherever the decoder put them. */
const bytesOf = (base64: string): ArrayBuffer => Uint8Array.from(Buffer.from(base64, "base64")).buffer;
