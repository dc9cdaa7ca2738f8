/** @file What the display reads of the kernel's values: as little as it needs, so that it can be tested without one. */

export type TensorData = Float32Array | Float64Array | Int32Array | Uint8Array;

/** What a derivative's axes mean, as the transforms that made it wrote it down. */
export interface ProvenanceValue {
  readonly kind: "jacobian" | "hessian";
  /** Name of the differentiated function, or "output". */
  readonly of: string;
  readonly outputAxes: number;
  /** One for a Jacobian, two for a Hessian. */
  readonly inputs: readonly { readonly name: string; readonly axes: number }[];
  /** Leading axes that vmap added. */
  readonly batchAxes: number;
}

export interface TensorValue {
  readonly shape: readonly number[];
  readonly dtype: "float32" | "float64" | "int32" | "bool";
  readonly provenance?: ProvenanceValue;
  /** Flat and row-major; the tensor's own memory, to be read and not written. */
  dataSync(): TensorData;
  toString(): string;
}

export interface MeasurementValue {
  readonly label: string;
  /** Seconds per call, one for each repetition. */
  readonly times: readonly number[];
  readonly callsPerRepetition: number;
  readonly mean: number;
  readonly median: number;
  toString(): string;
}

export interface ComparisonValue {
  readonly measurements: readonly MeasurementValue[];
  toString(): string;
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

export const isTensor = (value: unknown): value is TensorValue =>
  isObject(value) && Array.isArray(value.shape) && typeof value.dataSync === "function";

export const isMeasurement = (value: unknown): value is MeasurementValue =>
  isObject(value) && Array.isArray(value.times) && typeof value.callsPerRepetition === "number";

export const isComparison = (value: unknown): value is ComparisonValue =>
  isObject(value) && Array.isArray(value.measurements) && value.measurements.every(isMeasurement);
