/**
 * @file The derivative of a scan. Forward mode carries tangents beside the values. Reverse mode runs in the other direction
 * over what each iteration had carried in, computes the values of the body anew, and pulls cotangents back through it.
 * Griewank & Walther, Evaluating Derivatives, ch. 12.
 */
import { isFloating } from "../../dtype.ts";
import { add, resultOf, tuple, zerosOf } from "../../emit.ts";
import type { Node } from "../../graph/node.ts";
import { range } from "../../shape.ts";
import { literalValue } from "../elementwise.ts";
import {
  bodyCotangents,
  bodyTangents,
  inputTypes,
  outputTypes,
  tangentFlags,
  untilStable,
  withPlaceholders,
} from "./bodies.ts";
import { emitScan, type ScanParams, split } from "./scan-node.ts";

const isZero = (node: Node): boolean => literalValue(node) === 0;
const indicesOf = (flags: readonly boolean[]): number[] => flags.flatMap((flag, i) => (flag ? [i] : []));

export function scanTangents(
  inputs: readonly Node[],
  tangents: readonly (Node | null)[],
  out: Node,
  scan: ScanParams,
): Node | null {
  const { body, length, reverse, carries } = scan;
  const given = tangents.map((tangent) => tangent !== null);
  const carried = untilStable(given.slice(0, carries), (flags) =>
    tangentFlags(body, [...flags, ...given.slice(carries)]).slice(0, carries),
  );
  const flags = [...carried, ...given.slice(carries)];
  const outputFlags = tangentFlags(body, flags).slice(carries);
  const moved = inputs.map((input, i) => (flags[i] ? (tangents[i] ?? zerosOf(input)) : null));
  const present = (nodes: readonly (Node | null)[]): Node[] => nodes.filter((node) => node !== null);
  const [values, moving] = [split(inputs, scan), split(moved, scan)];
  const both = {
    carries: [...values.carries, ...present(moving.carries)],
    sequences: [...values.sequences, ...present(moving.sequences)],
    constants: [...values.constants, ...present(moving.constants)],
  };
  const node = emitScan(both, { length, reverse }, (given) => {
    const own = (nodes: readonly Node[], like: readonly Node[]): Node[] => nodes.slice(0, like.length);
    const added = (nodes: readonly Node[], like: readonly Node[]): Node[] => nodes.slice(like.length);
    const keys = ["carries", "sequences", "constants"] as const;
    const primals = keys.flatMap((key) => own(given[key], values[key]));
    const spare = keys.flatMap((key) => added(given[key], values[key]));
    let next = 0;
    const result = bodyTangents(
      body,
      primals,
      flags.map((flag) => (flag ? spare[next++] : null)),
    );
    const tangentOf = (i: number): Node => result.tangents[i] ?? zerosOf(result.outputs[i]);
    return {
      carries: [...result.outputs.slice(0, carries), ...indicesOf(carried).map(tangentOf)],
      outputs: [...result.outputs.slice(carries), ...indicesOf(outputFlags).map((i) => tangentOf(carries + i))],
    };
  });
  const [nc, ny] = [carries + indicesOf(carried).length, outputFlags.length + indicesOf(outputFlags).length];
  const pick = (own: readonly boolean[], start: number, types: number): Node[] => {
    let at = start + own.length;
    return own.map((flag, i) => (flag ? resultOf(node, at++) : zerosOf(out.results![types + i])));
  };
  return tuple([
    ...pick(carried, 0, 0),
    ...pick(outputFlags, nc, carries),
    ...pick(carried, nc + ny, carries + outputFlags.length),
  ]);
}

export function scanCotangents(
  cotangent: Node,
  wanted: readonly boolean[],
  inputs: readonly Node[],
  out: Node,
  scan: ScanParams,
): (Node | null)[] {
  const { body, length, reverse, carries } = scan;
  const { sequences, constants } = split(inputs, scan);
  const types = outputTypes(body);
  const outputs = types.length - carries;
  const floating = range(carries).filter((i) => isFloating(types[i].dtype));
  const history = range(carries).map((i) => resultOf(out, carries + outputs + i));
  /** Cotangents of stacked results, where there are any. */
  const arriving = (start: number, places: readonly number[]): readonly number[] =>
    places.filter((i) => isFloating(out.results![start + i].dtype) && !isZero(resultOf(cotangent, start + i)));
  const stacked = arriving(carries, range(outputs));
  const alongside = arriving(carries + outputs, range(carries));
  const wantedInside = inputs.map(({ dtype }, i) => isFloating(dtype) && (i < carries || wanted[i]));

  /** One step back: cotangents of what an iteration took, for those of what it gave. */
  const pulled = (primals: readonly Node[], ofCarry: readonly Node[], ofOutputs: readonly Node[]): (Node | null)[] =>
    bodyCotangents(
      body,
      primals,
      types.map((_, i) =>
        i < carries ? (ofCarry[floating.indexOf(i)] ?? null) : (ofOutputs[stacked.indexOf(i - carries)] ?? null),
      ),
      wantedInside,
    );

  // A first try shows which inputs matter at all.
  const reached = withPlaceholders(
    [...inputTypes(body), ...floating.map((i) => types[i]), ...stacked.map((i) => types[carries + i])],
    (given) => {
      const ofCarry = given.slice(inputs.length, inputs.length + floating.length);
      return pulled(given.slice(0, inputs.length), ofCarry, given.slice(inputs.length + floating.length));
    },
  ).map((gradient) => gradient !== null);
  const sums = range(constants.length).filter((i) => reached[carries + sequences.length + i]);
  const slices = range(sequences.length).filter((i) => reached[carries + i]);
  const node = emitScan(
    {
      carries: [...floating.map((i) => resultOf(cotangent, i)), ...sums.map((i) => zerosOf(constants[i]))],
      sequences: [
        ...history,
        ...sequences,
        ...stacked.map((i) => resultOf(cotangent, carries + i)),
        ...alongside.map((i) => resultOf(cotangent, carries + outputs + i)),
      ],
      constants,
    },
    { length, reverse: !reverse },
    (given) => {
      const read = [...given.sequences];
      const primals = [...read.splice(0, carries + sequences.length), ...given.constants];
      const ofOutputs = read.splice(0, stacked.length);
      const gradients = pulled(primals, given.carries.slice(0, floating.length), ofOutputs);
      return {
        carries: [
          ...floating.map((i) => {
            const own = gradients[i] ?? zerosOf(types[i]);
            const beside = alongside.indexOf(i);
            return beside < 0 ? own : add(own, read[beside]);
          }),
          ...sums.map((i, k) => add(given.carries[floating.length + k], gradients[carries + sequences.length + i]!)),
        ],
        outputs: slices.map((i) => gradients[carries + i]!),
      };
    },
  );
  return inputs.map((_, i) => {
    if (i < carries) return floating.includes(i) ? resultOf(node, floating.indexOf(i)) : null;
    if (i < carries + sequences.length) {
      const place = slices.indexOf(i - carries);
      return place < 0 ? null : resultOf(node, floating.length + sums.length + place);
    }
    const place = sums.indexOf(i - carries - sequences.length);
    return place < 0 ? null : resultOf(node, floating.length + place);
  });
}
