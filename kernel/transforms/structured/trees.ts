/** @file From a call to what the options structured and diagonal give, nested as the tensors would be. */

import { whileTransforming } from "../../graph/retention.ts";
import type { Shape } from "../../shape.ts";
import type { Structured } from "../../structure/term.ts";
import { Tensor } from "../../tensor.ts";
import { type Matrices, matricesByElimination, type SecondMatrices, secondMatricesByElimination } from "../blocks.ts";
import { begin, type Call, nested, provenanceOf, selected } from "../jacobian-tree.ts";
import type { AnyFunction, ArgnumsOption, AuxOption } from "../types.ts";
import { computedBy, diagonalNode, requireSquare } from "./diagonal.ts";
import { StructuredJacobian } from "./structured-jacobian.ts";

type Options = ArgnumsOption & AuxOption;

/** Without entries where output and input are unrelated. */
function matrixOf(given: Structured | null, call: Call, row: number, columns: readonly number[]): Structured {
  const output = call.recorded.out.nodes[row];
  const inputs = columns.flatMap((column) => call.primals.nodes[column].shape);
  return given ?? { shape: [...output.shape, ...inputs], dtype: output.dtype, terms: [] };
}

const shapesOf = ({ recorded, primals }: Call, row: number, column: number): { output: Shape; input: Shape } => ({
  output: recorded.out.nodes[row].shape,
  input: primals.nodes[column].shape,
});

/** Runs `f` and makes leaves of it, as one transform. */
const derived = (
  transform: string,
  f: AnyFunction,
  args: readonly unknown[],
  options: Options,
  make: (call: Call) => unknown,
): unknown => whileTransforming(() => make(begin(transform, f, args, options)));

export const structuredJacobians = (
  transform: string,
  f: AnyFunction,
  args: readonly unknown[],
  options: Options,
): unknown =>
  derived(transform, f, args, options, (call) => {
    const matrices: Matrices = matricesByElimination(call.recorded.marks, call.recorded.out.nodes);
    return nested(call, (row, column) => {
      const matrix = matrixOf(matrices[row][column], call, row, [column]);
      const { output } = shapesOf(call, row, column);
      return new StructuredJacobian(matrix, output.length, 0, provenanceOf(call, row, [column]));
    });
  });

export const structuredHessians = (f: AnyFunction, args: readonly unknown[], options: Options): unknown =>
  derived("hessian", f, args, options, (call) => {
    const matrices: SecondMatrices = secondMatricesByElimination(call.recorded.marks, call.recorded.out.nodes);
    return nested(call, (row, first) =>
      selected(call.options, call.primals, (second) => {
        const matrix = matrixOf(matrices[row][first][second], call, row, [first, second]);
        const { output, input } = shapesOf(call, row, first);
        const provenance = provenanceOf(call, row, [first, second]);
        return new StructuredJacobian(matrix, output.length + input.length, output.length, provenance);
      }),
    );
  });

export const jacobianDiagonals = (
  transform: string,
  f: AnyFunction,
  args: readonly unknown[],
  options: Options,
): unknown =>
  derived(transform, f, args, options, (call) => {
    const { nodes } = call.recorded.out;
    for (const { shape } of nodes) for (const input of call.primals.nodes) requireSquare(transform, shape, input.shape);
    const matrices = matricesByElimination(call.recorded.marks, call.recorded.out.nodes);
    const computed = computedBy(nodes);
    return nested(call, (row, column) => {
      const { shape, dtype } = nodes[row];
      return new Tensor(diagonalNode(transform, matrices[row][column], shape.length, shape, dtype, computed));
    });
  });

export const hessianDiagonals = (f: AnyFunction, args: readonly unknown[], options: Options): unknown =>
  derived("hessian", f, args, options, (call) => {
    const { nodes } = call.recorded.out;
    const matrices = secondMatricesByElimination(call.recorded.marks, call.recorded.out.nodes);
    const computed = computedBy(nodes);
    return nested(call, (row, column) => {
      const { output, input } = shapesOf(call, row, column);
      const matrix = matrices[row][column][column];
      const shape = [...output, ...input];
      return new Tensor(diagonalNode("hessian", matrix, input.length, shape, nodes[row].dtype, computed));
    });
  });
