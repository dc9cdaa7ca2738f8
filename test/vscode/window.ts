/** @file The window as a person sees it, through the runner outside (test/vscode-host/code-shim.js). */
import { existsSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import * as vscode from "vscode";
import { until } from "./notebooks.ts";

/** Where the runner answers; undefined in a desktop VS Code, which nobody looks at from outside. */
const answers = process.env.COTANGENT_ANSWERS;

/** Whether the window can be looked at here. */
export const canLook = answers !== undefined;

async function ask(line: string, answer: string): Promise<string> {
  const file = path.join(answers ?? "", answer);
  rmSync(file, { force: true });
  console.log(line);
  await until(`the runner's answer ${answer}`, () => existsSync(file));
  return file;
}

/** A picture of the window, to out/shots/NAME-light.png and NAME-dark.png. */
export async function shoot(name: string): Promise<void> {
  if (!canLook) return;
  const settings = vscode.workspace.getConfiguration("workbench");
  for (const theme of ["light", "dark"]) {
    const title = theme === "light" ? "Default Light Modern" : "Default Dark Modern";
    await settings.update("colorTheme", title, vscode.ConfigurationTarget.Global);
    // The editor redraws itself over a few frames and says nothing when it is done.
    await new Promise((resolve) => setTimeout(resolve, 1500));
    await ask(`@@shot ${name}-${theme}`, `${name}-${theme}.png`);
  }
}

export interface SeenElement {
  readonly tagName: string;
  readonly text: string;
  readonly width: number;
  readonly height: number;
  /** Distinct colours on a canvas. */
  readonly colours: number;
}

/** What stands under a CSS selector anywhere in the window, outputs of cells included. */
export async function look(selector: string): Promise<SeenElement[]> {
  const file = await ask(`@@probe seen ${selector}`, "seen.json");
  return JSON.parse(readFileSync(file, "utf8"));
}

/** Looks until an element is as wanted: drawing takes a few frames after the output is there. */
export async function lookUntil(selector: string, wanted: (element: SeenElement) => boolean): Promise<SeenElement> {
  const deadline = Date.now() + 10_000;
  for (;;) {
    const seen = await look(selector);
    const found = seen.find(wanted);
    if (found) return found;
    if (Date.now() > deadline) throw new Error(`nothing as wanted under "${selector}", but: ${JSON.stringify(seen)}`);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

/** Clicks on the first element under a selector, as `look` finds it, with exactly this text. */
export async function click(selector: string, text: string): Promise<void> {
  const file = await ask(`@@click clicked ${selector}:text-is(${JSON.stringify(text)})`, "clicked.json");
  if (readFileSync(file, "utf8") !== "true") throw new Error(`nothing to click on under "${selector}" with "${text}"`);
}

/** Scrolls the notebook in front so that this cell is at its top. */
export function reveal(cell: vscode.NotebookCell): void {
  const range = new vscode.NotebookRange(cell.index, cell.index + 1);
  vscode.window.activeNotebookEditor?.revealRange(range, vscode.NotebookEditorRevealType.AtTop);
}
