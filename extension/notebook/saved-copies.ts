/**
 * @file Recognizes the document that a notebook is saved as. VS Code opens the new file's document, fills it with the
 * cells of the old one, and only then closes the old one; it does not say that the two belong together.
 */
import type { NotebookCell, NotebookDocument } from "vscode";

interface SavedCopy {
  readonly notebook: NotebookDocument;
  /** From each cell of the original to the copy's. */
  readonly cells: ReadonlyMap<NotebookCell, NotebookCell>;
}

export class SavedCopies {
  /** By copy. Several originals may look alike, such as two new notebooks: the one that closes is the one saved. */
  readonly #originals = new Map<NotebookDocument, Map<NotebookDocument, SavedCopy>>();

  /**
   * To be called when cells were put into a notebook, not when it opened with them: a copy that the person opens
   * beside the original is a notebook of its own. The cells are paired now, since VS Code reverts the original
   * before it closes it.
   */
  compare(notebook: NotebookDocument, candidates: readonly NotebookDocument[]): void {
    const alike = candidates.filter((candidate) => haveSameCells(candidate, notebook));
    this.#originals.set(
      notebook,
      new Map(
        alike.map((original) => {
          const cells = new Map(original.getCells().map((cell, index) => [cell, notebook.cellAt(index)]));
          return [original, { notebook, cells }];
        }),
      ),
    );
  }

  /** The open notebooks that this one may have been saved as, the latest first. */
  of(original: NotebookDocument): SavedCopy[] {
    const copies = [...this.#originals.values()].map((originals) => originals.get(original));
    return copies.filter((copy) => copy !== undefined).reverse();
  }

  /** The notebook is closed, or is no longer in question as a copy. */
  forget(notebook: NotebookDocument): void {
    this.#originals.delete(notebook);
    for (const originals of this.#originals.values()) originals.delete(notebook);
  }
}

function haveSameCells(a: NotebookDocument, b: NotebookDocument): boolean {
  if (a === b || a.cellCount === 0 || a.cellCount !== b.cellCount) return false;
  return a.getCells().every((cell, index) => {
    const other = b.cellAt(index);
    return cell.kind === other.kind && cell.document.getText() === other.document.getText();
  });
}
