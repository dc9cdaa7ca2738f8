/** @file `importOnnx`: a model made by another tool as a function of tensors, which every transform takes. */
import { type DType, type FloatingDType, isFloating } from "../../dtype.ts";
import { ArgumentError, DTypeError, ShapeError, showShape } from "../../errors.ts";
import { tensor } from "../../functions/creation.ts";
import { describe, requireOptionsObject } from "../../functions/operands.ts";
import { Tensor, type TensorLike } from "../../tensor.ts";
import { nameFunction } from "../../transforms/naming.ts";
import { checkOperators, namesRead, nodesFor } from "./check-operators.ts";
import { Machine } from "./machine.ts";
import type { Model, ModelNode, OnnxValue } from "./model.ts";
import { listNames } from "./order.ts";
import type { ExternalData } from "./read-tensor.ts";

/** What a model returns: its one output, or several by name. */
export type OnnxResult = Tensor | Readonly<Record<string, Tensor>>;

export interface ImportOnnxOptions {
  /** Weights that lie in files beside the model: the bytes of each, by the name that the model has for it. */
  readonly externalData?: ExternalData;
  /** Computes all floating numbers in this type, whatever the file has. */
  readonly dtype?: FloatingDType;
  /**
   * What to return: one name for a tensor, several for a record. Any value inside the model can be named, and only what it
   * needs is computed. Default: the outputs of the model.
   */
  readonly outputs?: string | readonly string[];
}

/** A model as a function. */
export interface OnnxModel<Out extends OnnxResult = Tensor> {
  /** Inputs by name. */
  (inputs: Readonly<Record<string, TensorLike>>): Out;
  /** Inputs in the order of `inputs`. */
  (...inputs: TensorLike[]): Out;
  /** Names, types and shapes; an extent that is open has a name. */
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  /** The floating weights, by their names in the file. They share the bytes of the file where these lie as they should. */
  readonly weights: Readonly<Record<string, Tensor>>;
  /** Version of ONNX's operators. */
  readonly opset: number;
  /** The tool that made the file, as it calls itself. */
  readonly producer: string;
  /**
   * The same model with other weights, some or all: what a derivative with respect to weights is taken of.
   * @example grad((w: typeof model.weights) => loss(model.withWeights(w)(x)))(model.weights)
   */
  withWeights(weights: Readonly<Record<string, Tensor>>): OnnxModel<Out>;
}

const showDims = (shape: readonly (number | string)[]): string => `[${shape.join(", ")}]`;
const showValue = ({ name, dtype, shape }: OnnxValue): string =>
  `${name}: ${dtype ?? "any type"}${shape === null ? "" : showDims(shape)}`;
const showInputs = (inputs: readonly OnnxValue[]): string =>
  inputs.length === 0 ? "none" : inputs.map(showValue).join("; ");

const isRecord = (value: unknown): value is Readonly<Record<string, TensorLike>> =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Tensor);

/** Puts what a person passed in the order of the inputs. */
function inOrderOf(inputs: readonly OnnxValue[], given: readonly unknown[]): readonly unknown[] {
  if (given.length === 1 && isRecord(given[0])) {
    const [record] = given;
    const odd = Object.keys(record).filter((key) => !inputs.some(({ name }) => name === key));
    const missing = inputs.filter(({ name }) => !Object.hasOwn(record, name));
    if (odd.length === 0 && missing.length === 0) return inputs.map(({ name }) => record[name]);
    const what =
      odd.length > 0
        ? `there is no input ${listNames(odd)}`
        : `${listNames(missing.map(({ name }) => name))} is missing`;
    throw new ArgumentError(`ONNX model: ${what}. Its inputs are ${showInputs(inputs)}.`);
  }
  if (given.length !== inputs.length) {
    throw new ArgumentError(
      `ONNX model: expected ${inputs.length} input${inputs.length === 1 ? "" : "s"}, got ${given.length}. Its inputs are ` +
        `${showInputs(inputs)}; give them in this order, or by name as one object.`,
    );
  }
  return given;
}

/** One input, as what the file says it is. A model of floats takes float64 too, and then computes in it. */
function checkedInput(input: OnnxValue, value: unknown): Tensor {
  const expected: DType = input.dtype ?? "float32";
  if (typeof value === "number" || typeof value === "boolean")
    return checkedInput(input, tensor(value, { dtype: expected }));
  if (!(value instanceof Tensor)) {
    throw new ArgumentError(
      `ONNX model: expected a tensor for ${showValue(input)}, got ${describe(value)}. Make one with tensor(…).`,
    );
  }
  const fits = input.dtype === null || value.dtype === expected || (isFloating(expected) && isFloating(value.dtype));
  if (!fits) {
    throw new DTypeError(
      `ONNX model: expected ${showValue(input)}, got ${value.dtype}${showShape(value.shape)}. Convert it with .to("${expected}").`,
    );
  }
  return value;
}

