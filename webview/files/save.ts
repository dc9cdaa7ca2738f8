/** @file Handing a file or a text to the person: by a download, or on the clipboard. */
import { make } from "../dom.ts";

/** VS Code fetches the blob of a link that is clicked in a notebook and asks where to save it; a browser downloads it. */
export function saveFile(beside: HTMLElement, name: string, content: Blob): void {
  const link = make("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  // The click has to reach the document, so the link stands in it.
  beside.append(link);
  link.click();
  link.remove();
  // The blob is fetched after the click was heard.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

export const copyText = (text: string): Promise<void> => navigator.clipboard.writeText(text);

export const copyImage = (png: Promise<Blob>): Promise<void> =>
  // The promise itself, since a browser allows writing only within the click.
  navigator.clipboard.write([new ClipboardItem({ "image/png": png })]);

/** A name for a file, of a title: `jacobian-of-predict-with-respect-to-x`. */
export const fileName = (title: string): string =>
  title
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "-")
    .replace(/^-|-$/g, "")
    .slice(0, 80) || "tensor";
