/**
 * @file The look of an exported page. Prose in a serif face at a reading width, code and pictures on the full measure.
 * The renderer's pictures take their colours from the editor's names, so the page defines those it uses.
 */

export const PAGE_STYLE = `
:root {
  color-scheme: light dark;
  --paper: #ffffff; --ink: #1f2328; --faint: #636c76; --line: #d8dee4; --panel: #f6f8fa; --link: #0a5dc2;
  --comment: #59636e; --string: #0a5a2f; --keyword: #a0287a; --number: #0550ae; --call: #6639ba;
  --error: #b3261e; --error-panel: #fdf1f0;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14171c; --ink: #dfe3e8; --faint: #949ea9; --line: #333a43; --panel: #1c2128; --link: #6cb0ff;
    --comment: #8b96a2; --string: #8fd6a6; --keyword: #f49ac7; --number: #85c0ff; --call: #c8a8ff;
    --error: #ff8f85; --error-panel: #2b1a1b;
  }
}
:root {
  --sans: system-ui, -apple-system, "Segoe UI", "Helvetica Neue", "Liberation Sans", sans-serif;
  --mono: ui-monospace, "SF Mono", "Cascadia Code", Menlo, Consolas, "DejaVu Sans Mono", monospace;
  --vscode-foreground: var(--ink); --vscode-descriptionForeground: var(--faint); --vscode-widget-border: var(--line);
  --vscode-editor-background: var(--paper); --vscode-focusBorder: var(--link); --vscode-font-family: var(--sans); --vscode-editor-font-family: var(--mono);
}
* { box-sizing: border-box; }
body {
  margin: 0; padding: 56px 24px 96px; background: var(--paper); color: var(--ink);
  font: 17px/1.6 Charter, "Bitstream Charter", "Sitka Text", Cambria, Georgia, "Liberation Serif", serif;
  -webkit-text-size-adjust: 100%;
}
main { max-width: 900px; margin: 0 auto; }
.prose > :not(h2, pre) { max-width: 720px; }
h1, h2, h3, h4 { margin: 2em 0 0.6em; font-family: var(--sans); line-height: 1.25; letter-spacing: -0.01em; text-wrap: balance; }
h1 { margin-top: 0; font-size: 32px; }
h2 { padding-top: 0.6em; border-top: 1px solid var(--line); font-size: 23px; }
h3 { font-size: 18px; }
p, ul, ol, blockquote, table { margin: 0 0 1em; }
li { margin: 0.2em 0; }
a { color: var(--link); text-underline-offset: 2px; }
blockquote { padding-left: 1em; border-left: 3px solid var(--line); color: var(--faint); }
.prose table { border-collapse: collapse; font-size: 15px; }
.prose th, .prose td { padding: 6px 14px 6px 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
img { max-width: 100%; height: auto; }
iframe.html { width: 100%; height: 320px; border: 0; }
math { font-family: "Cambria Math", "STIX Two Math", "Latin Modern Math", "Noto Sans Math", math; }
math[display="block"] { display: block math; margin: 0.6em 0; overflow-x: auto; }
li:has(> input[type="checkbox"]) { list-style: none; }
code, pre { font-family: var(--mono); font-size: 13px; font-variant-ligatures: none; }
p code, li code, td code, h1 code, h2 code, h3 code { padding: 0.1em 0.3em; border-radius: 4px; background: var(--panel); font-size: 0.84em; }
pre { margin: 0; overflow-x: auto; line-height: 1.55; }
.prose pre, .source { padding: 12px 16px; border: 1px solid var(--line); border-radius: 6px; background: var(--panel); }
.prose pre { margin-bottom: 1em; }

.code { position: relative; margin: 22px 0 26px; }
.count { position: absolute; right: calc(100% + 10px); top: 13px; color: var(--faint); font: 12px/1.75 var(--mono); user-select: none; white-space: nowrap; }
.outputs { display: grid; grid-template-columns: minmax(0, 1fr); gap: 12px; padding: 14px 0 0 17px; }
.stream, .result { color: var(--ink); }
.stderr { padding-left: 12px; border-left: 3px solid var(--error); }
.error { padding: 10px 14px; border-left: 3px solid var(--error); background: var(--error-panel); color: var(--error); }
.raw { color: var(--faint); }
.comment { color: var(--comment); font-style: italic; }
.string { color: var(--string); }
.keyword { color: var(--keyword); }
.number { color: var(--number); }
.call { color: var(--call); }
/* Without room for a margin, the number of a cell stands above it. */
@media (max-width: 1020px) { .count { position: static; display: block; } body { padding: 28px 16px 64px; } }
@media print { body { padding: 0; } .code { break-inside: avoid; } }
`;

/** Of the HTML that cells show: plain tables and text as on the page around. */
export const FRAME_STYLE = `
:root { color-scheme: light dark; --paper: #ffffff; --ink: #1f2328; --line: #d8dee4; --link: #0a5dc2; }
@media (prefers-color-scheme: dark) { :root { --paper: #14171c; --ink: #dfe3e8; --line: #333a43; --link: #6cb0ff; } }
html { background: var(--paper); }
body { margin: 0; color: var(--ink); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", "Liberation Sans", sans-serif; }
a { color: var(--link); }
table { border-collapse: collapse; font-size: 14px; }
th, td { padding: 4px 12px 4px 0; border-bottom: 1px solid var(--line); text-align: left; }
img, svg { max-width: 100%; }
`;
