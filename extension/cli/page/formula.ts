/** @file Formulas in TeX as MathML, which browsers draw by themselves: no script, no fonts. */
import temml from "temml";
import { escapeHtml } from "./text.ts";

/** A formula with a mistake is shown as it was written. */
export function formulaToHtml(tex: string, displayMode: boolean): string {
  try {
    return temml.renderToString(tex, { displayMode, throwOnError: true });
  } catch {
    return `<code>${escapeHtml(tex)}</code>`;
  }
}

/** The text of a MIME bundle's `text/latex`: formulas in dollars, and words around them. */
export function latexToHtml(latex: string): string {
  const formula = /\$\$([\s\S]+?)\$\$|\$((?:\\.|[^$\\])+)\$|\\\[([\s\S]+?)\\\]|\\\(([\s\S]+?)\\\)/g;
  if (!formula.test(latex)) return formulaToHtml(latex.trim(), true);
  formula.lastIndex = 0;
  let html = "";
  let end = 0;
  for (const match of latex.matchAll(formula)) {
    const [whole, display, inline, bracketed, parenthesized] = match;
    html += escapeHtml(latex.slice(end, match.index));
    html += formulaToHtml(
      (display ?? inline ?? bracketed ?? parenthesized).trim(),
      (display ?? bracketed) !== undefined,
    );
    end = match.index + whole.length;
  }
  return html + escapeHtml(latex.slice(end));
}
