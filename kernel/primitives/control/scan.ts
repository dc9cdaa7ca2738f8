/**
 * @file scan: a body that runs a fixed number of times. It passes values on from one iteration to the next (the carry),
 * reads one slice of some arrays (the sequences) and gives one slice of others.
 */

import { broadcastLeading, permute, resultOf, tuple } from "../../emit.ts";
import { needed, readInputs } from "../../graph/body.ts";
import { type Node, type TensorType, tupleType } from "../../graph/node.ts";
import { interpret } from "../../interpret.ts";
import type { BufferId, Copy, Moving } from "../../loops/ir.ts";
import { hoist, writeInPlace } from "../../loops/iteration.ts";
import { buffersWritten } from "../../loops/walk.ts";
import { scanForm } from "../../onnx/forms/control.ts";
import { type ControlSite, define, type NDArray } from "../../primitive.ts";
import { moveAxisPermutation, range, sizeOf } from "../../shape.ts";
import { dependence } from "../../walks/dependence.ts";
import { batchFlags, bodyBatch, inputTypes, outputTypes, tangentFlags, untilStable, withLeading } from "./bodies.ts";
import { carryUpdates, copyKernel, whole } from "./copies.ts";
import { scanCotangents, scanTangents } from "./scan-derivative.ts";
import { emitScan, type ScanParams, split } from "./scan-node.ts";

declare module "../../primitive.ts" {
  interface PrimitiveParams {
    /** Results: the last carry, the stacked outputs, and what each iteration had carried in, stacked. */
    scan: ScanParams;
  }
}

define("scan", {
  infer(inputs, params) {
    const { body, length, carries } = params;
    const stacked = outputTypes(body).slice(carries);
    const carried = inputs.slice(0, carries).map(({ shape, dtype }): TensorType => ({ shape, dtype }));
    return tupleType([
      ...carried,
      ...stacked.map((type) => withLeading(length, type)),
      ...carried.map((type) => withLeading(length, type)),
    ]);
  },

  evaluate(inputs, out, params) {
    const { body, length, reverse, carries } = params;
    const { sequences, constants } = split(inputs, params);
    const results = out.results!;
    const outputs = results.length - 2 * carries;
    let carry = inputs.slice(0, carries).map(({ data }) => data);
    const sliceOf = ({ data }: NDArray, t: number): NDArray["data"] => {
      const size = data.length / length;
      return data.subarray(t * size, (t + 1) * size);
    };
    for (let i = 0; i < length; i++) {
      const t = reverse ? length - 1 - i : i;
      carry.forEach((data, c) => {
        sliceOf(results[carries + outputs + c], t).set(data);
      });
      const given = [...carry, ...sequences.map((each) => sliceOf(each, t)), ...constants.map(({ data }) => data)];
      const values = interpret(body.graph, given).map(({ data }) => data);
      carry = values.slice(0, carries);
      for (let k = 0; k < outputs; k++) sliceOf(results[carries + k], t).set(values[carries + k]);
    }
    carry.forEach((data, c) => {
      results[c].data.set(data);
    });
  },

  derivative: { kind: "jvp", jvp: scanTangents, pull: scanCotangents },

  batch(inputs, batched, size, params) {
    const { body, length, reverse, carries } = params;
    const rest = batched.slice(carries);
    const flags = untilStable(batched.slice(0, carries), (carry) =>
      batchFlags(body, [...carry, ...rest], size).slice(0, carries),
    );
    const outputFlags = batchFlags(body, [...flags, ...rest], size).slice(carries);
    const parts = split(inputs, params);
    const first = parts.carries.map((node, i) => (flags[i] && !batched[i] ? broadcastLeading(node, [size]) : node));
    // Sequences keep their own axis in front, where the loop runs.
    const swapped = (node: Node): Node => permute(node, moveAxisPermutation(node.shape.length, 1, 0));
    const sequences = parts.sequences.map((node, i) => (batched[carries + i] ? swapped(node) : node));
    const node = emitScan({ carries: first, sequences, constants: parts.constants }, { length, reverse }, (given) => {
      const all = [...given.carries, ...given.sequences, ...given.constants];
      const out = bodyBatch(body, all, [...flags, ...rest], size);
      const next = out.batched.map((each, i) => {
        if (each !== null) return each;
        return i < carries && flags[i] ? broadcastLeading(out.outputs[i], [size]) : out.outputs[i];
      });
      return { carries: next.slice(0, carries), outputs: next.slice(carries) };
    });
    const isBatched = [...flags, ...outputFlags, ...flags];
    return tuple(
      isBatched.map((flag, i) => {
        const result = resultOf(node, i);
        if (!flag) return broadcastLeading(result, [size]);
        return i < carries ? result : swapped(result);
      }),
    );
  },

  dependence(flags, { body, carries }) {
    const rest = flags.slice(carries);
    const step = (carried: readonly boolean[]): boolean[] => dependence(body.graph, [...carried, ...rest]);
    const carried = untilStable(flags.slice(0, carries), (each) => step(each).slice(0, carries));
    return [...carried, ...step(carried).slice(carries), ...carried];
  },

  parallel(inputs, flags, out, params) {
    const { body, length, carries } = params;
    const { sequences, constants } = split(inputs, params);
    const found = tangentFlags(body, flags);
    if (flags.slice(0, carries).includes(true) || found.slice(0, carries).includes(true)) return null;
    // What each iteration had carried in is a result.
    const outputs = out.results!.length - 2 * carries;
    const carried = range(carries, carries + outputs).map((i) => resultOf(out, i));
    const isPerIteration = [...carried.map(() => true), ...sequences.map(() => true), ...constants.map(() => false)];
    const each = bodyBatch(body, [...carried, ...sequences, ...constants], isPerIteration, length);
    // What only depends on constants is the same in all iterations.
    const stacked = each.outputs.map((output, i) => each.batched[i] ?? broadcastLeading(output, [length]));
    const results = out.results!.map((_, i) => (i < found.length && found[i] ? stacked[i] : null));
    return { results, fixed: carried };
  },

  lowering: { kind: "control", build: buildScan },
  onnx: scanForm,
});

