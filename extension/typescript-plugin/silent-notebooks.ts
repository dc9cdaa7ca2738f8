/** @file Which files of VS Code's TypeScript server are cells that it is to be silent about. */

/** What the extension tells the plugin. */
export interface SilentNotebooks {
  /** The paths of the notebooks (for an unsaved one, its name): those parts of their URIs. */
  readonly notebooks: readonly string[];
}

/** Whether a file of the server is a cell of an `.ipynb`: its name is the notebook's path, `#` and the cell's fragment. */
export function isCell(file: string): boolean {
  return decoded(file).includes(".ipynb#");
}

/** A server that was not told yet is silent about all cells: better late than twice. */
export function isSilenced(file: string, silent: SilentNotebooks | undefined): boolean {
  if (!silent) return isCell(file);
  const name = decoded(file);
  return silent.notebooks.some((notebook) => name.includes(`${notebook}#`));
}

function decoded(file: string): string {
  try {
    return decodeURIComponent(file);
  } catch {
    return file;
  }
}
