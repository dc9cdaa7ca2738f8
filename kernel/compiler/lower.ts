/** @file From a graph to kernels: every node with a buffer becomes a loop nest; the others become expressions inside. */
import type { DType, TypedArray } from "../dtype.ts";
import type { DotParams } from "../emit.ts";
import type { Graph, GraphNode } from "../graph/graph.ts";
import type { TensorType } from "../graph/node.ts";
import { constantForm, flattenForms, identityForms, pointForms, variableForm } from "../loops/form.ts";
import type { BufferId, Expr, Index, Kernel, Store } from "../loops/ir.ts";
import { renamed } from "../loops/walk.ts";
import { type Lowering, type NDArray, ndarray, type Point, primitiveOf } from "../primitive.ts";
import { freeAxes } from "../primitives/dot.ts";
import { range, sameShape, sizeOf, stridesOf } from "../shape.ts";
import { lowerDot } from "./dot.ts";
import { chooseBuffers, loweringOf } from "./materialize.ts";

/** Where a node's entries are. */
export interface Storage {
  readonly buffer: BufferId;
  readonly offset: number;
  /** In elements, one per axis. */
  readonly strides: readonly number[];
}

/** Kernels over buffers that have no place in memory yet. */
export interface Draft {
  readonly buffers: readonly { readonly dtype: DType; readonly size: number }[];
  readonly inputs: readonly BufferId[];
  readonly outputs: readonly BufferId[];
  readonly kernels: readonly Kernel[];
}

function readersOf({ nodes }: Graph): GraphNode[][] {
  const readers = nodes.map((): GraphNode[] => []);
  for (const node of nodes) for (const input of new Set(node.inputs)) readers[input].push(node);
  return readers;
}

/** A result, or several, whose entries are written to the given arrays. */
function resultIn(arrays: readonly TypedArray[], { shape, dtype, results }: TensorType): NDArray {
  if (results === undefined) return { shape, dtype, data: arrays[0] };
  return { shape, dtype, data: arrays[0], results: results.map((each, i) => resultIn([arrays[i]], each)) };
}

class Lowerer {
  readonly #graph: Graph;
  readonly #compileBody: (body: Graph) => Draft;
  readonly #kept: readonly boolean[];
  /** Which nodes read each node. */
  readonly #readers: readonly (readonly GraphNode[])[];
  readonly #outputs: ReadonlySet<number>;
  readonly #storage = new Map<number, Storage>();
  /** Per operation with several results, the buffers of those that are read. */
  readonly #results = new Map<number, ReadonlyMap<number, BufferId>>();
  readonly #buffers: { dtype: DType; size: number }[] = [];
  readonly #kernels: Kernel[] = [];
  /** Expressions of the nest at hand, so that what two readers share is one object. */
  #memo = new Map<string, Expr>();
  readonly #placeKeys = new WeakMap<readonly Index[], string>();
  readonly #exprIds = new WeakMap<Expr, number>();
  #nextExprId = 0;

  constructor(graph: Graph, compileBody: (body: Graph) => Draft) {
    this.#graph = graph;
    this.#compileBody = compileBody;
    this.#kept = chooseBuffers(graph);
    this.#outputs = new Set(graph.outputs);
    this.#readers = readersOf(graph);
  }

