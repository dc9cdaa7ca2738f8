/** @file The kernel's values as the display meets them: which of them have a picture, and what it reads of each. */
import { Comparison, Explanation, Measurement, StructuredJacobian, Tensor } from "cotangent";
import { isMadeBy } from "../variables/looking.ts";

/** What a picture needs of a tensor. */
export type TensorValue = Pick<Tensor, "shape" | "dtype" | "provenance" | "dataSync">;
export type TensorData = ReturnType<Tensor["dataSync"]>;

/** A value of the kernel that can be drawn. */
export type Pictured = Tensor | StructuredJacobian | Measurement | Comparison;

export const isTensor = (value: unknown): value is Tensor => isMadeBy(value, Tensor);
export const isStructured = (value: unknown): value is StructuredJacobian => isMadeBy(value, StructuredJacobian);
export const isMeasurement = (value: unknown): value is Measurement => isMadeBy(value, Measurement);
export const isComparison = (value: unknown): value is Comparison => isMadeBy(value, Comparison);

export const isExplanation = (value: unknown): value is Explanation => isMadeBy(value, Explanation);

/** A value that says best itself what it is, in its `toString`. */
export const isKernelValue = (value: unknown): value is Pictured | Explanation =>
  isExplanation(value) || isTensor(value) || isStructured(value) || isMeasurement(value) || isComparison(value);

/** What escaped from a running transform (`vmap`) has no entries: its text says where it belongs. */
export const isPictured = (value: unknown): value is Pictured => {
  if (isTensor(value)) return value.node.trace === null;
  return isStructured(value) ? value.hasPattern : isMeasurement(value) || isComparison(value);
};