/** The shapes must be those of the file, and an extent with a name the same wherever the name is. */
function checkShapes(inputs: readonly OnnxValue[], given: readonly Tensor[]): void {
  const extents = new Map<string, { extent: number; input: string }>();
  for (const [i, input] of inputs.entries()) {
    const { shape } = given[i];
    if (input.shape === null) continue;
    if (
      shape.length !== input.shape.length ||
      input.shape.some((dim, d) => typeof dim === "number" && dim !== shape[d])
    ) {
      throw new ShapeError(
        `ONNX model: expected ${showValue(input)}, got ${showShape(shape)}. ` +
          (shape.length === input.shape.length - 1
            ? "Add the axis that is missing with expandDims."
            : "Change the input, or export the model with open extents (dynamic axes)."),
      );
    }
    for (const [d, dim] of input.shape.entries()) {
      if (typeof dim === "number" || dim === "?") continue;
      const before = extents.get(dim);
      if (before !== undefined && before.extent !== shape[d]) {
        throw new ShapeError(
          `ONNX model: the extent "${dim}" is ${before.extent} in ${before.input} and ${shape[d]} in ${input.name}. ` +
            `Its inputs are ${showInputs(inputs)}; extents of one name must be equal.`,
        );
      }
      extents.set(dim, { extent: shape[d], input: input.name });
    }
  }
}

/** The weights a person gave, each for one of the file's and of its shape. */
function checkedWeights(known: Readonly<Record<string, Tensor>>, given: unknown): ReadonlyMap<string, Tensor> {
  if (!isRecord(given)) {
    throw new ArgumentError(
      `withWeights: expected an object of tensors by name, got ${describe(given)}. Start from model.weights.`,
    );
  }
  return new Map(
    Object.entries(given).map(([name, value]): [string, Tensor] => {
      if (!Object.hasOwn(known, name)) {
        throw new ArgumentError(
          `withWeights: the model has no weight "${name}". It has ${listNames(Object.keys(known))}.`,
        );
      }
      const { shape } = known[name];
      if (!(value instanceof Tensor) || !isFloating(value.dtype) || String(value.shape) !== String(shape)) {
        const got = value instanceof Tensor ? `${value.dtype}${showShape(value.shape)}` : describe(value);
        throw new ShapeError(
          `withWeights: expected a floating tensor of shape ${showShape(shape)} for "${name}", got ${got}. Start from model.weights.`,
        );
      }
      return [name, value];
    }),
  );
}

/** What is returned: the values, and whether it is one tensor rather than a record. */
interface Wanted {
  readonly outputs: readonly OnnxValue[];
  readonly isOne: boolean;
}

function wantedOf(model: Model, asked: string | readonly string[] | undefined): Wanted {
  const { outputs, inputs, nodes, initializers } = model.graph;
  if (asked === undefined) {
    if (outputs.length === 0)
      throw new ArgumentError('importOnnx: the model has no outputs. Name a value with { outputs: "name" }.');
    return { outputs, isOne: outputs.length === 1 };
  }
  const names: readonly unknown[] = Array.isArray(asked) ? asked : [asked];
  const known = new Map([...inputs, ...outputs].map((value) => [value.name, value]));
  const made = new Set(nodes.flatMap((node) => node.outputs).filter((name) => name !== ""));
  const found = names.map((name): OnnxValue => {
    if (typeof name === "string") {
      const value = known.get(name);
      if (value !== undefined) return value;
      if (made.has(name) || initializers.has(name)) return { name, dtype: null, shape: null };
    }
    throw new ArgumentError(
      `importOnnx: the model has no value ${typeof name === "string" ? `"${name}"` : describe(name)}. Its outputs are ` +
        `${listNames(outputs.map((each) => each.name))}; values inside it can be named too.`,
    );
  });
  if (found.length === 0)
    throw new ArgumentError(
      "importOnnx: expected at least one name in outputs, got none. Leave it out for all outputs.",
    );
  return { outputs: found, isOne: !Array.isArray(asked) };
}

/** The floating weights that nodes read, or that are outputs themselves. */
function weightsFor(
  { graph }: Model,
  nodes: readonly ModelNode[],
  outputs: readonly OnnxValue[],
): Record<string, Tensor> {
  const read = new Set([...nodes.flatMap(namesRead), ...outputs.map(({ name }) => name)]);
  return Object.fromEntries([...graph.initializers].filter(([name, { dtype }]) => read.has(name) && isFloating(dtype)));
}

