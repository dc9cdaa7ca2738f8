/** @file Runs the nodes of a model one after the other, each by its operator. */
import type { FloatingDType } from "../../dtype.ts";
import { ArgumentError, GradientError, KernelError, NumericsError } from "../../errors.ts";
import { Tensor } from "../../tensor.ts";
import { Call, originOf, type Surroundings, type Value } from "./call.ts";
import { folded, isSmall } from "./fold.ts";
import {
  type Attribute,
  functionKey,
  type Model,
  type ModelFunction,
  type ModelGraph,
  type ModelNode,
} from "./model.ts";
import { operatorNamed } from "./operators/all.ts";

/** The values that a graph sees: its own, and those of the graphs around it. */
class Scope {
  readonly #own = new Map<string, Value>();
  readonly #outer: Scope | null;

  constructor(outer: Scope | null) {
    this.#outer = outer;
  }

  set(name: string, value: Value): void {
    this.#own.set(name, value);
  }

  /** @param name "" for an input that is left out */
  get(name: string): Value | undefined {
    return this.#own.get(name) ?? this.#outer?.get(name);
  }

  has(name: string): boolean {
    return this.#own.has(name);
  }
}

type Attributes = ReadonlyMap<string, Attribute>;
const NO_ATTRIBUTES: Attributes = new Map();

/** Loops in loops multiply; a model with more steps than this was made to. */
const MOST_STEPS = 300_000;

/** The error of a node, with the node in front; it stays of its kind. */
function errorAt(node: ModelNode, error: unknown): unknown {
  if (error instanceof NumericsError || error instanceof GradientError || !(error instanceof Error)) return error;
  if (error.message.startsWith("ONNX node ")) return error;
  const where = `ONNX node "${node.name}" (${node.operator})`;
  if (!KernelError.is(error)) {
    // What a damaged file leads to where nobody thought of it.
    return new ArgumentError(`${where} cannot be run: ${error.message}. Check the model with onnx.checker.`, {
      cause: error,
    });
  }
  const Kind = error.constructor as new (message: string, options: ErrorOptions) => KernelError;
  return new Kind(`${where}: ${error.message}`, { cause: error });
}

/** What a call passes on: its attributes, with those in place that it takes from a function's call. */
function attributesOf(node: ModelNode, given: Attributes): Attributes {
  if (![...node.attributes.values()].some(({ kind }) => kind === "reference")) return node.attributes;
  const own = new Map<string, Attribute>();
  for (const [name, attribute] of node.attributes) {
    const found = attribute.kind === "reference" ? given.get(attribute.value) : attribute;
    if (found !== undefined) own.set(name, found);
  }
  return own;
}

/** Runs one model with one set of weights. What follows from the file alone is computed once. */
export class Machine {
  readonly #model: Model;
  readonly #dtype: FloatingDType | undefined;
  /** Weights that a person gave in place of the file's. */
  readonly #given: ReadonlyMap<string, Tensor>;
  /** Small values of the main graph that follow from the file alone. */
  readonly #known = new Map<string, Value>();
  /** Nodes that the call that runs now has run. */
  #steps = 0;

  constructor(model: Model, dtype: FloatingDType | undefined, given: ReadonlyMap<string, Tensor>) {
    this.#model = model;
    this.#dtype = dtype;
    this.#given = given;
  }

