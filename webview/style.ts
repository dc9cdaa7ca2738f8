/** @file How everything looks. Colours are the editor's; an exported page defines the same names for light and dark. */

export const STYLE = `
:host {
  display: block;
  --ink: var(--vscode-foreground, #1f2328);
  --faint: var(--vscode-descriptionForeground, #656d76);
  --line: var(--vscode-widget-border, var(--vscode-panel-border, #8886));
  --accent: var(--vscode-focusBorder, #0969da);
  --bar: #3182bd;
  --winner: var(--vscode-charts-blue, #3182bd);
  --paper: var(--vscode-notebook-editorBackground, var(--vscode-editor-background, Canvas));
  color: var(--ink);
  font: 13px/1.45 var(--vscode-font-family, system-ui, sans-serif);
  font-variant-numeric: tabular-nums;
  text-align: left;
}
* { box-sizing: border-box; }
figure, p, h3 { margin: 0; }
figure { display: grid; gap: 10px; padding: 4px 0 6px; }
.title { font-size: 14px; font-weight: 600; }
.meta, .note { color: var(--faint); font-size: 12px; }
.problem { padding: 8px 0; }

.legend { display: flex; flex-wrap: wrap; align-items: flex-start; gap: 4px 28px; }
.colour-bar { width: 260px; max-width: 100%; }
.colours { height: 10px; border: 1px solid var(--line); }
.bar-ticks { position: relative; height: 20px; }
.bar-ticks span, .column-ticks .tick { position: absolute; top: 0; padding-top: 4px; transform: translateX(-50%); white-space: nowrap; }
.bar-ticks span::before, .column-ticks .tick::before { content: ""; position: absolute; top: 0; left: 50%; height: 4px; border-left: 1px solid var(--faint); }
.bar-ticks span:first-child { transform: none; }
.bar-ticks span:first-child::before { left: 0; }
.bar-ticks span:last-child { transform: translateX(-100%); }
.bar-ticks span:last-child::before { left: auto; right: 0; }
.bar-ticks, .row-ticks, .column-ticks { color: var(--faint); font-size: 11px; }
.mark { display: inline-flex; align-items: center; gap: 6px; font-size: 12px; line-height: 12px; }
.swatch { width: 12px; height: 12px; background: repeating-linear-gradient(135deg, #fff 0 2px, var(--swatch) 2px 6px); }

.slices { display: flex; flex-wrap: wrap; align-items: center; gap: 4px 12px; }
.slices input { margin: 0; accent-color: var(--accent); }
.slices input[type="range"] { width: 260px; max-width: 100%; }
.slice-name { min-width: 16em; }
.slices label { display: inline-flex; align-items: center; gap: 6px; color: var(--faint); font-size: 12px; }

.axes { display: grid; grid-template-columns: auto auto; justify-content: start; width: 100%; }
.row-title { grid-column: 2; padding-bottom: 4px; font-size: 12px; }
.row-ticks { grid-column: 1; position: relative; }
.row-ticks .tick { position: absolute; right: 0; padding-right: 7px; transform: translateY(-50%); white-space: nowrap; }
.row-ticks .tick::before { content: ""; position: absolute; right: 0; top: 50%; width: 4px; border-top: 1px solid var(--faint); }
.plot { grid-column: 2; position: relative; outline: 1px solid var(--line); }
canvas { display: block; width: 100%; height: 100%; cursor: crosshair; }
canvas:focus { outline: 2px solid var(--accent); outline-offset: 2px; }
.cursor { position: absolute; min-width: 3px; min-height: 3px; pointer-events: none; outline: 1.5px solid #fff; box-shadow: 0 0 0 3px #1f2328; }
.column-ticks { grid-column: 2; position: relative; height: 22px; }
.column-title { grid-column: 2; justify-self: end; font-size: 12px; }

/* One line that is always there, so that nothing moves when the pointer does. */
.readout { min-height: 1.45em; font-family: var(--vscode-editor-font-family, ui-monospace, monospace); font-size: 12px; overflow-wrap: anywhere; }

.readout.idle { color: var(--faint); font-family: inherit; }

.number { display: flex; align-items: baseline; gap: 12px; }
.value { font-size: 18px; font-weight: 600; }

.scroll { overflow-x: auto; }
.scroll:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.timings { border-collapse: collapse; font-size: 13px; }
.timings thead th { color: var(--faint); font-size: 12px; font-weight: normal; }
.timings th, .timings td { padding: 5px 18px 5px 0; text-align: right; white-space: nowrap; }
.timings tbody th { text-align: left; font-weight: normal; white-space: normal; overflow-wrap: anywhere; min-width: 7em; }
.timings tbody tr { border-top: 1px solid var(--line); }
.timings .winner th, .timings .winner td { font-weight: 600; }
.timings-plot { min-width: 0; overflow: hidden; font-size: 12px; }
.verdict { font-size: 14px; }

.progress { display: grid; grid-template-columns: fit-content(45%) minmax(40px, 220px) auto minmax(min-content, 1fr); align-items: center; gap: 4px 12px; padding: 4px 0; }
.work { display: contents; }
.work .label { grid-column: 1; font-weight: 600; overflow-wrap: anywhere; }
.work .words { grid-column: 2 / -1; color: var(--faint); font-size: 12px; }
.work .percent { grid-column: 3; text-align: right; }
.work .percent + .words { grid-column: 4; }
.work progress { grid-column: 2; appearance: none; width: 100%; height: 6px; border: 0; border-radius: 3px; background: color-mix(in srgb, var(--ink) 16%, transparent); overflow: hidden; }
.work progress::-webkit-progress-bar { background: transparent; }
.work progress::-webkit-progress-value { border-radius: 3px; background: var(--bar); }
.work progress::-moz-progress-bar { border-radius: 3px; background: var(--bar); }

.group { display: grid; gap: 22px; }
.text { margin: 0; overflow-x: auto; font: 12px/1.45 var(--vscode-editor-font-family, ui-monospace, monospace); }

.tree { padding: 2px 0; overflow-x: auto; font: 12px/1.6 var(--vscode-editor-font-family, ui-monospace, monospace); }
.part { padding-left: 16px; white-space: nowrap; }
summary.part { width: fit-content; padding-left: 0; cursor: pointer; }
summary.part::marker { color: var(--faint); }
summary.part:focus-visible { outline: 1px solid var(--accent); outline-offset: 1px; }
.inside { padding-left: 16px; }
.part-name { color: var(--vscode-debugTokenExpression-name, inherit); }
.part-head { color: var(--faint); }
/* Of what is open, the parts themselves are below. */
details[open] > summary > .part-text { display: none; }
.part-text { white-space: pre; }

.path { margin-bottom: 4px; font: 600 13px var(--vscode-editor-font-family, ui-monospace, monospace); }
`;
