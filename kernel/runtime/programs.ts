/** @file The programs compiled so far, found by the structure of their graphs; the least recently used go first. */
import type { Backend, Plan } from "../backends/backend.ts";
import type { Executable } from "../backends/executable.ts";
import { bytesOf } from "../budget.ts";
import type { Body } from "../graph/body.ts";
import type { Graph } from "../graph/graph.ts";
import { working } from "../progress.ts";

const MOST_PROGRAMS = 512;
/** The engine keeps a module's bytes, its machine code and some hundred bytes of bookkeeping per byte of the module. */
const BYTES_PER_CODE_BYTE = 12;
const MOST_BYTES = 256 * 2 ** 20;
const MOST_COMPILATIONS = 64;

/** What compiling a program took and gave. */
export interface Compilation {
  /** "wasm" or "reference". */
  readonly backend: string;
  /** Operations of the graph, equal ones counted once. */
  readonly operations: number;
  /** What they became. */
  readonly kernels: number;
  /** Of WebAssembly. */
  readonly codeBytes: number;
  /** What a run needs: the program's own memory, and the arrays it gives back. */
  readonly memoryBytes: number;
  /** For planning loops and memory. */
  readonly planMilliseconds: number;
  /** For writing the code, and for the engine to take it. */
  readonly assembleMilliseconds: number;
}

/** Where a program is kept, until it goes. */
interface Place {
  readonly programs: Map<string, Place>;
  readonly key: string;
  program: Program | null;
}

/** A program, planned at once and compiled when it first runs. */
export interface Program {
  /** Null once it is compiled. */
  plan: Plan | null;
  /** What a run needs: the program's own memory, and the arrays it gives back. */
  readonly bytes: number;
  executable: Executable | null;
  readonly place: Place;
  /** When it was last asked for, as a count of such questions. */
  lastUse: number;
  readonly report: Omit<Compilation, "codeBytes" | "assembleMilliseconds">;
}

/** Per backend, by its name and variant. */
const byBackend = new Map<string, Map<string, Place>>();
const ofBackend = new WeakMap<Backend, Map<string, Place>>();
let compilationsSoFar = 0;
let last: Compilation[] = [];
let count = 0;
let held = 0;
let uses = 0;

/**
 * How many programs were compiled so far; equal structure is compiled once.
 * @example const before = compilationCount();  step(w, x);  compilationCount() - before   // 0 when nothing was new
 */
export const compilationCount = (): number => compilationsSoFar;

/**
 * The last programs that were compiled, at most 64, the latest last: how large they are, and how long compiling took.
 * @example compilations().at(-1)   // { backend: "wasm", operations: 7, kernels: 2, codeBytes: 914, … }
 */
export const compilations = (): readonly Compilation[] => [...last];

function programsOf(backend: Backend): Map<string, Place> {
  let programs = ofBackend.get(backend);
  if (programs === undefined) {
    const name = `${backend.name}|${backend.variant ?? ""}`;
    programs = byBackend.get(name) ?? new Map();
    byBackend.set(name, programs);
    ofBackend.set(backend, programs);
  }
  return programs;
}

/** An estimate of what the engine holds for a program. */
const weight = ({ place, executable }: Program): number =>
  2 * place.key.length + BYTES_PER_CODE_BYTE * (executable?.codeBytes ?? 0);

function drop(program: Program): void {
  const { place } = program;
  held -= weight(program);
  count--;
  place.programs.delete(place.key);
  place.program = null;
}

/** The least recently used go, but not the one that is asked for. */
function makeRoom(asked: Program): void {
  while (count > 1 && (count > MOST_PROGRAMS || held > MOST_BYTES)) {
    let oldest: Program | null = null;
    for (const programs of byBackend.values()) {
      for (const { program } of programs.values()) {
        if (program !== asked && (oldest === null || program!.lastUse < oldest.lastUse)) oldest = program;
      }
    }
    drop(oldest!);
  }
}

/**
 * The program that is known by `key`, or one for the graph. Nothing is assembled yet: its plan says whether it may run at
 * all.
 */
export function programFor(backend: Backend, key: string, graph: () => Graph): Program {
  const programs = programsOf(backend);
  let program = programs.get(key)?.program ?? null;
  if (program === null) {
    const place: Place = { programs, key, program: null };
    program = planned(backend, graph, place);
    place.program = program;
    programs.set(key, place);
    count++;
    held += weight(program);
    makeRoom(program);
  }
  program.lastUse = ++uses;
  return program;
}

function planned(backend: Backend, graph: () => Graph, place: Place): Program {
  const start = performance.now();
  const made = graph();
  const operations = made.nodes.reduce((sum, { op }) => sum + (op === null ? 0 : 1), 0);
  const plan = working({ label: () => `planning ${operations} operations` }, () => backend.plan(made));
  const given = made.outputs.reduce((sum, output) => sum + bytesOf(made.nodes[output]), 0);
  const bytes = plan.bytes + given;
  const report = {
    backend: backend.name,
    operations,
    kernels: plan.kernels,
    memoryBytes: bytes,
    planMilliseconds: performance.now() - start,
  };
  return { plan, bytes, executable: null, place, lastUse: 0, report };
}

/** Of a body, where its program is: the program itself may go. */
const ofBody = new WeakMap<Body, { readonly backend: Backend; readonly place: Place }>();

/** The program of a body, which is asked for again and again. */
export function programOfBody(backend: Backend, body: Body): Program {
  const known = ofBody.get(body);
  if (known?.backend === backend && known.place.program !== null) {
    known.place.program.lastUse = ++uses;
    return known.place.program;
  }
  const program = programFor(backend, body.key, () => body.graph);
  ofBody.set(body, { backend, place: program.place });
  return program;
}

/** The program, compiled now if it was not. */
export function compiled(program: Program): Executable {
  const { plan } = program;
  if (plan !== null) {
    const before = weight(program);
    const start = performance.now();
    const label = (): string => `compiling ${program.report.operations} operations`;
    const executable = working({ label }, () => plan.compile());
    const assembleMilliseconds = performance.now() - start;
    program.executable = executable;
    // The loops have served their purpose.
    program.plan = null;
    compilationsSoFar++;
    if (last.length === MOST_COMPILATIONS) last = last.slice(1);
    last.push({ ...program.report, codeBytes: executable.codeBytes, assembleMilliseconds });
    if (program.place.program !== null) {
      held += weight(program) - before;
      makeRoom(program);
    }
  }
  return program.executable!;
}
