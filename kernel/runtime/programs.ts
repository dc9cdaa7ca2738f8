/** @file The programs compiled so far, found by the structure of their graphs; the least recently used go first. */
import type { Backend, Plan } from "../backends/backend.ts";
import type { Executable } from "../backends/executable.ts";
import { bytesOf } from "../budget.ts";
import type { Graph } from "../graph/graph.ts";

const MOST_PROGRAMS = 512;
/** The engine keeps a module's bytes, its machine code and some hundred bytes of bookkeeping per byte of the module. */
const BYTES_PER_CODE_BYTE = 12;
const MOST_BYTES = 256 * 2 ** 20;

/** A program, planned at once and compiled when it first runs. */
export interface Program {
  /** Null once it is compiled. */
  plan: Plan | null;
  /** What a run needs: the program's own memory, and the arrays it gives back. */
  readonly bytes: number;
  executable: Executable | null;
}

const programs = new Map<string, Program>();
let compilations = 0;
let held = 0;

/**
 * How many programs were compiled so far; equal structure is compiled once.
 * @example const before = compilationCount();  step(w, x);  compilationCount() - before   // 0 when nothing was new
 */
export const compilationCount = (): number => compilations;

/** An estimate of what the engine holds for a program. */
const weight = (key: string, { executable }: Program): number =>
  2 * key.length + BYTES_PER_CODE_BYTE * (executable?.codeBytes ?? 0);

function drop(key: string): void {
  held -= weight(key, programs.get(key)!);
  programs.delete(key);
}

/** The least recently used go, but not the one that is asked for. */
function makeRoom(): void {
  for (const key of programs.keys()) {
    if (programs.size <= 1 || (programs.size <= MOST_PROGRAMS && held <= MOST_BYTES)) return;
    drop(key);
  }
}

/**
 * The program that is known by `key`, or one for the graph. Nothing is assembled yet: its plan says whether it may run at
 * all.
 */
export function programFor(backend: Backend, key: string, graph: () => Graph): Program {
  const full = `${backend.name}|${backend.variant ?? ""}|${key}`;
  let program = programs.get(full);
  if (program === undefined) {
    const made = graph();
    const plan = backend.plan(made);
    const given = made.outputs.reduce((sum, output) => sum + bytesOf(made.nodes[output]), 0);
    program = { plan, bytes: plan.bytes + given, executable: null };
    held += weight(full, program);
  } else {
    programs.delete(full);
  }
  // Insertion order is the order of last use.
  programs.set(full, program);
  makeRoom();
  return program;
}

/** The program, compiled now if it was not. */
export function compiled(program: Program): Executable {
  if (program.plan !== null) {
    program.executable = program.plan.compile();
    // The loops have served their purpose.
    program.plan = null;
    compilations++;
    held += weight("", program);
    makeRoom();
  }
  return program.executable!;
}
