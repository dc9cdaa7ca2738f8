/** @file How a notebook on disk says that it is ours, in Jupyter's terms. */
import type { NotebookDocument } from "vscode";

export const NOTEBOOK_TYPE = "jupyter-notebook";

/** What a notebook of ours carries under `metadata` in its .ipynb. */
export const OUR_METADATA = {
  kernelspec: { name: "cotangent", display_name: "Cotangent (TypeScript)", language: "typescript" },
  language_info: { name: "typescript", file_extension: ".ts" },
} as const;

/** Whether the notebook asks for our kernel. */
export function asksForUs(notebook: NotebookDocument): boolean {
  return notebook.notebookType === NOTEBOOK_TYPE && kernelName(notebook) === OUR_METADATA.kernelspec.name;
}

/** Whether the notebook leaves the choice of a kernel to the editor. */
export function asksForNobody(notebook: NotebookDocument): boolean {
  return notebook.notebookType === NOTEBOOK_TYPE && kernelName(notebook) === undefined;
}

function kernelName(notebook: NotebookDocument): unknown {
  // VS Code keeps everything of the file but its cells as the document's metadata.
  const file = notebook.metadata as { metadata?: { kernelspec?: { name?: unknown } } };
  return file.metadata?.kernelspec?.name;
}