/** What of a model stays the same whatever its weights. */
interface Prepared {
  readonly model: Model;
  readonly wanted: Wanted;
  readonly nodes: readonly ModelNode[];
  readonly weights: Readonly<Record<string, Tensor>>;
  readonly dtype: FloatingDType | undefined;
}

function modelWith<Out extends OnnxResult>(prepared: Prepared, given: ReadonlyMap<string, Tensor>): OnnxModel<Out> {
  const { model, wanted, nodes, dtype } = prepared;
  const machine = new Machine(model, dtype, given);
  const { inputs } = model.graph;
  const names = wanted.outputs.map(({ name }) => name);
  const call = (...args: unknown[]): OnnxResult => {
    const tensors = inOrderOf(inputs, args).map((value, i) => checkedInput(inputs[i], value));
    checkShapes(inputs, tensors);
    const results = machine.run(new Map(inputs.map(({ name }, i) => [name, tensors[i]])), nodes, names);
    return wanted.isOne ? results[0] : Object.fromEntries(names.map((name, i) => [name, results[i]]));
  };
  const named = nameFunction(
    call,
    "model",
    inputs.map(({ name }) => name),
    wanted.isOne ? names[0] : undefined,
  );
  const weights = Object.freeze({ ...prepared.weights, ...Object.fromEntries(given) });
  return Object.assign(named as (...args: unknown[]) => Out, {
    inputs,
    outputs: wanted.outputs,
    weights,
    opset: model.opset,
    producer: model.producer,
    withWeights: (replaced: Readonly<Record<string, Tensor>>): OnnxModel<Out> =>
      modelWith(prepared, new Map([...given, ...checkedWeights(prepared.weights, replaced)])),
  });
}

/**
 * A model in the ONNX format as a function of tensors, so that `jacrev`, `hessian`, `grad`, `vmap` and `jit` work on what
 * was trained elsewhere. Inputs are passed in the order of `model.inputs`, or by name as one object; one output comes back
 * as a tensor, several as an object by name. Derivatives with respect to weights go through `model.withWeights`.
 *
 * Whole numbers of a model are int32 here, half precision is float32; an input in float64 makes it compute in float64.
 * Large weights are views of `bytes`: do not change these while the model is in use.
 *
 * Reads opsets 7 to 25; docs/onnx.md lists the operators.
 * @param bytes the whole file
 * @throws {ArgumentError} where the file is damaged or cut off, and once for all operators that cannot be imported
 * @example const model = await importOnnx(await readFile("classifier.onnx"));  jacrev(model)(image)   // [1, classes, ...image]
 * @example const { mean } = (await importOnnx(bytes, { outputs: ["mean", "logVariance"] }))(x)
 */
export function importOnnx<const Name extends string>(
  bytes: Uint8Array | ArrayBuffer,
  options: ImportOnnxOptions & { readonly outputs: readonly Name[] },
): Promise<OnnxModel<Readonly<Record<Name, Tensor>>>>;
export function importOnnx<Out extends OnnxResult = Tensor>(
  bytes: Uint8Array | ArrayBuffer,
  options?: ImportOnnxOptions & { readonly outputs?: string },
): Promise<OnnxModel<Out>>;
export async function importOnnx(
  bytes: Uint8Array | ArrayBuffer,
  options: ImportOnnxOptions = {},
): Promise<OnnxModel<OnnxResult>> {
  if (!(bytes instanceof Uint8Array) && !(bytes instanceof ArrayBuffer)) {
    throw new ArgumentError(
      `importOnnx: expected the bytes of a file, got ${describe(bytes)}. Read it with readFile first.`,
    );
  }
  requireOptionsObject("importOnnx", options, '{ outputs: "logits" }');
  const { dtype } = options;
  if (dtype !== undefined && dtype !== "float32" && dtype !== "float64") {
    throw new DTypeError(`importOnnx: expected dtype to be "float32" or "float64", got ${String(dtype)}.`);
  }
  // Few sessions read models, and the schema of the format takes its time to load.
  const { readModel } = await import("./read-model.ts");
  const model = readModel(bytes instanceof ArrayBuffer ? new Uint8Array(bytes) : bytes, options);
  const wanted = wantedOf(model, options.outputs);
  const nodes = nodesFor(
    model.graph,
    wanted.outputs.map(({ name }) => name),
  );
  checkOperators(model, nodes);
  const weights = weightsFor(model, nodes, wanted.outputs);
  return modelWith({ model, wanted, nodes, weights, dtype }, new Map());
}
