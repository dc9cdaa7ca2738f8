/** @file The outputs of a cell as HTML: our own pictures as data for the renderer, everything else as it stands. */
import { DISPLAY_MIME } from "../../../protocol/display.ts";
import type { MimeData, Output } from "../notebook-file.ts";
import { latexToHtml } from "./formula.ts";
import { markdownToHtml } from "./markdown.ts";
import { FRAME_STYLE } from "./style.ts";
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
  const own = data[DISPLAY_MIME];
  const image = imageOf(data);
  if (own !== undefined) {
    // In a script element only "<" could end the data early.
    const json = JSON.stringify(own).replaceAll("<", "\\u003c");
    const fallback = image || textOf(data);
    return `<div class="display"><script type="${DISPLAY_MIME}">${json}</script><noscript>${fallback}</noscript></div>`;
  }
  const html = text(data["text/html"]);
  // What a script would draw is nothing without it.
  const isDead = html !== undefined && /<script\b/i.test(html) && (image !== "" || data["text/plain"] !== undefined);
  return html !== undefined && !isDead ? htmlInFrame(html) : image || textOf(data);
}

/**
 * HTML of a cell is a document of its own, in which no script runs: neither the frame nor the page's policy, which holds
 * in it too, allows any. The page may look into it, to give it the height of its content.
 */
function htmlInFrame(html: string): string {
  const document = `<!doctype html><meta charset="utf-8"><base target="_blank"><style>${FRAME_STYLE}</style>${html}`;
  const allowed = "allow-same-origin allow-popups allow-popups-to-escape-sandbox";
  return `<iframe class="html" title="HTML" sandbox="${allowed}" srcdoc="${escapeHtml(document)}"></iframe>`;
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
  const latex = text(data["text/latex"]);
  if (latex) return `<div class="prose">${latexToHtml(latex)}</div>`;
  const markdown = text(data["text/markdown"]);
  if (markdown) return `<div class="prose">${markdownToHtml(markdown)}</div>`;
  const plain = text(data["text/plain"]) ?? JSON.stringify(data["application/json"] ?? data, null, 2);
  return `<pre class="result">${escapeHtml(withoutAnsi(plain))}</pre>`;
}

function text(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  return Array.isArray(value) ? joined(value) : undefined;
}
