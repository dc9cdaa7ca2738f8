/** @file Markdown cells as HTML. What the writer did not write in Markdown is shown as text and never run. */
import { Marked } from "marked";
import { highlight, isHighlighted } from "./highlight.ts";
import { escapeHtml } from "./text.ts";

/** `attachments` are a cell's own pictures: by name, a MIME bundle of base64. */
export type Attachments = Readonly<Record<string, Readonly<Record<string, string>>>>;

const SAFE_LINK = /^(https?:|mailto:|#|[^:]*$)/i;

export function markdownToHtml(source: string, attachments: Attachments = {}): string {
  const marked = new Marked({
    gfm: true,
    renderer: {
      html: ({ text }) => escapeHtml(text),
      link({ href, title, tokens }) {
        const text = this.parser.parseInline(tokens);
        if (!SAFE_LINK.test(href)) return text;
        return `<a href="${escapeHtml(href)}"${title ? ` title="${escapeHtml(title)}"` : ""}>${text}</a>`;
      },
      image({ href, text }) {
        const source = imageSource(href, attachments);
        // The page asks nothing of the network: a picture that is not in the notebook is named instead.
        if (!source)
          return SAFE_LINK.test(href) ? `<a href="${escapeHtml(href)}">${escapeHtml(text || href)}</a>` : text;
        return `<img src="${escapeHtml(source)}" alt="${escapeHtml(text)}">`;
      },
      code({ text, lang }) {
        return `<pre><code>${lang && isHighlighted(lang) ? highlight(text) : escapeHtml(text)}</code></pre>\n`;
      },
    },
  });
  return marked.parse(source, { async: false });
}

function imageSource(href: string, attachments: Attachments): string | undefined {
  if (/^data:image\//i.test(href)) return href;
  const [mime, data] = Object.entries(attachments[href.replace(/^attachment:/, "")] ?? {})[0] ?? [];
  return mime?.startsWith("image/") ? `data:${mime};base64,${data}` : undefined;
}
