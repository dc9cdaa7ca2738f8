/** @file The kernel's values as the display meets them: which of them have a picture, and what it reads of each. */
import { Comparison, Measurement, Tensor } from "cotangent";

/** What a picture needs of a tensor. */
export type TensorValue = Pick<Tensor, "shape" | "dtype" | "provenance" | "dataSync">;
export type TensorData = ReturnType<Tensor["dataSync"]>;

/** A value of the kernel that can be drawn. */
export type Pictured = Tensor | Measurement | Comparison;

export const isTensor = (value: unknown): value is Tensor => value instanceof Tensor;
export const isMeasurement = (value: unknown): value is Measurement => value instanceof Measurement;
export const isComparison = (value: unknown): value is Comparison => value instanceof Comparison;

/** A value that says best itself what it is, in its `toString`. */
export const isKernelValue = (value: unknown): value is Pictured =>
  isTensor(value) || isMeasurement(value) || isComparison(value);

/** A tensor that escaped from a running transform (`vmap`) has no entries: its text says where it belongs. */
export const isPictured = (value: unknown): value is Pictured =>
  isTensor(value) ? value.node.trace === null : isMeasurement(value) || isComparison(value);