  /** @param nodes those of the main graph that the outputs need */
  run(inputs: ReadonlyMap<string, Tensor>, nodes: readonly ModelNode[], outputs: readonly string[]): Tensor[] {
    this.#steps = 0;
    const scope = new Scope(null);
    for (const [name, tensor] of this.#model.graph.initializers) {
      const given = this.#given.get(name);
      scope.set(name, given === undefined ? { tensor, origin: "file" } : { tensor: given, origin: "inputs" });
    }
    for (const [name, tensor] of inputs) scope.set(name, { tensor, origin: "inputs" });
    for (const [name, value] of this.#known) scope.set(name, value);
    const { opset } = this.#model;
    for (const node of nodes) {
      if (node.outputs.every((name) => name === "" || scope.has(name))) continue;
      for (const [name, value] of this.#runNode(node, scope, opset, NO_ATTRIBUTES)) {
        scope.set(name, value);
        if (value.origin === "file" && isSmall(value.tensor)) this.#known.set(name, value);
      }
    }
    return outputs.map((name) => scope.get(name)!.tensor);
  }

  /** The named results of a node. */
  #runNode(node: ModelNode, scope: Scope, opset: number, given: Attributes): [string, Value][] {
    if (++this.#steps > MOST_STEPS) {
      throw new ArgumentError(
        `ONNX node "${node.name}" (${node.operator}): its loops come to more than ${MOST_STEPS} steps.`,
      );
    }
    const values = node.inputs.map((name) => scope.get(name));
    const attributes = attributesOf(node, given);
    const surroundings: Surroundings = {
      opset,
      dtype: this.#dtype,
      runGraph: (graph, own) => this.#runGraph(graph, own, scope, opset, given),
    };
    const called = this.#model.functions.get(functionKey(node.domain, node.operator));
    try {
      const results =
        called === undefined
          ? this.#operate(new Call(node, values, attributes, surroundings), values)
          : this.#runFunction(called, values, attributes);
      return node.outputs.flatMap((name, i): [string, Value][] => {
        if (name === "") return [];
        const value = results[i];
        if (value === undefined) throw new ArgumentError(`its output ${i + 1}, "${name}", cannot be imported.`);
        return [[name, value]];
      });
    } catch (error) {
      throw errorAt(node, error);
    }
  }

  #operate(call: Call, values: readonly (Value | undefined)[]): (Value | undefined)[] {
    const { operator } = call.node;
    const result = operatorNamed(operator)!.run(call);
    const inherited = originOf(values);
    // A shape is known even where the entries are not.
    const origin = (operator === "Shape" || operator === "Size") && inherited === "inputs" ? "shapes" : inherited;
    const foldable = origin !== "inputs" && isSmall(...values.flatMap((value) => value?.tensor ?? []));
    const kept = (tensor: Tensor): Value => ({
      tensor: foldable && isSmall(tensor) ? folded(tensor) : tensor,
      origin,
    });
    if (result instanceof Tensor) return [kept(result)];
    return result.map((each) => (each instanceof Tensor ? kept(each) : each));
  }

  #runGraph(graph: ModelGraph, inputs: readonly Value[], outer: Scope, opset: number, given: Attributes): Value[] {
    const scope = new Scope(outer);
    for (const [i, { name }] of graph.inputs.entries()) if (i < inputs.length) scope.set(name, inputs[i]);
    for (const [name, tensor] of graph.initializers) scope.set(name, { tensor, origin: "file" });
    return this.#runNodes(
      graph.nodes,
      scope,
      graph.outputs.map(({ name }) => name),
      opset,
      given,
    );
  }

  #runFunction(called: ModelFunction, values: readonly (Value | undefined)[], attributes: Attributes): Value[] {
    const scope = new Scope(null);
    called.inputs.forEach((name, i) => {
      const value = values[i];
      if (value !== undefined) scope.set(name, value);
    });
    return this.#runNodes(called.nodes, scope, called.outputs, called.opset, attributes);
  }

  #runNodes(
    nodes: readonly ModelNode[],
    scope: Scope,
    outputs: readonly string[],
    opset: number,
    given: Attributes,
  ): Value[] {
    for (const node of nodes) {
      for (const [name, value] of this.#runNode(node, scope, opset, given)) scope.set(name, value);
    }
    return outputs.map((name) => {
      const value = scope.get(name);
      if (value === undefined) throw new ArgumentError(`the value "${name}" was left out by the one who called.`);
      return value;
    });
  }
}
