/**
 * @file The public API of the kernel, and its wiring: fills the registry of primitives, hangs methods on Tensor, installs
 * what evaluates.
 */
import "./primitives/all.ts";
import "./methods.ts";
import { useBackend } from "./runtime/choose.ts";
import { dispose, evaluate, release } from "./runtime/evaluate.ts";
import { registerEvaluator } from "./tensor.ts";

registerEvaluator({ evaluate, dispose, release });
useBackend("wasm");

export type { OnnxRuntime } from "./backends/onnx/runtime.ts";
export {
  type AsyncBenchmarkOptions,
  type BenchmarkCase,
  type BenchmarkOptions,
  type BenchmarkStatements,
  benchmark,
  benchmarkAsync,
} from "./bench/benchmark.ts";
export { Comparison, compare, type Ratio } from "./bench/comparison.ts";
export { describeMachine, type Environment, type Machine } from "./bench/environment.ts";
export { Measurement } from "./bench/measurement.ts";
export type { BenchmarkRecord } from "./bench/record.ts";
export { Timer, type TimerOptions } from "./bench/timer.ts";
export { memoryBudget, setMemoryBudget } from "./budget.ts";
export { type DType, defaultDtype, type FloatingDType, setDefaultDtype, type TypedArray } from "./dtype.ts";
export {
  ArgumentError,
  DTypeError,
  GradientError,
  type GradientMismatch,
  KernelError,
  MemoryError,
  NumericsError,
  type NumericsFinding,
  ShapeError,
  StructureError,
  TraceError,
} from "./errors.ts";
export { printDigits, setPrintDigits } from "./format.ts";
export * from "./functions/choice.ts";
export {
  type Complex,
  type ComplexLike,
  complexAbs,
  complexAngle,
  complexConj,
  complexMul,
} from "./functions/complex.ts";
export * from "./functions/creation.ts";
export * from "./functions/diagonals.ts";
export * from "./functions/elementwise.ts";
export * from "./functions/fft.ts";
export * from "./functions/grids.ts";
export * from "./functions/indexing/counting.ts";
export * from "./functions/indexing/indexing.ts";
export * from "./functions/indexing/scatter.ts";
export * from "./functions/indexing/selection.ts";
export * from "./functions/indexing/sorting.ts";
export * from "./functions/joining.ts";
export * from "./functions/linalg/factorizations.ts";
export * from "./functions/linalg/matrix-functions.ts";
export * from "./functions/linalg/solvers.ts";
export * from "./functions/nn/activation.ts";
export * from "./functions/nn/attention.ts";
export * from "./functions/nn/convolution.ts";
export * from "./functions/nn/losses.ts";
export * from "./functions/nn/normalization.ts";
export * from "./functions/nn/pooling.ts";
export type { PerAxis } from "./functions/nn/spatial.ts";
export * from "./functions/product.ts";
export * from "./functions/random/discrete-distributions.ts";
export type { DistributionOptions } from "./functions/random/distribution-request.ts";
export * from "./functions/random/distributions.ts";
export type { GeneratorOption, RandomOptions } from "./functions/random/draw.ts";
export * from "./functions/random/random.ts";
export * from "./functions/reduction.ts";
export * from "./functions/shape.ts";
export * from "./functions/special.ts";
export { type MappedTree, ravel, treeLeaves, treeMap } from "./functions/tree.ts";
export type { NamedGraph, NamedNode } from "./graph/print.ts";
export { exportOnnx, type OnnxOptions } from "./onnx/export/export-onnx.ts";
export {
  type ImportOnnxOptions,
  importOnnx,
  type OnnxModel,
  type OnnxResult,
} from "./onnx/import/import-onnx.ts";
export type { OnnxValue } from "./onnx/import/model.ts";
export type { ExternalData } from "./onnx/import/read-tensor.ts";
export { onProgress, type ProgressListener, type Work } from "./progress.ts";
export { Generator } from "./random/torch-generator.ts";
export {
  type BackendName,
  backendName,
  fusedMultiplyAdd,
  type Place,
  setDefaultBackend,
  setFusedMultiplyAdd,
  useBackend,
} from "./runtime/choose.ts";
export { deviceGet, isHere } from "./runtime/device-get.ts";
export { loseWebGPU, type ProcessorInfo, provideWebGPU, webgpuInfo } from "./runtime/graphics.ts";
export { debugNumerics, type NumericsChecks } from "./runtime/numerics.ts";
export { type OnnxRuntimeProvider, provideOnnxRuntime } from "./runtime/onnx.ts";
export { type Compilation, compilationCount, compilations } from "./runtime/programs.ts";
export { setThreads, threads } from "./runtime/threads.ts";
export type { Shape } from "./shape.ts";
export { type Nested, type Provenance, Tensor, type TensorLike } from "./tensor.ts";
export { type CheckGradsOptions, checkGrads } from "./transforms/check-grads.ts";
export { checkpoint } from "./transforms/checkpoint.ts";
export { cond } from "./transforms/control-flow/cond.ts";
export { map, type ScanOptions, scan } from "./transforms/control-flow/scan.ts";
export { forLoop, whileLoop } from "./transforms/control-flow/while-loop.ts";
export { type CustomOptions, customJvp, customVjp } from "./transforms/custom.ts";
export { Explanation, explain } from "./transforms/explain.ts";
export { type JvpOptions, jvp, linearize } from "./transforms/forward.ts";
export {
  type HessianFunction,
  hessian,
  type JacobianFunction,
  type JacobianLeaf,
  type JacobianOptions,
  jacfwd,
  jacobian,
  jacrev,
  type Strategy,
} from "./transforms/jacobian.ts";
export { type JitOptions, jit } from "./transforms/jit.ts";
export { makeGraph, TracedGraph } from "./transforms/make-graph.ts";
export { hvp, vhp } from "./transforms/products.ts";
export { grad, valueAndGrad, vjp } from "./transforms/reverse.ts";
export type { MatrixKind } from "./transforms/structured/kinds.ts";
export {
  type COO,
  type Colors,
  type CSR,
  StructuredJacobian,
} from "./transforms/structured/structured-jacobian.ts";
export type { Argnums, JacobianTree, Selected, TensorTree } from "./transforms/types.ts";
export { type AxisTree, type VmapOptions, vmap } from "./transforms/vmap.ts";
