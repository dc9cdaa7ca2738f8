/** @file From wanted nodes to values: cut out their graph, find or compile its program, run it, keep the results. */
import type { Backend } from "../backends/backend.ts";
import { bytesOf, memoryBudget, memoryError, requireMemory } from "../budget.ts";
import type { TypedArray } from "../dtype.ts";
import { ArgumentError, showShape } from "../errors.ts";
import type { Body } from "../graph/body.ts";
import { type Capture, capture, type Graph, graphOf } from "../graph/graph.ts";
import type { Node, TensorType } from "../graph/node.ts";
import { isTransforming, settled } from "../graph/retention.ts";
import { behind } from "../graph/walk.ts";
import { type Data, hostOf, Remote } from "../remote.ts";
import type { Provenance } from "../tensor.ts";
import { type Demanded, describeDemand } from "./demand.ts";
import { backendAt, gaveWork } from "./elsewhere.ts";
import { evaluateChecked, isChecking } from "./numerics.ts";
import { compiled, type Program, programFor, programOfBody } from "./programs.ts";

let current: Backend | undefined;
/** The last one in use that computes here: for what a device cannot. */
let hostBackend: Backend | undefined;

/** Chooses the backend that evaluates from now on. Values that are known stay known. */
export function setBackend(backend: Backend): void {
  current = backend;
  if (backend.place === undefined) hostBackend = backend;
}

/** Set while everything is computed here, wherever its inputs are. */
let isHereOnly = false;

/** Runs `action`; what it computes is computed in this machine's memory, from numbers that are there. */
export function computedHere<T>(action: () => T): T {
  const [before, wasHereOnly] = [current, isHereOnly];
  if (hostBackend !== undefined) current = hostBackend;
  isHereOnly = true;
  try {
    return action();
  } finally {
    current = before;
    isHereOnly = wasHereOnly;
  }
}

/** Runs `action` with another backend in use. */
export function computedOn<T>(backend: Backend, action: () => T): T {
  const before = current;
  current = backend;
  try {
    return action();
  } finally {
    current = before;
  }
}

/** A program runs where its inputs are: with the backend in use, unless some of them are on a device. */
function backendFor(leaves: readonly Node[]): Backend {
  const backend = currentBackend();
  if (isHereOnly) return backend;
  for (const { value } of leaves) {
    if (!(value instanceof Remote) || value.place === backend.place) continue;
    return backendAt(value.place) ?? backend;
  }
  return backend;
}

/** Whether the value of a node is here, or would be computed here; computes nothing. */
export function isWithinReach(node: Node): boolean {
  if (node.trace !== null) return false;
  const { value } = behind(node);
  if (value !== null) return hostOf(value) !== null;
  return backendFor(capture([behind(node)]).leaves).place === undefined;
}

export function currentBackend(): Backend {
  if (current === undefined) throw new Error("no backend is installed: import the kernel from its index");
  return current;
}

/**
 * Nodes on the way that a person holds and that are used outside too: their values are kept, or a loop that reads one
 * result per step would compute all steps before it anew. So are the other results of an operation that has several.
 */
function sharedSteps(steps: readonly Node[], wanted: ReadonlySet<Node>): Node[] {
  const mayBeShared = (step: Node): boolean => (step.held && !wanted.has(step)) || step.picked !== null;
  if (!steps.some(mayBeShared)) return [];
  const inside = new Map<Node, number>();
  for (const step of steps) {
    for (const input of step.expression!.inputs) inside.set(input, (inside.get(input) ?? 0) + 1);
  }
  const inUse = steps.filter(
    (step) => step.held && !wanted.has(step) && !step.literal && step.uses > (inside.get(step) ?? 0),
  );
  const beside = steps
    .flatMap((step) => step.picked ?? [])
    .filter((each) => each.held && each.value === null && !wanted.has(each));
  return [...new Set([...inUse, ...beside])];
}

/** Each result lies in the program's memory and in an array of its own: less than that it cannot be. */
const leastBytes = (outputs: readonly TensorType[]): number =>
  2 * outputs.reduce((sum, node) => sum + bytesOf(node), 0);

/** Refuses a program that needs more than there is, before anything is compiled or allocated. */
function requireRoom(bytes: number, outputs: readonly Demanded[], backend: Backend, of: Provenance | undefined): void {
  const demand = (): ReturnType<typeof describeDemand> => describeDemand(outputs, bytes, leastBytes(outputs), of);
  requireMemory(bytes, demand);
  const { limit } = backend;
  if (limit !== undefined && bytes > limit.bytes) throw memoryError({ ...demand(), bytes }, limit.reason);
}

const programOf = (backend: Backend, all: Capture): Program => programFor(backend, all.key, () => graphOf(all));

/**
 * Computes the values of `nodes`; those that have one already cost nothing.
 * @param of what they are, for messages
 */
export function evaluate(nodes: readonly Node[], of?: Provenance): void {
  const wanted = new Set<Node>();
  for (const node of nodes) {
    if (node.value !== null) continue;
    const source = behind(node);
    if (source.value === null) wanted.add(source);
  }
  if (wanted.size > 0) compute([...wanted], of);
  // Operations that pass a value on have it now, too.
  for (const node of nodes) {
    if (node.value !== null) continue;
    node.value = behind(node).value;
    if (node.value !== null) share(node.value);
    settled(node);
  }
}

/** Several nodes have this value from now on. */
function share(data: Data): void {
  if (data instanceof Remote) data.isShared = true;
  else current?.residence?.share(data);
}

