/** @file explain: what a function is compiled to, and how much work that is. */

import { bytesOf } from "../budget.ts";
import { compile } from "../compiler/compile.ts";
import { type KernelWork, totalWork, type Work, workOf } from "../compiler/work.ts";
import { grouped } from "../format.ts";
import { type EliminationReport, type FoundMatrix, watchingEliminations } from "../structure/report.ts";
import { nodesOf } from "./arguments.ts";
import { functionName } from "./naming.ts";
import { requireFunction } from "./options.ts";
import { StructuredJacobian } from "./structured/structured-jacobian.ts";
import { traceFunction } from "./trace.ts";

/** How Jacobians or Hessians were found by elimination, all those of one call of a transform together. */
export interface FoundDerivatives {
  /** One per block: shape, kind, where entries are. */
  readonly blocks: readonly StructuredJacobian[];
  /** In which order the operations between input and output were eliminated: the cheapest of those tried. */
  readonly order: EliminationReport["order"];
  /** How many operations those are. */
  readonly vertices: number;
  /** Of the products along that order, and of writing the result; slopes are not among them. */
  readonly multiplications: number;
  /** Vectors taken through operations whose structure is not known: colours, where one serves several positions. */
  readonly vectors: number;
  /** What the plain way takes: unit vectors through every operation, in one mode or the other. */
  readonly unitVectors: EliminationReport["unitVectors"];
}

/** Plain data, and a table where it is printed. Counts are of one call. */
export class Explanation implements Work {
  /** What was explained. */
  readonly name: string;
  /** Operations of the graph, before fusion. */
  readonly operations: number;
  readonly multiplications: number;
  readonly functions: number;
  readonly bytes: number;
  /** Memory for inputs, results and everything in between. */
  readonly memoryBytes: number;
  readonly outputBytes: number;
  /** What runs, in order. */
  readonly kernels: readonly KernelWork[];
  /** The Jacobians and Hessians in it. */
  readonly derivatives: readonly FoundDerivatives[];

  constructor(fields: Omit<Explanation, "toString">) {
    this.name = fields.name;
    this.operations = fields.operations;
    this.multiplications = fields.multiplications;
    this.functions = fields.functions;
    this.bytes = fields.bytes;
    this.memoryBytes = fields.memoryBytes;
    this.outputBytes = fields.outputBytes;
    this.kernels = fields.kernels;
    this.derivatives = fields.derivatives;
  }

  toString(): string {
    const rows: string[][] = [["kernel", "multiplications", "functions", "bytes moved"]];
    const add = (kernel: KernelWork, depth: number): void => {
      rows.push([
        `${"  ".repeat(depth)}${kernel.name}`,
        ...[kernel.multiplications, kernel.functions, kernel.bytes].map(grouped),
      ]);
      for (const each of kernel.inside) add(each, depth + 1);
    };
    for (const kernel of this.kernels) add(kernel, 0);
    rows.push(["total", ...[this.multiplications, this.functions, this.bytes].map(grouped)]);
    const widths = rows[0].map((_, c) => Math.max(...rows.map((row) => row[c].length)));
    const lines = rows.map((row) =>
      row.map((cell, c) => (c === 0 ? cell.padEnd(widths[c]) : cell.padStart(widths[c]))).join("  "),
    );
    return [
      `${this.name}: ${this.operations} operations in ${this.kernels.length} kernels; results ${grouped(this.outputBytes)} bytes, memory ${grouped(this.memoryBytes)} bytes`,
      ...this.derivatives.flatMap(foundLines),
      ...lines,
    ].join("\n");
  }

  /** Node's `console.log` shows what `toString` says. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }
}

/** The axes have no names: what is explained may be something made of the Jacobian. */
function blockOf(of: string, { matrix, outputAxes, inputAxes }: FoundMatrix): StructuredJacobian {
  const [first, second] = inputAxes;
  const inputs = inputAxes.map((axes) => ({ name: "input", axes }));
  return second === undefined
    ? new StructuredJacobian(matrix, outputAxes, 0, { kind: "jacobian", of, outputAxes, inputs, batchAxes: 0 })
    : new StructuredJacobian(matrix, outputAxes + first, outputAxes, {
        kind: "hessian",
        of,
        outputAxes,
        inputs,
        batchAxes: 0,
      });
}

/** What it is called as a value, as a part of a program. */
const blockLine = (block: StructuredJacobian): string =>
  String(block).replace(/^\w+/, block.provenance?.kind === "hessian" ? "Hessian" : "Jacobian");

function foundLines({ blocks, order, vertices, multiplications, vectors, unitVectors }: FoundDerivatives): string[] {
  const { reverse, forward } = unitVectors;
  const plain =
    reverse === forward
      ? `${grouped(forward)} with unit vectors`
      : `${grouped(reverse)} (reverse) or ${grouped(forward)} (forward) with unit vectors`;
  const operations = `${vertices} ${vertices === 1 ? "operation" : "operations"}`;
  const through =
    vectors === 0
      ? []
      : [`  ${grouped(vectors)} ${vectors === 1 ? "vector" : "vectors"} through operations without structure`];
  return [
    ...blocks.map(blockLine),
    `  ${operations} eliminated in ${order} order: ${grouped(multiplications)} multiplications, ${plain}`,
    ...through,
  ];
}

/**
 * What `f` is compiled to for arguments like the ones given (only their shapes and types matter), as a table: the kernels
 * that run, how many multiplications and evaluations of functions they do, and how many bytes they move. Counted from the
 * code, not measured. The function runs once, on placeholders, so it cannot read values.
 * @example console.log(explain(jacrev(predict, { argnums: 2 }))(weight, bias, x))
 */
export function explain<Args extends readonly unknown[]>(
  f: (...args: Args) => unknown,
): (...args: Args) => Explanation {
  requireFunction("explain", f);
  return (...args) => {
    const given = nodesOf("explain", [...args]);
    const { result, reports } = watchingEliminations(() => traceFunction("explain", f, given));
    const { body } = result;
    const program = compile(body.graph);
    const kernels = workOf(program);
    const outputBytes = body.graph.outputs.reduce((sum, place) => sum + bytesOf(body.graph.nodes[place]), 0);
    return new Explanation({
      name: functionName(f),
      operations: body.graph.nodes.filter(({ op }) => op !== null).length,
      ...totalWork(kernels),
      memoryBytes: program.arenaBytes,
      outputBytes,
      kernels,
      derivatives: reports.map(({ blocks, ...found }) => ({
        blocks: blocks.map((block) => blockOf(functionName(f), block)),
        ...found,
      })),
    });
  };
}
