/** @file From wanted nodes to values: cut out their graph, find or compile its program, run it, keep the results. */
import type { Backend } from "../backends/backend.ts";
import type { Executable } from "../backends/executable.ts";
import { capture, graphOf } from "../graph/graph.ts";
import type { Node } from "../graph/node.ts";
import { isTransforming, settled } from "../graph/retention.ts";

/** Programs kept per backend; the least recently used goes first. */
const MOST_PROGRAMS = 512;

let current: Backend | undefined;
const programs = new Map<string, Executable>();
let compilations = 0;

/** Chooses the backend that evaluates from now on. Values that are known stay known. */
export function setBackend(backend: Backend): void {
  current = backend;
}

export function currentBackend(): Backend {
  if (current === undefined) throw new Error("no backend is installed: import the kernel from its index");
  return current;
}

/** How many programs were compiled so far; equal structure is compiled once. */
export const compilationCount = (): number => compilations;

function programFor(key: string, compile: () => Executable): Executable {
  let program = programs.get(key);
  if (program === undefined) {
    program = compile();
    compilations++;
    if (programs.size >= MOST_PROGRAMS) programs.delete(programs.keys().next().value!);
  } else {
    programs.delete(key);
  }
  // Insertion order is the order of last use.
  programs.set(key, program);
  return program;
}

/**
 * Nodes on the way that a person holds and that are used outside too: their values are kept, or a loop that reads one
 * result per step would compute all steps before it anew.
 */
function sharedSteps(steps: readonly Node[], wanted: ReadonlySet<Node>): Node[] {
  const inside = new Map<Node, number>();
  for (const step of steps) {
    for (const input of step.expression!.inputs) inside.set(input, (inside.get(input) ?? 0) + 1);
  }
  return steps.filter((step) => step.held && !wanted.has(step) && !step.literal && step.uses > (inside.get(step) ?? 0));
}

/** Computes the values of `nodes`; those that have one already cost nothing. */
export function evaluate(nodes: readonly Node[]): void {
  const wanted = new Set(nodes.filter((node) => node.value === null));
  if (wanted.size === 0) return;
  const first = capture([...wanted]);
  const shared = sharedSteps(first.steps, wanted);
  const all = shared.length === 0 ? first : capture([...wanted, ...shared]);
  const backend = currentBackend();
  const program = programFor(`${backend.name}|${all.key}`, () => backend.compile(graphOf(all)));
  const values = program.run(all.leaves.map((leaf) => leaf.value!));
  all.outputs.forEach((node, i) => {
    node.value = values[i];
    settled(node);
  });
}

/** Computes one chunk of a larger result now, to keep memory small; not inside a transform, which may still need its graph. */
export function evaluateIfSettled(nodes: readonly Node[]): void {
  if (!isTransforming() && nodes.every((node) => node.trace === null)) evaluate(nodes);
}