function needHere({ value, shape, dtype }: Pick<Node, "value" | "shape" | "dtype">, { name }: Backend): TypedArray {
  const host = hostOf(value!);
  if (host !== null) return host;
  const { place } = value as Remote;
  throw new ArgumentError(
    `a tensor of shape ${showShape(shape)} (${dtype}) is on the device (${place}), and this is to be computed with the ` +
      `backend "${name}", which cannot reach it. Bring it over first, with await x.to("wasm") or await deviceGet(x).`,
  );
}

/** The known values of nodes, put where programs read them without copying. */
function inputsFrom(nodes: readonly Node[], backend: Backend): Data[] {
  const { residence, place } = backend;
  return nodes.map((node) => {
    const value = node.value!;
    if (value instanceof Remote) return value.place === place ? value : needHere(node, backend);
    if (residence !== undefined) node.value = residence.settle(node.dtype, value);
    return node.value!;
  });
}

/** The outcome of a program, or of the graph evaluated node by node where every number is to be checked. */
function runOn(backend: Backend, program: Program, leaves: readonly Node[], graph: () => Graph): Data[] {
  if (!isChecking()) {
    gaveWork(backend);
    return compiled(program).run(inputsFrom(leaves, backend));
  }
  const here = leaves.map((leaf) => needHere(leaf, backend));
  return evaluateChecked(graph(), here);
}

/**
 * Frees the value of a node that nobody will ask for again, if nothing else needs it; what is still to be computed from
 * it keeps it.
 */
export function dispose(node: Node): void {
  const { value } = node;
  if (value === null || node.trace !== null || node.pending > 0 || isTransforming()) return;
  node.value = null;
  release(value);
}

/** Frees an array that was the value of one node. */
export function release(data: Data): void {
  if (!(data instanceof Remote)) current?.residence?.release(data);
  else if (!data.isShared) data.release();
}

/** The nodes where numbers of a type that no device has become others: draws are float64 at first, and so may data be. */
const conversions = ({ steps }: Capture): Node[] =>
  steps.filter(
    ({ dtype, results, expression, literal }) =>
      dtype !== "float64" &&
      !literal &&
      results === undefined &&
      expression!.inputs.some((input) => behind(input).dtype === "float64"),
  );

/** What is asked for, with all float64 before it computed here, as far as nothing on the device is needed for that. */
function captureFor(asked: readonly Node[]): { readonly all: Capture; readonly backend: Backend } {
  const all = capture(asked);
  const backend = backendFor(all.leaves);
  if (backend.place === undefined || hostBackend === undefined) return { all, backend };
  const here = conversions(all).filter((node) =>
    capture([node]).leaves.every(({ value }) => value === null || hostOf(value) !== null),
  );
  if (here.length === 0) return { all, backend };
  computeOn(hostBackend, capture(here), here, undefined);
  // Those that were asked for are known now.
  return { all: capture(asked), backend };
}

function compute(asked: readonly Node[], of: Provenance | undefined): void {
  const { all, backend } = captureFor(asked);
  computeOn(backend, all, asked, of);
}

function computeOn(backend: Backend, first: Capture, asked: readonly Node[], of: Provenance | undefined): void {
  const wanted = new Set(asked);
  requireRoom(leastBytes(asked), asked, backend, of);
  const shared = sharedSteps(first.steps, wanted);
  let all = shared.length === 0 ? first : capture([...wanted, ...shared]);
  let program = programOf(backend, all);
  if (shared.length > 0 && program.bytes > memoryBudget()) {
    // Keeping steps on the way saves time. It must not be what makes the result too large.
    all = first;
    program = programOf(backend, all);
  }
  requireRoom(program.bytes, asked, backend, of);
  const captured = all;
  const values = runOn(backend, program, all.leaves, () => graphOf(captured));
  all.outputs.forEach((node, i) => {
    node.value = values[i];
    settled(node);
  });
}

/** What computing these nodes at once would need: the program's memory, and the arrays of the results. */
export function predictedBytes(nodes: readonly Node[]): number {
  const unknown = nodes.filter((node) => node.value === null);
  if (unknown.length === 0) return 0;
  // Already too much, and known without a plan.
  const least = leastBytes(unknown);
  if (least > memoryBudget()) return least;
  const all = capture(unknown);
  const backend = backendFor(all.leaves);
  const plans = backend.place !== undefined && conversions(all).length > 0 ? hostBackend : backend;
  return programOf(plans ?? backend, all).bytes;
}

/**
 * The outputs of a body for given inputs, by a program that is found without looking at the body's graph.
 * @param chosen what is to compute it; without, what computes anyway
 */
export function runBody(body: Body, given: readonly Node[], chosen?: Backend): Data[] {
  evaluate(given);
  const backend = chosen ?? backendFor(given);
  const { graph } = body;
  const program = programOfBody(backend, body);
  if (program.bytes > memoryBudget() || program.bytes > (backend.limit?.bytes ?? program.bytes)) {
    const outputs = graph.outputs.map((output) => graph.nodes[output]);
    requireRoom(program.bytes, outputs, backend, undefined);
  }
  return runOn(backend, program, given, () => graph);
}

/** The known value of a node at the place of a backend: what is there already, or a copy. */
export function transferred({ value, dtype, shape }: Node, backend: Backend): Data {
  if (value instanceof Remote && value.place === backend.place) {
    share(value);
    return value;
  }
  if (backend.bring === undefined) throw new Error(`the backend ${backend.name} has no place of its own`);
  gaveWork(backend);
  return backend.bring(dtype, hostOf(value!) ?? needHere({ value, dtype, shape }, backend));
}

/** Computes one chunk of a larger result now, to keep memory small; not inside a transform, which may still need its graph. */
export function evaluateIfSettled(nodes: readonly Node[]): void {
  if (!isTransforming() && nodes.every((node) => node.trace === null)) evaluate(nodes);
}
