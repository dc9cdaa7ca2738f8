/**
 * @file Cells in the debug adapter protocol. VS Code names a cell by its URI, which the JavaScript debugger has no use
 * for; the debugger names it by the file it takes the cell for. Each message is made to mean the same on the other side.
 */
import { cellFile, cellOfFile } from "./cell-file.ts";

const CELL_SCHEME = "vscode-notebook-cell:";

/** The protocol's `Source`, as far as it matters here. */
interface Source {
  name?: string;
  path?: string;
  sourceReference?: number;
}

/** Of a message that VS Code is about to send to the adapter. */
export function namedByFile(message: unknown): void {
  for (const source of sourcesIn(message)) {
    if (!source.path?.startsWith(CELL_SCHEME)) continue;
    source.path = cellFile(source.path);
  }
}

/** Of a message from the adapter. `nameOf`: what a person calls the cell. */
export function namedByCell(message: unknown, nameOf: (uri: string) => string): void {
  for (const source of sourcesIn(message)) {
    const uri = source.path && cellOfFile(source.path);
    if (!uri) continue;
    source.path = uri;
    source.name = nameOf(uri);
    // The adapter would give out what it holds for the text of the file; the editor has the cell itself.
    source.sourceReference = 0;
  }
}

function* sourcesIn(value: unknown): Generator<Source> {
  if (typeof value !== "object" || value === null) return;
  for (const [key, child] of Object.entries(value)) {
    if (key === "source" && typeof child === "object" && child !== null) yield child as Source;
    else if (key === "sources" && Array.isArray(child)) yield* child as Source[];
    else yield* sourcesIn(child);
  }
}
