/**
 * @file A model for batches of any extent, from the same function written for three of them. What is the same in all three
 * stays. A number that differs must follow from the extent by one rule (a + b · n, or a / n), found from two of them
 * and checked on the third; the model computes it from the extent of its input.
 */
import { ArgumentError } from "../../errors.ts";
import {
  ELEMENT_TYPES,
  type OnnxAttribute,
  type OnnxConstant,
  type OnnxNode,
  type OnnxSubgraph,
  type OnnxType,
  type OnnxValueType,
} from "../writer/graph-writer.ts";

/** Primes, so that no extent of the function's own is likely to be one or a multiple; near each other, so that orders of elimination agree. */
export const EXTENTS = [1009, 1013, 1019] as const;

/** What the axis is called in the model. */
export const BATCH = "batch";

/** Where the extent is found: an axis of an input. */
export interface BatchSource {
  readonly input: string;
  readonly axis: number;
}

type Three<T> = readonly [T, T, T];

const refused = (why: string): ArgumentError =>
  new ArgumentError(
    `exportOnnx: the batch axis cannot be of any extent, because ${why}. Leave out batch, which fixes the extent to that of ` +
      "the example, or export vmap(f) of a function of one example.",
  );

const different = (): ArgumentError => refused("what the function does depends on how many examples there are");

const numbersOf = ({ data }: OnnxConstant): number[] => Array.from(data as ArrayLike<number | bigint>, Number);

/** `a + b · n` through the first two, or null where the third is elsewhere. */
function linear([x, y, z]: Three<number>, tolerance: number): readonly [number, number] | null {
  const [m, n, k] = EXTENTS;
  const b = (y - x) / (n - m);
  const a = x - b * m;
  return Math.abs(a + b * k - z) <= tolerance * Math.abs(z) ? [a, b] : null;
}

/** `c` with `c / n`, a whole number where it nearly is one. */
function quotient(values: Three<number>): number | null {
  const products = values.map((value, i) => value * EXTENTS[i]);
  const [c] = products;
  if (products.some((each) => Math.abs(each - c) > 1e-6 * Math.abs(c))) return null;
  const whole = Math.round(c);
  return Math.abs(whole - c) <= 1e-6 * Math.abs(c) ? whole : c;
}

class Generalizer {
  readonly nodes: OnnxNode[] = [];
  readonly constants: OnnxConstant[] = [];
  readonly #taken: string;

  constructor({ input, axis }: BatchSource) {
    this.#taken = "batch_extent";
    this.#constant(`${this.#taken}_axis`, "int64", [], [axis]);
    this.#node("Shape", [input], `${this.#taken}_shape`);
    this.#node("Gather", [`${this.#taken}_shape`, `${this.#taken}_axis`], this.#taken, { axis: 0 });
  }