  run(): Draft {
    const { nodes, inputs, outputs } = this.#graph;
    const inputBuffers = inputs.map((n) => this.#allocate(n).buffer);
    nodes.forEach((node, n) => {
      if (node.op !== null && this.#kept[n]) this.#lowerNode(node, n);
    });
    return {
      buffers: this.#buffers,
      inputs: inputBuffers,
      outputs: outputs.map((n) => this.#storage.get(n)!.buffer),
      kernels: this.#kernels,
    };
  }

  #newBuffer({ dtype, shape }: TensorType): BufferId {
    this.#buffers.push({ dtype, size: sizeOf(shape) });
    return this.#buffers.length - 1;
  }

  /** A buffer for node `n`, row-major unless its only reader wants another order. */
  #allocate(n: number): Storage {
    const buffer = this.#newBuffer(this.#graph.nodes[n]);
    const storage = { buffer, offset: 0, strides: this.#stridesFor(n) };
    this.#storage.set(n, storage);
    return storage;
  }

  /** Buffers for the results of node `n`; those that nobody reads get one only when asked for. */
  #allocateResults(n: number, all: boolean): ReadonlyMap<number, BufferId> {
    const buffers = new Map<number, BufferId>();
    this.#graph.nodes[n].results!.forEach((type, index) => {
      const isRead = this.#readers[n].some((reader) => {
        const lowering = loweringOf(reader);
        return lowering.kind !== "result" || lowering.index(reader.params) === index;
      });
      if (all || isRead) buffers.set(index, this.#newBuffer(type));
    });
    this.#results.set(n, buffers);
    return buffers;
  }

  /** A product that is only read through one permutation is written in that order at once. */
  #stridesFor(n: number): readonly number[] {
    const node = this.#graph.nodes[n];
    if (node.op?.name === "dot" && !this.#outputs.has(n)) {
      const readers = this.#readers[n];
      if (readers.length === 1 && readers[0].op?.name === "permute") {
        const axes = this.#isScattered(readers[0])
          ? this.#longRows(node)
          : (readers[0].params.axes as readonly number[]);
        const strides = stridesOf(axes.map((axis) => node.shape[axis]));
        return axes.map((_, d) => strides[axes.indexOf(d)]);
      }
    }
    return stridesOf(node.shape);
  }

  /** Whether a node is only read entry by entry, to be written elsewhere, for which any order is as good. */
  #isScattered(node: GraphNode): boolean {
    const readers = this.#readers[this.#graph.nodes.indexOf(node)];
    return readers.length > 0 && readers.every((reader) => loweringOf(reader).kind === "scatter");
  }

  /** The axes of a product with those of the operand that has more entries to go through last. */
  #longRows({ inputs, params, shape }: GraphNode): readonly number[] {
    const dot = params as unknown as DotParams;
    const batches = dot.batch[0].length;
    const ofA = freeAxes(this.#graph.nodes[inputs[0]].shape.length, dot, 0).length;
    const [batch, a, b] = [range(batches), range(ofA, batches), range(shape.length - batches - ofA, batches + ofA)];
    const [rows, columns] = [a, b].map((axes) => sizeOf(axes.map((axis) => shape[axis])));
    return rows > columns ? [...batch, ...b, ...a] : [...batch, ...a, ...b];
  }

  #lowerNode(node: GraphNode, n: number): void {
    this.#memo = new Map();
    const lowering = loweringOf(node);
    switch (lowering.kind) {
      case "point":
      case "view":
        this.#lowerMap(node, n);
        break;
      case "reduce":
        this.#lowerReduce(node, n, lowering);
        break;
      case "dot":
        this.#lowerDot(node, n);
        break;
      case "scatter":
        this.#lowerScatter(node, n, lowering);
        break;
      case "host":
        this.#lowerHost(node, n);
        break;
      case "result": {
        const buffer = this.#results.get(node.inputs[0])!.get(lowering.index(node.params))!;
        this.#storage.set(n, { buffer, offset: 0, strides: stridesOf(node.shape) });
        break;
      }
      case "control":
        this.#lowerControl(node, n, lowering);
    }
  }

  #lowerMap(node: GraphNode, n: number): void {
    const { forms, extents } = pointForms(node.shape);
    const value = this.#expression(n, forms, extents.length);
    // A view of data that lies there in just this order needs no copy.
    if (value.kind === "load" && this.#isWhole(value.buffer, value.index, extents)) {
      this.#storage.set(n, { buffer: value.buffer, offset: 0, strides: stridesOf(node.shape) });
      return;
    }
    const { buffer, strides } = this.#allocate(n);
    const index = flattenForms(forms, strides, extents.length);
    this.#kernels.push({ kind: "map", extents, stores: [{ buffer, index, value }] });
  }

  #isWhole(buffer: BufferId, index: Index, extents: readonly number[]): boolean {
    return (
      !index.dynamic &&
      index.offset === 0 &&
      this.#buffers[buffer].size === sizeOf(extents) &&
      sameShape(index.strides, stridesOf(extents))
    );
  }

  #lowerReduce(node: GraphNode, n: number, { op }: Lowering<unknown> & { kind: "reduce" }): void {
    const [input] = node.inputs;
    const { shape } = this.#graph.nodes[input];
    const axes = node.params.axes as readonly number[];
    // The loops over kept axes come first; axes of extent 1 have none.
    const looped = (axis: number): boolean => shape[axis] !== 1;
    const folded = axes.filter(looped);
    const kept = range(shape.length).filter((d) => looped(d) && !axes.includes(d));
    const variables = kept.length + folded.length;
    const forms = shape.map(() => constantForm(0, variables));
    [...kept, ...folded].forEach((axis, v) => {
      forms[axis] = variableForm(v, variables);
    });
    const value = this.#read(input, forms, variables);
    const { buffer, strides } = this.#allocate(n);
    const store: Store = {
      buffer,
      index: flattenForms(pointForms(node.shape).forms, strides, kept.length),
      value: { kind: "accumulator", dtype: node.dtype },
    };
    this.#kernels.push({
      kind: "reduce",
      op,
      extents: kept.map((d) => shape[d]),
      reduceExtents: folded.map((d) => shape[d]),
      value,
      stores: [store],
    });
  }

  #lowerDot(node: GraphNode, n: number): void {
    const [a, b] = node.inputs.map((input) => this.#strided(input));
    const out = this.#allocate(n);
    const [typeA, typeB] = node.inputs.map((input) => this.#graph.nodes[input]);
    this.#kernels.push(lowerDot(node, typeA, typeB, a, b, out));
  }

  /** The storage of a node that is a strided view of a buffer. */
  #strided(n: number): Storage {
    const { shape } = this.#graph.nodes[n];
    const expr = this.#read(n, identityForms(shape.length), shape.length);
    if (expr.kind !== "load" || expr.index.dynamic) throw new Error("an operand of a product has no buffer");
    return { buffer: expr.buffer, offset: expr.index.offset, strides: expr.index.strides };
  }

  #lowerScatter(node: GraphNode, n: number, lowering: Lowering<unknown> & { kind: "scatter" }): void {
    const { buffer, strides } = this.#allocate(n);
    const fill = lowering.fill?.(node.params) ?? null;
    if (fill !== null) {
      const value: Expr = { kind: "const", dtype: node.dtype, value: fill };
      const { forms, extents } = pointForms(node.shape);
      const index = flattenForms(forms, strides, extents.length);
      this.#kernels.push({ kind: "map", extents, stores: [{ buffer, index, value }] });
    }
    const inputs = node.inputs.map((input) => this.#graph.nodes[input]);
    for (const piece of lowering.pieces(node.params, inputs)) {
      this.#memo = new Map();
      const { forms, extents } = pointForms(inputs[piece].shape);
      const point = this.#point(node, forms, extents.length);
      const index = flattenForms(lowering.place(point, piece), strides, extents.length);
      const value = this.#read(node.inputs[piece], forms, extents.length);
      const accumulates = lowering.accumulate?.(node.params, piece) ?? false;
      const store = accumulates ? { buffer, index, value, accumulate: true } : { buffer, index, value };
      this.#kernels.push({ kind: "map", extents, stores: [store] });
    }
  }

  #lowerHost(node: GraphNode, n: number): void {
    const inputs = node.inputs.map((input) => ({ type: this.#graph.nodes[input], buffer: this.#contiguous(input) }));
    const outputs =
      node.results === undefined ? [this.#allocate(n).buffer] : [...this.#allocateResults(n, true).values()];
    const primitive = primitiveOf(node.op!);
    const { shape, dtype, results, params } = node;
    const types = inputs.map(({ type }) => ({ shape: type.shape, dtype: type.dtype }));
    const lowering = primitive.lowering as Lowering<unknown> & { kind: "host" };
    const direct = lowering.writesAll === true;
    this.#kernels.push({
      kind: "host",
      name: primitive.name,
      operation: lowering.operation?.(params, types),
      inputs: inputs.map((input) => input.buffer),
      outputs,
      run(values, outs, open) {
        const result = direct ? resultIn(outs, { shape, dtype, results }) : ndarray({ shape, dtype, results });
        primitive.evaluate(
          types.map((type, i) => ({ ...type, data: values[i] })),
          result,
          params,
          open,
        );
        if (direct) return;
        if (result.results === undefined) outs[0].set(result.data);
        else for (const [i, each] of result.results.entries()) outs[i].set(each.data);
      },
    });
  }

  #lowerControl(node: GraphNode, n: number, lowering: Lowering<unknown> & { kind: "control" }): void {
    const results = this.#allocateResults(n, false);
    lowering.build({
      params: node.params,
      inputs: node.inputs.map((input) => this.#contiguous(input)),
      result: (index) => results.get(index) ?? null,
      allocate: (type) => this.#newBuffer(type),
      push: (kernel) => {
        this.#kernels.push(kernel);
      },
      inline: (body, inputs) => {
        const draft = this.#compileBody(body);
        const buffers: BufferId[] = [];
        draft.inputs.forEach((buffer, i) => {
          buffers[buffer] = inputs[i];
        });
        draft.buffers.forEach(({ dtype, size }, buffer) => {
          if (buffers[buffer] === undefined) {
            this.#buffers.push({ dtype, size });
            buffers[buffer] = this.#buffers.length - 1;
          }
        });
        return {
          kernels: draft.kernels.map((kernel) => renamed(kernel, (buffer) => buffers[buffer])),
          outputs: draft.outputs.map((buffer) => buffers[buffer]),
        };
      },
    });
  }

  /** The buffer that holds a node's entries in row-major order. */
  #contiguous(start: number): BufferId {
    let n = start;
    while (!this.#storage.has(n)) [n] = this.#graph.nodes[n].inputs;
    return this.#storage.get(n)!.buffer;
  }

  #read(n: number, index: readonly Index[], variables: number): Expr {
    const storage = this.#storage.get(n);
    if (storage === undefined) return this.#expression(n, index, variables);
    const flat = flattenForms(index, storage.strides, variables);
    return this.#load(n, storage.buffer, { ...flat, offset: flat.offset + storage.offset });
  }

  #load(n: number, buffer: BufferId, index: Index): Expr {
    return this.#shared(`b${buffer}@${this.#formKey(index)}`, () => ({
      kind: "load",
      dtype: this.#graph.nodes[n].dtype,
      buffer,
      index,
    }));
  }

  /** The value of a node without looking for a buffer of its own. */
  #expression(n: number, index: readonly Index[], variables: number): Expr {
    const node = this.#graph.nodes[n];
    const lowering = loweringOf(node);
    if (lowering.kind === "view") {
      const [input] = node.inputs;
      const type = this.#graph.nodes[input];
      const source = lowering.source(index, node.params, type, variables);
      if (source !== null) return this.#read(input, source, variables);
      return this.#load(n, this.#contiguous(input), flattenForms(index, stridesOf(node.shape), variables));
    }
    if (lowering.kind !== "point") throw new Error(`${node.op?.name} needs a buffer`);
    const key = `n${n}@${this.#placeKey(index)}`;
    return this.#shared(key, () => lowering.at(this.#point(node, index, variables)));
  }

  #formKey(form: Index): string {
    let key = `${form.offset}`;
    for (const stride of form.strides) key += `,${stride}`;
    for (const part of form.dynamic ?? []) key += `+${part.stride}*${this.#idOf(part.value)}`;
    return key;
  }

  /** A text for a position; operands of elementwise functions are read at the very one of the result. */
  #placeKey(index: readonly Index[]): string {
    let key = this.#placeKeys.get(index);
    if (key === undefined) {
      key = "";
      for (const form of index) key += `${this.#formKey(form)};`;
      this.#placeKeys.set(index, key);
    }
    return key;
  }

  #idOf(expr: Expr): number {
    let id = this.#exprIds.get(expr);
    if (id === undefined) {
      id = this.#nextExprId++;
      this.#exprIds.set(expr, id);
    }
    return id;
  }

  #shared(key: string, make: () => Expr): Expr {
    let expr = this.#memo.get(key);
    if (expr === undefined) {
      expr = make();
      this.#memo.set(key, expr);
    }
    return expr;
  }

  #point(node: GraphNode, index: readonly Index[], variables: number): Point<unknown> {
    return {
      index,
      variables,
      inputs: node.inputs.map((input) => this.#graph.nodes[input]),
      type: node,
      params: node.params,
      read: (i, at) => this.#read(node.inputs[i], at, variables),
    };
  }
}

/**
 * The kernels of a graph, one per node that has a buffer, in topological order.
 * @param compileBody makes the kernels of a body
 */
export const lower = (graph: Graph, compileBody: (body: Graph) => Draft): Draft =>
  new Lowerer(graph, compileBody).run();
