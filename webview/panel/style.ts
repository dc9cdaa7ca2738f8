/** @file How the panel looks around its pictures. Colours are the editor's. */

export const PANEL_STYLE = `
body { margin: 0; padding: 0; color: var(--vscode-foreground); font: var(--vscode-font-size, 13px)/1.45 var(--vscode-font-family, system-ui, sans-serif); }
main { display: grid; gap: 14px; padding: 14px 16px 24px; }
[hidden] { display: none !important; }
p { margin: 0; }
.form { display: grid; gap: 10px; }
.row { display: flex; flex-wrap: wrap; align-items: end; gap: 8px 12px; }
.field { display: grid; gap: 3px; min-width: 0; }
.field > .label, vscode-text-field::part(label) { margin: 0; color: var(--vscode-descriptionForeground); font-size: 0.92em; }
.field > :not(.label) { width: 100%; min-width: 0; }
.narrow { flex: 0 1 150px; }
.wide { flex: 1 1 200px; max-width: 340px; }
.wider { flex: 1 1 240px; max-width: 692px; }
.wider vscode-text-field::part(root) { margin-top: 3px; }
.wider vscode-text-field::part(control) { font-family: var(--vscode-editor-font-family, monospace); }
.notice, .status { color: var(--vscode-descriptionForeground); }
.options summary { width: fit-content; color: var(--vscode-descriptionForeground); cursor: pointer; }
.options summary:focus-visible { outline: 1px solid var(--vscode-focusBorder); outline-offset: 2px; }
.option-list { display: grid; gap: 8px; padding: 8px 0 2px; }
.answer { display: grid; gap: 8px; min-width: 0; }
.status { display: flex; align-items: center; gap: 8px; min-height: 1.45em; overflow-wrap: anywhere; }
.status vscode-progress-ring { flex: none; width: 16px; height: 16px; }
.trouble:not(:empty) { display: grid; gap: 4px; padding: 10px 12px; border: 1px solid var(--vscode-inputValidation-errorBorder, var(--vscode-contrastBorder, #be1100)); border-radius: 4px; background: var(--vscode-inputValidation-errorBackground, transparent); color: var(--vscode-inputValidation-errorForeground, inherit); overflow-wrap: anywhere; }
.problem-title { font-weight: 600; white-space: pre-line; }
pre { margin: 0; font: 0.92em/1.5 var(--vscode-editor-font-family, monospace); white-space: pre-wrap; overflow-wrap: anywhere; }
.result { min-width: 0; transition: opacity 150ms, filter 150ms; }
/* Grey, and still to be read. */
.result.stale { opacity: 0.85; filter: grayscale(1); }
@media (prefers-reduced-motion: reduce) { .result { transition: none; } vscode-progress-ring { display: none; } }
`;
