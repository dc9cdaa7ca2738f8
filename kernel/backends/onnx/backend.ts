/**
 * @file The ONNX backend: a whole program is written as one model, of which onnxruntime makes one session. The runtime
 * answers with time only, so results are numbers that come.
 */
import { bytesOf } from "../../budget.ts";
import { allocate, type DType, type TypedArray } from "../../dtype.ts";
import type { Graph, GraphNode } from "../../graph/graph.ts";
import { GraphWriter, Names, type OnnxSubgraph } from "../../onnx/writer/graph-writer.ts";
import { writeGraph } from "../../onnx/writer/write-graph.ts";
import { type Data, Remote } from "../../remote.ts";
import { sizeOf } from "../../shape.ts";
import type { Backend } from "../backend.ts";
import type { Executable } from "../executable.ts";
import { ComputedArray } from "./computed-array.ts";
import type { OnnxRuntime, RuntimeSession } from "./runtime.ts";
import { type OnnxBackendName, OPSET, openSession } from "./session.ts";
import { inTurn } from "./turn.ts";

export type { OnnxBackendName } from "./session.ts";

/** The runtime for WebGPU has no float64 code at all, on the processor neither. */
const LACKS: { readonly [name in OnnxBackendName]?: DType } = { "onnx-webgpu": "float64" };

function writeProgram(name: OnnxBackendName, graph: Graph): OnnxSubgraph {
  const remedy = 'Compute it with another backend: await setDefaultBackend("wasm")';
  const names = new Names();
  const writer = new GraphWriter(OPSET, names, { asked: name, remedy, without: LACKS[name] });
  const values = (places: readonly number[], called: string) =>
    places.map((place) => {
      const { dtype, shape } = graph.nodes[place];
      return { name: names.fresh(called), dtype, shape };
    });
  const [inputs, outputs] = [values(graph.inputs, "input"), values(graph.outputs, "output")];
  const results = writeGraph(
    writer,
    graph,
    inputs.map((input) => input.name),
  );
  results.forEach((result, i) => {
    writer.nodes.push({ op: "Identity", inputs: [result], outputs: [outputs[i].name], attributes: {} });
  });
  return { name: "program", nodes: writer.nodes, constants: writer.constants, inputs, outputs };
}

/** Its own array of what came from the runtime, whose memory it may be. */
function owned(dtype: GraphNode["dtype"], data: ArrayLike<unknown>): TypedArray {
  const own = allocate(dtype, data.length);
  own.set(data as ArrayLike<number>);
  return own;
}

class OnnxProgram implements Executable {
  /** Not known here: the runtime interprets. */
  readonly codeBytes = 0;
  readonly #name: OnnxBackendName;
  readonly #runtime: OnnxRuntime;
  readonly #graph: Graph;
  readonly #written: OnnxSubgraph;
  #session: Promise<RuntimeSession> | undefined;

  constructor(name: OnnxBackendName, runtime: OnnxRuntime, graph: Graph, written: OnnxSubgraph) {
    this.#name = name;
    this.#runtime = runtime;
    this.#graph = graph;
    this.#written = written;
  }

  run(inputs: readonly Data[]): ComputedArray[] {
    // Numbers that are here may be changed or freed before the runtime gets to them.
    const given = inputs.map((input) => (input instanceof Remote ? input.read() : Promise.resolve(input.slice())));
    const all = underWay(this.#start(given));
    return this.#graph.outputs.map((place, i) => {
      const { dtype, shape } = this.#graph.nodes[place];
      const numbers = all.then((results) => results[i]);
      return new ComputedArray(this.#name, dtype, sizeOf(shape), numbers);
    });
  }

  async #start(given: readonly Promise<TypedArray>[]): Promise<TypedArray[]> {
    const [session, inputs] = await Promise.all([this.#opened(), Promise.all(given)]);
    return inTurn(async () => {
      const { Tensor } = this.#runtime;
      const feeds = this.#written.inputs.map(({ name }, i) => {
        const { dtype, shape } = this.#graph.nodes[this.#graph.inputs[i]];
        return [name, new Tensor(dtype, inputs[i], shape)];
      });
      const results = await session.run(Object.fromEntries(feeds));
      return this.#written.outputs.map(({ name }, i) => {
        const { dtype } = this.#graph.nodes[this.#graph.outputs[i]];
        const numbers = owned(dtype, results[name].data);
        results[name].dispose?.();
        return numbers;
      });
    });
  }

  #opened(): Promise<RuntimeSession> {
    this.#session ??= this.#open();
    return this.#session;
  }

  #open(): Promise<RuntimeSession> {
    return inTurn(() => openSession(this.#name, this.#runtime, this.#written));
  }
}

/** Programs that were asked for and have not answered yet. */
const running = new Set<Promise<unknown>>();

function underWay<T>(program: Promise<T>): Promise<T> {
  running.add(program);
  const over = (): void => void running.delete(program);
  program.then(over, over);
  return program;
}

export const onnxBackend = (name: OnnxBackendName, runtime: OnnxRuntime): Backend => ({
  name,
  place: name,
  bring: (dtype, data) => new ComputedArray(name, dtype, data.length, Promise.resolve(data.slice())),
  finished: async () => void (await Promise.allSettled(running)),
  plan(graph) {
    const written = writeProgram(name, graph);
    // The runtime frees what it needs no more; how early, it does not say.
    const ends = [...graph.inputs, ...graph.outputs];
    const largest = Math.max(0, ...graph.nodes.map(bytesOf));
    return {
      bytes: ends.reduce((sum, place) => sum + bytesOf(graph.nodes[place]), 2 * largest),
      kernels: written.nodes.length,
      compile: () => new OnnxProgram(name, runtime, graph, written),
    };
  },
});