  #node(op: string, inputs: readonly string[], output: string, attributes: OnnxNode["attributes"] = {}): string {
    this.nodes.push({ op, inputs, outputs: [output], attributes });
    return output;
  }

  #constant(name: string, dtype: OnnxType, shape: readonly number[], values: readonly number[]): string {
    const data =
      dtype === "int64"
        ? BigInt64Array.from(values, BigInt)
        : dtype === "float64"
          ? Float64Array.from(values)
          : dtype === "float32"
            ? Float32Array.from(values)
            : Int32Array.from(values);
    this.constants.push({ name, dtype, shape, data });
    return name;
  }

  /** Computes under the name of the constant what it is for the extent at hand. */
  #compute({ name, dtype, shape }: OnnxConstant, all: Three<number[]>): void {
    const isFloat = dtype === "float32" || dtype === "float64";
    const entries = all[0].map((_, i): Three<number> => [all[0][i], all[1][i], all[2][i]]);
    const lines = entries.map((each) => linear(each, isFloat ? 1e-6 : 0));
    const wide = isFloat ? dtype : "int64";
    const extent = wide === "int64" ? this.#taken : this.#node("Cast", [this.#taken], `${name}_n`, cast(wide));
    if (lines.every((line) => line !== null)) {
      const [a, b] = [0, 1].map((k) =>
        this.#constant(
          `${name}_${k === 0 ? "from" : "per"}`,
          wide,
          shape,
          lines.map((line) => line[k]),
        ),
      );
      this.#node("Mul", [extent, b], `${name}_part`);
      const isFinal = wide === dtype;
      this.#node("Add", [`${name}_part`, a], isFinal ? name : `${name}_wide`);
      if (!isFinal) this.#node("Cast", [`${name}_wide`], name, cast(dtype));
      return;
    }
    const quotients = entries.map(quotient);
    if (!isFloat || quotients.includes(null)) throw refused("a number in it is no simple function of that extent");
    this.#node("Div", [this.#constant(`${name}_of`, dtype, shape, quotients as number[]), extent], name);
  }

  constant([x, y, z]: Three<OnnxConstant>): OnnxConstant[] {
    if (x.name !== y.name || x.name !== z.name || x.dtype !== y.dtype) throw different();
    if (x.data.length !== y.data.length || String(x.shape) !== String(y.shape)) {
      throw refused("a constant tensor in it is as long as the batch");
    }
    const all: Three<number[]> = [numbersOf(x), numbersOf(y), numbersOf(z)];
    const isSame = all[0].every((value, i) => Object.is(value, all[1][i]) && Object.is(value, all[2][i]));
    if (isSame) return [x];
    this.#compute(x, all);
    return [];
  }

  value([x, y, z]: Three<OnnxValueType>): OnnxValueType {
    if (x.shape.length !== y.shape.length) throw different();
    const shape = x.shape.map((extent, d) => {
      const three = [x, y, z].map((each) => each.shape[d] as number) as unknown as Three<number>;
      if (extent === y.shape[d] && extent === z.shape[d]) return extent;
      const [a, b] = linear(three, 0) ?? [Number.NaN, 0];
      if (Number.isNaN(a)) return `${BATCH}_${d}`;
      return a === 0 && b === 1 ? BATCH : `${b === 1 ? "" : `${b}*`}${BATCH}${a === 0 ? "" : `+${a}`}`;
    });
    return { ...x, shape };
  }

  graph([x, y, z]: Three<OnnxSubgraph>): OnnxSubgraph {
    const isAlike = (length: (graph: OnnxSubgraph) => number): boolean =>
      length(x) === length(y) && length(x) === length(z);
    if (!isAlike(({ nodes }) => nodes.length) || !isAlike(({ constants }) => constants.length)) throw different();
    return {
      name: x.name,
      inputs: x.inputs.map((_, i) => this.value([x.inputs[i], y.inputs[i], z.inputs[i]])),
      outputs: x.outputs.map((_, i) => this.value([x.outputs[i], y.outputs[i], z.outputs[i]])),
      constants: x.constants.flatMap((_, i) => this.constant([x.constants[i], y.constants[i], z.constants[i]])),
      nodes: x.nodes.map((_, i) => this.node([x.nodes[i], y.nodes[i], z.nodes[i]])),
    };
  }

  node([x, y, z]: Three<OnnxNode>): OnnxNode {
    for (const other of [y, z]) {
      const isAlike =
        x.op === other.op && String(x.inputs) === String(other.inputs) && String(x.outputs) === String(other.outputs);
      if (!isAlike) throw different();
    }
    const attributes = Object.entries(x.attributes).map(([name, value]): [string, OnnxAttribute] => {
      const others = [y, z].map((each) => each.attributes[name]);
      if (typeof value === "object" && "nodes" in value) {
        return [name, this.graph([value, ...(others as OnnxSubgraph[])] as unknown as Three<OnnxSubgraph>)];
      }
      if (others.some((other) => String(other) !== String(value))) throw different();
      return [name, value];
    });
    return { ...x, attributes: Object.fromEntries(attributes) };
  }
}

const cast = (dtype: OnnxType): OnnxNode["attributes"] => ({ to: ELEMENT_TYPES[dtype] });

/** One graph for all extents, from those for `EXTENTS`. */
export function forAnyBatch(graphs: Three<OnnxSubgraph>, source: BatchSource): OnnxSubgraph {
  const general = new Generalizer(source);
  const graph = general.graph(graphs);
  return {
    ...graph,
    constants: [...general.constants, ...graph.constants],
    nodes: [...general.nodes, ...graph.nodes],
  };
}
