/** @file How everything looks. Colours are the editor's; an exported page defines the same names for light and dark. */

export const STYLE = `
:host {
  display: block;
  --ink: var(--vscode-foreground, #1f2328);
  --faint: var(--vscode-descriptionForeground, #656d76);
  --line: var(--vscode-contrastBorder, var(--vscode-widget-border, var(--vscode-panel-border, #8886)));
  --accent: var(--vscode-focusBorder, #0969da);
  --bar: #3182bd;
  --winner: var(--vscode-charts-blue, #3182bd);
  --paper: var(--vscode-notebook-editorBackground, var(--vscode-editor-background, Canvas));
  --hover: var(--vscode-toolbar-hoverBackground, #8883);
  --panel: var(--vscode-editorWidget-background, light-dark(#f6f8fa, #1c2128));
  --panel-line: var(--vscode-contrastBorder, var(--vscode-widget-border, #8886));
  --field: var(--vscode-dropdown-background, var(--panel));
  --field-ink: var(--vscode-dropdown-foreground, var(--ink));
  --chart-line: var(--vscode-charts-blue, light-dark(#0969da, #58a6ff));
  --chart-positive: color-mix(in srgb, var(--vscode-charts-red, light-dark(#b2182b, #f4756a)) 78%, var(--ink));
  --chart-negative: color-mix(in srgb, var(--vscode-charts-blue, light-dark(#2166ac, #58a6ff)) 78%, var(--ink));
  color: var(--ink);
  font: 13px/1.45 var(--vscode-font-family, system-ui, sans-serif);
  font-variant-numeric: tabular-nums;
  text-align: left;
}
* { box-sizing: border-box; }
figure, p, h3 { margin: 0; }
figure { display: grid; gap: 10px; padding: 4px 0 6px; }
.title { font-size: 14px; font-weight: 600; }
.meta, .note, caption { color: var(--faint); font-size: 12px; }
.problem, .failure { padding: 8px 0; }

.head { position: relative; display: flex; flex-wrap: wrap; align-items: flex-start; justify-content: space-between; gap: 4px 16px; max-width: 720px; }
.head figcaption { flex: 1 1 220px; min-width: 0; }
[hidden] { display: none !important; }

/* Tools come with the pointer or the focus, and are always there where nothing can hover. */
.tools { display: flex; gap: 1px; opacity: 0; transition: opacity 120ms; }
figure:hover .tools, figure:focus-within .tools, .toolbar.open .tools { opacity: 1; }
@media (hover: none) { .tools { opacity: 1; } }
@media (prefers-reduced-motion: reduce) { .tools { transition: none; } }
.tool { width: 26px; height: 26px; padding: 4px; border: 1px solid transparent; border-radius: 4px; background: none; color: inherit; cursor: pointer; }
.tool:hover { background: var(--hover); }
.tool[aria-pressed="true"], .tool[aria-expanded="true"] { background: var(--hover); border-color: var(--accent); }
.tool svg { display: block; width: 16px; height: 16px; fill: none; stroke: currentColor; stroke-width: 1.3; }
:is(.tool, .menu-item, .multiple, select, input):focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
.panel-place { position: absolute; right: 0; top: 100%; z-index: 3; display: flex; justify-content: flex-end; width: 100%; height: 0; }
.panel { display: grid; height: max-content; gap: 8px; width: max-content; max-width: min(380px, 100%); margin-top: 4px; padding: 10px 12px; border: 1px solid var(--panel-line); border-radius: 6px; background: var(--panel); box-shadow: 0 4px 14px #0003; font-size: 12px; }
.choice { display: grid; grid-template-columns: minmax(3.5em, auto) minmax(0, 1fr); align-items: center; gap: 10px; }
.choice select { min-width: 0; padding: 3px 4px; border: 1px solid var(--panel-line); border-radius: 3px; background: var(--field); color: var(--field-ink); font: inherit; }
.tick-box { display: flex; align-items: flex-start; gap: 6px; }
.tick-box input { margin: 2px 0 0; accent-color: var(--accent); }
.panel.menu { gap: 0; padding: 4px; }
.menu-item { padding: 5px 10px; border: 0; border-radius: 4px; background: none; color: inherit; font: inherit; text-align: left; cursor: pointer; }
.menu-item:hover:enabled, .menu-item:focus-visible { background: var(--hover); }
.menu-item:disabled { color: var(--faint); cursor: default; }

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
.pattern-key { display: flex; gap: 18px; }
.mark { display: inline-flex; align-items: center; gap: 6px; font-size: 12px; line-height: 12px; }
.swatch { width: 12px; height: 12px; outline: 1px solid var(--line); }
.swatch.nan { background: repeating-linear-gradient(135deg, #1f2328 0 2px, var(--swatch) 2px 6px); }
.swatch.infinite { background: repeating-linear-gradient(0deg, #1f2328 0 2px, var(--swatch) 2px 6px); }
.swatch.beyond { background: conic-gradient(var(--swatch) 90deg, #67001f 0) 0 0 / 4px 4px; }

.slices { display: flex; flex-wrap: wrap; align-items: center; gap: 4px 12px; }
.slices input { margin: 0; accent-color: var(--accent); }
.slices input[type="range"] { width: 260px; max-width: 100%; }
.slider { display: inline-flex; flex-wrap: wrap; align-items: center; gap: 4px 8px; font-size: 12px; }
.slices .slider input[type="range"] { width: 160px; }
.slice-name { min-width: 16em; }

.axes { display: grid; grid-template-columns: auto auto; justify-content: start; width: 100%; }
.row-title { grid-column: 2; padding-bottom: 4px; font-size: 12px; }
.row-title:empty, .column-title:empty { display: none; }
.row-ticks { grid-column: 1; position: relative; }
.row-ticks .tick { position: absolute; right: 0; padding-right: 7px; transform: translateY(-50%); white-space: nowrap; }
.row-ticks .tick::before { content: ""; position: absolute; right: 0; top: 50%; width: 4px; border-top: 1px solid var(--faint); }
.plot { grid-column: 2; position: relative; overflow: clip; overflow-clip-margin: 4px; outline: 1px solid var(--line); }
.plot canvas { display: block; width: 100%; height: 100%; cursor: crosshair; touch-action: pan-y; }
.plot.zoomed canvas { cursor: grab; touch-action: none; }
.plot canvas.dragging { cursor: grabbing; }
.plot canvas.choosing { cursor: crosshair; touch-action: none; }
canvas:focus { outline: 2px solid var(--accent); outline-offset: 2px; }
.plot:has(canvas:focus-visible) { overflow: visible; }
.cursor { position: absolute; min-width: 3px; min-height: 3px; pointer-events: none; outline: 1.5px solid #fff; box-shadow: 0 0 0 3px #1f2328; }
.chart-cursor { position: absolute; top: 0; bottom: 0; min-width: 1px; pointer-events: none; background: color-mix(in srgb, var(--ink) 22%, transparent); }
.box { position: absolute; pointer-events: none; border: 1.5px solid #fff; outline: 1.5px solid #1f2328; background: #fff3; }
.hint { position: absolute; left: 50%; bottom: 10px; transform: translateX(-50%); width: max-content; max-width: 92%; padding: 4px 10px; border-radius: 4px; background: #1f2328e6; color: #fff; font-size: 12px; pointer-events: none; }
.axes.loading .plot { opacity: 0.75; }
.column-ticks { grid-column: 2; position: relative; height: 22px; }
.column-title { grid-column: 2; justify-self: end; font-size: 12px; }

@media (forced-colors: active) { .swatch, .colours, canvas { forced-color-adjust: none; } }

.multiples { display: flex; flex-wrap: wrap; gap: 12px; }
.multiple { display: grid; gap: 4px; padding: 4px; border: 1px solid transparent; border-radius: 4px; background: none; color: inherit; font: inherit; font-size: 11px; text-align: left; cursor: pointer; }
.multiple:hover { border-color: var(--accent); }
.multiple canvas { display: block; outline: 1px solid var(--line); }
.multiples .note { flex-basis: 100%; }

/* One line that is always there, so that nothing moves when the pointer does. */
.readout { min-height: 1.45em; font-family: var(--vscode-editor-font-family, ui-monospace, monospace); font-size: 12px; overflow-wrap: anywhere; }
.readout.idle { color: var(--faint); font-family: inherit; }
.spoken, .unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.facts { font-size: 12px; }

.notes { display: grid; gap: 4px; }
.matrix-facts { display: grid; gap: 6px; max-width: 720px; font-size: 12px; }
.sentence { font-size: 13px; }
.matrix-facts summary { width: fit-content; color: var(--faint); cursor: pointer; }
.matrix-facts summary:focus-visible, .plain-button:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
.asking { display: flex; flex-wrap: wrap; align-items: center; gap: 4px 12px; }
.plain-button { justify-self: start; padding: 3px 10px; border: 1px solid var(--panel-line); border-radius: 4px; background: none; color: inherit; font: inherit; cursor: pointer; }
.plain-button:hover { background: var(--hover); }
.plain-button[aria-disabled="true"] { color: var(--faint); background: none; cursor: default; }
.spectrum { display: flex; flex-wrap: wrap; align-items: start; gap: 10px 32px; padding-top: 8px; }
.spectrum-chart { display: grid; flex: 0 1 440px; gap: 4px; min-width: 0; }
.spectrum-chart svg { width: 100%; height: auto; overflow: visible; }
.spectrum-chart text { fill: var(--faint); font: 11px var(--vscode-font-family, system-ui, sans-serif); }
.spectrum-chart .grid { stroke: var(--line); stroke-width: 1; }
.bars.positive { stroke: var(--chart-positive); }
.bars.negative { stroke: var(--chart-negative); }
.bars.zero { stroke: var(--faint); }
.spectrum-keys { display: flex; flex-wrap: wrap; gap: 4px 18px; }
.spectrum-keys .swatch.positive { background: var(--chart-positive); }
.spectrum-keys .swatch.negative { background: var(--chart-negative); }
.spectrum-keys .swatch.zero { background: var(--faint); }
.figures { display: grid; grid-template-columns: max-content max-content; gap: 2px 16px; margin: 0; }
.figures dt { color: var(--faint); text-decoration: underline dotted; text-underline-offset: 3px; cursor: help; }
.figures dd { margin: 0; }

.number { display: flex; align-items: baseline; gap: 12px; }
.value { font-size: 18px; font-weight: 600; }

.scroll { overflow-x: auto; }
.scroll:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.timings { border-collapse: collapse; font-size: 13px; }
.timings thead th { color: var(--faint); font-size: 12px; font-weight: normal; }
.timings th, .timings td { padding: 5px 18px 5px 0; text-align: right; white-space: nowrap; }
.timings tbody th { text-align: left; font-weight: normal; white-space: normal; overflow-wrap: break-word; min-width: 7em; }
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

p.graphics { padding: 4px 0; }

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
