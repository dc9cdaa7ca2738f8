/**
 * @file Colours for TypeScript on a page: comments, strings, keywords, numbers and calls. A reader's aid, not a parser:
 * what it misjudges is still the very same text.
 */
import { escapeHtml } from "./text.ts";

const KEYWORDS =
  "abstract as async await break case catch class const continue declare default delete do else enum export extends " +
  "false finally for from function if implements import in infer instanceof interface is keyof let namespace new null of " +
  "readonly return satisfies set static super switch this throw true try type typeof undefined var void while yield";

const TOKEN = new RegExp(
  [
    String.raw`(?<comment>//[^\n]*|/\*[\s\S]*?\*/)`,
    String.raw`(?<string>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|${"`"}(?:\\[\s\S]|[^${"`"}\\])*${"`"})`,
    String.raw`(?<keyword>(?<![.\w$])(?:${KEYWORDS.replaceAll(" ", "|")})(?![\w$]))`,
    String.raw`(?<number>(?<![\w$.])\d[\d_]*(?:\.\d+)?(?:[eE][+-]?\d+)?n?)`,
    String.raw`(?<call>[A-Za-z_$][\w$]*(?=\())`,
  ].join("|"),
  "g",
);

/** HTML of the code; every token in a `<span>` named after its kind. */
export function highlight(code: string): string {
  let html = "";
  let end = 0;
  for (const match of code.matchAll(TOKEN)) {
    const [kind] = Object.entries(match.groups ?? {}).find(([, text]) => text !== undefined) ?? [];
    html += `${escapeHtml(code.slice(end, match.index))}<span class="${kind}">${escapeHtml(match[0])}</span>`;
    end = match.index + match[0].length;
  }
  return html + escapeHtml(code.slice(end));
}

export const isHighlighted = (language: string): boolean => /^(typescript|javascript|ts|js|mts|mjs)$/i.test(language);
