/** @file An executed notebook as one HTML file: prose, code and live pictures, asking nothing of the network. */
import { createHash } from "node:crypto";
import type { Cell, Notebook } from "./notebook-file.ts";
import { highlight } from "./page/highlight.ts";
import { markdownToHtml } from "./page/markdown.ts";
import { outputToHtml } from "./page/outputs.ts";
import { PAGE_STYLE } from "./page/style.ts";
import { escapeHtml, joined } from "./page/text.ts";

export interface PageOptions {
  readonly title: string;
  /** The text of dist/page.js, which draws the pictures. */
  readonly rendererSource: string;
}

export function writePage(notebook: Pick<Notebook, "cells">, { title, rendererSource }: PageOptions): string {
  const script = embeddable(rendererSource);
  // Only this very script may run: whatever a cell printed stays text.
  const hash = createHash("sha256").update(script).digest("base64");
  const policy =
    `default-src 'none'; script-src 'sha256-${hash}'; style-src 'unsafe-inline'; img-src data:; ` +
    "base-uri 'none'; form-action 'none'";
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="Cotangent">
<title>${escapeHtml(title)}</title>
<style>${PAGE_STYLE}</style>
</head>
<body>
<main>
${notebook.cells.map(cellToHtml).join("\n")}
</main>
<script>${script}</script>
</body>
</html>
`;
}

/** In a script element, these two would end it or turn the rest into a comment; inside a string they mean the same. */
const embeddable = (script: string): string =>
  script.replaceAll("</script", "<\\/script").replaceAll("<!--", "<\\!--").replaceAll("\r\n", "\n");

function cellToHtml(cell: Cell): string {
  const source = joined(cell.source);
  if (cell.cell_type === "markdown")
    return `<section class="prose">\n${markdownToHtml(source, cell.attachments)}</section>`;
  if (cell.cell_type !== "code") return `<pre class="raw">${escapeHtml(source)}</pre>`;
  const outputs = (cell.outputs ?? []).map(outputToHtml).filter(Boolean);
  const count = cell.execution_count ? `<span class="count">[${cell.execution_count}]</span>` : "";
  const code = source.trim() ? `<pre class="source"><code>${highlight(source)}</code></pre>` : "";
  if (!code && outputs.length === 0) return "";
  const shown = outputs.length > 0 ? `\n<div class="outputs">\n${outputs.join("\n")}\n</div>` : "";
  return `<section class="code">${count}${code}${shown}</section>`;
}
