/** @file Notebook files for the tests of this folder. */

/** The text of an .ipynb of these code cells. */
export function notebookOf(sources: readonly string[]): string {
  const cells = sources.map((source, index) => ({
    ...{ cell_type: "code", id: `cell-${index}`, metadata: {}, execution_count: null, outputs: [] },
    source,
  }));
  const kernelspec = { name: "cotangent", display_name: "Cotangent (TypeScript)", language: "typescript" };
  return JSON.stringify({ cells, metadata: { kernelspec }, nbformat: 4, nbformat_minor: 5 });
}
