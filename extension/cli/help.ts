/** @file What `cotangent --help` says, of all commands and of each. */

export const COMMANDS = ["run", "check", "export"] as const;
export type CommandName = (typeof COMMANDS)[number];

export const HELP = `Usage: cotangent COMMAND …

  cotangent run NOTEBOOK.ipynb              run every cell, show what each one gives
  cotangent check NOTEBOOK.ipynb …          report the errors that TypeScript finds in cells
  cotangent export NOTEBOOK.ipynb FILE      write the cells as a module for Node: FILE.ts, or FILE.mjs in JavaScript

  cotangent COMMAND --help                  the options of a command, and its exit codes
  cotangent --version`;

export const COMMAND_HELP: Readonly<Record<CommandName, string>> = {
  run: `Usage: cotangent run NOTEBOOK.ipynb [options]

Runs every code cell of a TypeScript notebook, from top to bottom, and shows what each one gives.

  --output FILE           write the executed notebook (FILE may be the notebook itself, or a folder)
  --html FILE             write a page of it, in one file that needs no network (or into a folder)
  -p, --parameters K=V    set a parameter; once for each. V is JSON, or else a text
  --parameters-file FILE  set parameters from a JSON object
  --timeout SECONDS       stop a cell that takes longer
  --allow-errors          go on after a cell that failed
  --memory MB             stop when the session uses more memory than this (4096)
  --threads N             compute with so many threads (as many as there are cores)
  --dtype TYPE            what plain numbers become: float32, float64 (float32)
  --backend NAME          what computes: wasm, webgpu, onnx-wasm, onnx-webgpu, reference (wasm)
  --digits N              digits that tensors are printed with (4)

Parameters are set in a cell of their own after the cell with the tag "parameters", which declares them with the values
they have otherwise; without such a cell, before the first.

Exit code
  0    all cells ran (with --allow-errors: to their end, or to an error)
  1    a cell failed or took too long, or the session ended
  2    nothing was run: wrong arguments, no runnable notebook, nowhere to write
  130  interrupted with Ctrl-C (143: by SIGTERM). What was there is written where --output and --html say`,

  check: `Usage: cotangent check NOTEBOOK.ipynb …

Finds the errors that an editor would underline, without running anything, and prints each with its line:
  NOTEBOOK.ipynb cell 3:12:5 error TS2345: …
The cell's number counts code cells that are not empty; line and column are those of the cell.
Options come from the tsconfig.json of the notebook's folder or one above it.

Exit code
  0  no errors (warnings do not count)
  1  errors
  2  nothing was checked, or not all: wrong arguments, or a file that is no TypeScript notebook`,

  export: `Usage: cotangent export NOTEBOOK.ipynb FILE.ts
       cotangent export NOTEBOOK.ipynb FILE.mjs

Writes the cells as one module. FILE.ts keeps the types and runs in Node 22.18 or newer; FILE.mjs (or .js) is JavaScript
and runs in Node 20.19 or newer.
  --kernel-beside  also write the kernel, to cotangent-kernel.js beside FILE, and import it from there

Prose becomes comments. What a notebook shows below a cell, the module prints. Where "cotangent" is not installed for
FILE's folder, the kernel is written beside it, as with --kernel-beside.

Exit code
  0  written
  1  a cell is no TypeScript
  2  nothing was written: wrong arguments, no TypeScript notebook, nowhere to write`,
};
