/**
 * @file Derivatives by structure: functions whose graphs are alike have derivatives whose graphs are alike, so the search
 * for a cheap order is made once and what it found is appended again at each call. The least recently used go first.
 */
import { type Body, capturedByLoop, cutBody, outlineOfLoop } from "../graph/body.ts";
import { type Node, placeholderNode, type Trace } from "../graph/node.ts";
import { remembersOrigins } from "../graph/origin.ts";
import { type EliminationReport, noteElimination, watchingEliminations } from "../structure/report.ts";
import { instantiate } from "../walks/instantiate.ts";

export type Derived = readonly (Node | null)[];

interface Remembered {
  /** From marks and captured nodes to the derivatives that are not zero. */
  readonly body: Body;
  readonly isPresent: readonly boolean[];
  readonly reports: readonly EliminationReport[];
}

const MOST = 256;
const found = new Map<string, Remembered>();

/** What `derive` makes of the graph between `marks` and `outputs`; null is zero. */
export function remembered(
  kind: string,
  marks: readonly Node[],
  outputs: readonly Node[],
  derive: (marks: readonly Node[], outputs: readonly Node[]) => Derived,
): Derived {
  // Each call has lines of its own to be named.
  if (remembersOrigins()) return derive(marks, outputs);
  const { inputs, key: structure } = outlineOfLoop(marks, outputs);
  const key = `${kind}${marks.length}|${structure}`;
  let known = found.get(key);
  if (known === undefined) {
    const made = derivedBody(cutBody(inputs, outputs), inputs, marks.length, derive);
    if (made === null) return derive(marks, outputs);
    known = made;
    for (const [oldest] of found) {
      if (found.size < MOST) break;
      found.delete(oldest);
    }
  } else found.delete(key);
  found.set(key, known);
  for (const report of known.reports) noteElimination(() => report);
  const nodes = instantiate(known.body, inputs);
  let next = 0;
  return known.isPresent.map((present) => (present ? nodes[next++] : null));
}

/** Null when the derivatives need something from outside of the graph, as a rule that a person wrote may. */
function derivedBody(
  graph: Body,
  inputs: readonly Node[],
  count: number,
  derive: (marks: readonly Node[], outputs: readonly Node[]) => Derived,
): Remembered | null {
  const trace: Trace = { transform: "jacobian", open: true };
  try {
    const places = inputs.map((type) => placeholderNode(type, trace));
    const outputs = instantiate(graph, places);
    const { result: derived, reports } = watchingEliminations(() => derive(places.slice(0, count), outputs));
    const present = derived.filter((node) => node !== null);
    if (capturedByLoop(places, present).length > 0) return null;
    return { body: cutBody(places, present), isPresent: derived.map((node) => node !== null), reports };
  } finally {
    trace.open = false;
  }
}
