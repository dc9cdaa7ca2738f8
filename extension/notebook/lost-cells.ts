/** @file The cells whose variables went with a session that ended, until they are run again. */
import type { NotebookCell } from "vscode";

export class LostCells {
  #cells = new Set<NotebookCell>();
  #offered = false;

  /** The session that these ran in has ended. */
  add(cells: Iterable<NotebookCell>): void {
    for (const cell of cells) this.#cells.add(cell);
    this.#offered = false;
  }

  /** The cell runs again. */
  remove(cell: NotebookCell): void {
    this.#cells.delete(cell);
  }

  /** In the order in which they stand in the notebook. */
  above(index: number): NotebookCell[] {
    // One that was deleted has the index -1.
    const above = [...this.#cells].filter((cell) => cell.index >= 0 && cell.index < index);
    return above.sort((a, b) => a.index - b.index);
  }

  /** Whether to speak of it now: once for each session that ended. */
  takeOffer(): boolean {
    const first = !this.#offered;
    this.#offered = true;
    return first;
  }

  /** The notebook was saved under a name; `cells` maps its cells to the new document's. */
  moveTo(cells: ReadonlyMap<NotebookCell, NotebookCell>): void {
    this.#cells = new Set([...this.#cells].map((cell) => cells.get(cell)).filter((cell) => cell !== undefined));
  }
}
