/**
 * @file scan: a body that runs a fixed number of times. It passes values on from one iteration to the next (the carry),
 * reads one slice of some arrays (the sequences) and gives one slice of others.
 */
import { broadcastLeading, permute, resultOf, tuple } from "../../emit.ts";
import { type Node, type TensorType, tupleType } from "../../graph/node.ts";
import { interpret } from "../../interpret.ts";
import { define, type NDArray } from "../../primitive.ts";
import { moveAxisPermutation, range, sizeOf } from "../../shape.ts";
import { batchFlags, bodyBatch, outputTypes, untilStable, withLeading } from "./bodies.ts";
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

  lowering: {
    kind: "control",
    build(site) {
      const { body, length, reverse } = site.params;
      const { carries, sequences, constants } = split(site.inputs, site.params);
      const types = outputTypes(body);
      const outputs = types.length - carries.length;
      const carryBuffers = carries.map((_, i) => site.result(i) ?? site.allocate(types[i]));
      carries.forEach((from, i) => {
        site.push(copyKernel(from, carryBuffers[i], types[i]));
      });
      const sliceTypes = split(body.graph.inputs, site.params).sequences.map((place) => body.graph.nodes[place]);
      const slices = sliceTypes.map((type) => site.allocate(type));
      const { kernels, outputs: ends } = site.inline(body, [...carryBuffers, ...slices, ...constants]);
      const moving = (buffer: number, { shape }: TensorType) => {
        const size = sizeOf(shape);
        return reverse ? { buffer, offset: (length - 1) * size, advance: -size } : { buffer, offset: 0, advance: size };
      };
      const stacks = (index: number, from: number, type: TensorType) => {
        const buffer = site.result(index);
        return buffer === null ? [] : [{ from: whole(from), to: moving(buffer, type), size: sizeOf(type.shape) }];
      };
      const update = carryUpdates(site, ends, carryBuffers, types);
      site.push({
        kind: "loop",
        times: length,
        before: [
          ...sequences.map((buffer, i) => ({
            from: moving(buffer, sliceTypes[i]),
            to: whole(slices[i]),
            size: sizeOf(sliceTypes[i].shape),
          })),
          ...carryBuffers.flatMap((buffer, i) => stacks(carries.length + outputs + i, buffer, types[i])),
        ],
        body: kernels,
        after: [...range(outputs, carries.length).flatMap((i) => stacks(i, ends[i], types[i])), ...update],
      });
    },
  },
});
