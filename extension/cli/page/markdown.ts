/**
 * @file Markdown as HTML, as GitHub shows it: tables, task lists, formulas, and of HTML the tags that only mark text. Any
 * other tag is shown as text and never run.
 */
import { Marked, type TokenizerAndRendererExtension } from "marked";
import { formulaToHtml } from "./formula.ts";
import { highlight, isHighlighted } from "./highlight.ts";
import { escapeHtml } from "./text.ts";

/** `attachments` are a cell's own pictures: by name, a MIME bundle of base64. */
export type Attachments = Readonly<Record<string, Readonly<Record<string, string>>>>;

const SAFE_LINK = /^(https?:|mailto:|#|[^:]*$)/i;

export function markdownToHtml(source: string, attachments: Attachments = {}): string {
  const marked = new Marked({
    gfm: true,
    extensions: [DISPLAYED_FORMULA, INLINE_FORMULA],
    renderer: {
      html: ({ text }) => withSafeTags(text),
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
        if (lang === "math") return `<p>${formulaToHtml(text, true)}</p>\n`;
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

const DISPLAYED_FORMULA: TokenizerAndRendererExtension = {
  name: "displayedFormula",
  level: "block",
  start: (source) => /^ {0,3}\$\$/m.exec(source)?.index,
  tokenizer(source) {
    const match = /^ {0,3}\$\$([\s\S]+?)\$\$[ \t]*(?:\n+|$)/.exec(source);
    return match ? { type: "displayedFormula", raw: match[0], tex: match[1].trim() } : undefined;
  },
  renderer: ({ tex }) => `<p>${formulaToHtml(String(tex), true)}</p>\n`,
};

/** As on GitHub, a dollar with a space inside of it, or a digit behind it, is money. */
const INLINE_FORMULA: TokenizerAndRendererExtension = {
  name: "inlineFormula",
  level: "inline",
  start: (source) => source.match(/\$/)?.index,
  tokenizer(source) {
    const match = /^(\$\$?)(?=[^\s$])((?:\\.|[^$\\])*?[^\s\\$])\1(?![\d$])/.exec(source);
    return match ? { type: "inlineFormula", raw: match[0], tex: match[2], display: match[1] === "$$" } : undefined;
  },
  renderer: ({ tex, display }) => formulaToHtml(String(tex), display === true),
};

const SAFE_TAG =
  /<!--[\s\S]*?-->|<\/?(?:b|i|em|strong|sub|sup|kbd|ins|del|s|q|var|samp|mark|small|details|summary|br|hr)\s*\/?>/gi;

/** Tags without attributes stay, comments go, and all else is text. */
function withSafeTags(html: string): string {
  let safe = "";
  let end = 0;
  for (const { index, 0: tag } of html.matchAll(SAFE_TAG)) {
    safe += escapeHtml(html.slice(end, index)) + (tag.startsWith("<!--") ? "" : tag);
    end = index + tag.length;
  }
  return safe + escapeHtml(html.slice(end));
}
