/** @file The outputs of a cell as HTML: our own pictures as data for the renderer, everything else as it stands. */
import { DISPLAY_MIME } from "../../../protocol/display.ts";
import type { MimeData, Output } from "../notebook-file.ts";
import { markdownToHtml } from "./markdown.ts";
import { escapeHtml, joined, withoutAnsi } from "./text.ts";

export function outputToHtml(output: Output): string {
  switch (output.output_type) {
    case "stream":
      return `<pre class="stream ${output.name === "stderr" ? "stderr" : "stdout"}">${terminalText(output.text)}</pre>`;
    case "error":
      return errorToHtml(output.ename, output.evalue, output.traceback);
    case "display_data":
    case "execute_result":
      return bundleToHtml(output.data);
    default:
      return "";
  }
}

const terminalText = (text: string | readonly string[]): string => escapeHtml(withoutAnsi(joined(text)));

function errorToHtml(name: string, message: string, traceback: readonly string[]): string {
  const details = terminalText(traceback.join("\n"));
  return `<pre class="error">${details || escapeHtml(`${name}: ${message}`)}</pre>`;
}

/** The richest form that a page without network and without foreign scripts can show. */
function bundleToHtml(data: MimeData): string {
  const image = imageOf(data);
  if (data[DISPLAY_MIME] !== undefined) {
    // In a script element only "<" could end the data early.
    const json = JSON.stringify(data[DISPLAY_MIME]).replaceAll("<", "\\u003c");
    const fallback = image || textOf(data);
    return `<div class="display"><script type="${DISPLAY_MIME}">${json}</script><noscript>${fallback}</noscript></div>`;
  }
  return image || textOf(data);
}

function imageOf(data: MimeData): string {
  for (const mime of ["image/png", "image/jpeg", "image/gif", "image/webp"]) {
    const base64 = text(data[mime]);
    if (base64) return `<img alt="" src="data:${mime};base64,${escapeHtml(base64.replace(/\s/g, ""))}">`;
  }
  const svg = text(data["image/svg+xml"]);
  // As an image: an SVG in the page itself could carry scripts.
  return svg ? `<img alt="" src="data:image/svg+xml;base64,${Buffer.from(svg).toString("base64")}">` : "";
}

function textOf(data: MimeData): string {
  const markdown = text(data["text/markdown"]);
  if (markdown) return `<div class="prose">${markdownToHtml(markdown)}</div>`;
  const plain =
    text(data["text/plain"]) ?? text(data["text/html"]) ?? JSON.stringify(data["application/json"] ?? data, null, 2);
  return `<pre class="result">${escapeHtml(withoutAnsi(plain))}</pre>`;
}

function text(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  return Array.isArray(value) ? joined(value) : undefined;
}