/**
 * Which outputs of the body are needed: those that somebody reads, and the carries that these depend on.
 * @param isRead whether anybody reads what becomes of an output
 */
function neededOutputs({ body, carries }: ScanParams, isRead: (output: number) => boolean): number[] {
  let kept = range(body.graph.outputs.length).filter(isRead);
  for (;;) {
    const read = readInputs(needed(body, kept));
    const more = range(body.graph.outputs.length).filter((i) => kept.includes(i) || (i < carries && read[i]));
    if (more.length === kept.length) return kept;
    kept = more;
  }
}

function buildScan(site: ControlSite<ScanParams>): void {
  const { body, length, reverse, carries } = site.params;
  const given = split(site.inputs, site.params);
  const types = outputTypes(body);
  const outputs = types.length - carries;
  const historyOf = (carry: number): BufferId | null => site.result(carries + outputs + carry);
  const kept = neededOutputs(site.params, (i) => site.result(i) !== null || (i < carries && historyOf(i) !== null));
  const part = needed(body, kept);
  const isInputRead = readInputs(part);

  const carried = range(carries).filter((i) => kept.includes(i));
  const carryBuffers = carried.map((i) => site.result(i) ?? site.allocate(types[i]));
  carried.forEach((i, k) => {
    site.push(copyKernel(given.carries[i], carryBuffers[k], types[i]));
  });
  const sliced = range(given.sequences.length).filter((i) => isInputRead[carries + i]);
  const sliceTypes = inputTypes(body).slice(carries);
  const slices = new Map(sliced.map((i) => [i, site.allocate(sliceTypes[i])]));
  // An input that is not read needs no buffer of its own: any will do.
  const { kernels, outputs: ends } = site.inline(part, [
    ...range(carries).map((i) => carryBuffers[carried.indexOf(i)] ?? given.carries[i]),
    ...given.sequences.map((buffer, i) => slices.get(i) ?? buffer),
    ...given.constants,
  ]);
  const { once, each } = hoist(kernels, [...carryBuffers, ...slices.values()]);
  for (const kernel of once) site.push(kernel);
  const fixed = new Set([...slices.values(), ...given.constants, ...once.flatMap(buffersWritten)]);
  const step = writeInPlace(each, ends, carryBuffers, fixed);

  const moving = (buffer: BufferId, { shape }: TensorType): Moving => {
    const size = sizeOf(shape);
    return reverse ? { buffer, offset: (length - 1) * size, advance: -size } : { buffer, offset: 0, advance: size };
  };
  const stacked = (from: BufferId, to: BufferId | null, type: TensorType): Copy[] =>
    to === null ? [] : [{ from: whole(from), to: moving(to, type), size: sizeOf(type.shape) }];
  site.push({
    kind: "loop",
    times: length,
    before: [
      ...sliced.map((i) => ({
        from: moving(given.sequences[i], sliceTypes[i]),
        to: whole(slices.get(i)!),
        size: sizeOf(sliceTypes[i].shape),
      })),
      ...carried.flatMap((i, k) => stacked(carryBuffers[k], historyOf(i), types[i])),
    ],
    body: step.kernels,
    after: [
      ...kept.flatMap((i, k) => (i < carries ? [] : stacked(step.ends[k], site.result(i), types[i]))),
      ...carryUpdates(
        site,
        step.ends,
        carryBuffers,
        carried.map((i) => types[i]),
      ),
    ],
  });
}
