/** @file Measurements as plain data, to be kept in a file and compared with later ones. */
import { ArgumentError } from "../errors.ts";
import type { Environment } from "./environment.ts";
import { Measurement } from "./measurement.ts";

const FORMAT = "cotangent.benchmark";
const VERSION = 1;

/** What `JSON.stringify` of a `Comparison` writes. */
export interface BenchmarkRecord {
  readonly format: typeof FORMAT;
  /** Grows when a field changes its meaning. */
  readonly version: typeof VERSION;
  /** Whether the measurements took turns. */
  readonly interleaved: boolean;
  readonly measurements: readonly MeasurementRecord[];
}

interface MeasurementRecord {
  readonly label: string;
  readonly description: string;
  /** Seconds per call, in the order they were taken. */
  readonly times: readonly number[];
  readonly callsPerRepetition: number;
  readonly resultBytes: number;
  readonly environment?: Environment;
  readonly wait?: number;
}

export const recordOf = (measurements: readonly Measurement[], interleaved: boolean): BenchmarkRecord => ({
  format: FORMAT,
  version: VERSION,
  interleaved,
  measurements: measurements.map(
    ({ label, description, times, callsPerRepetition, resultBytes, environment, wait }) => ({
      label,
      description,
      times,
      callsPerRepetition,
      resultBytes,
      ...(environment && { environment }),
      ...(wait !== undefined && { wait }),
    }),
  ),
});

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

const isTimes = (value: unknown): value is number[] =>
  Array.isArray(value) && value.length > 0 && value.every((time) => Number.isFinite(time) && time >= 0);

/** One that is damaged counts as unknown: the times are worth something without it. */
function readEnvironment(value: unknown): Environment | undefined {
  if (!isRecord(value) || !isRecord(value.machine)) return undefined;
  const { backend, threads, fusedMultiplyAdd, date, device } = value;
  const isWhole =
    typeof backend === "string" &&
    typeof threads === "number" &&
    typeof fusedMultiplyAdd === "boolean" &&
    typeof date === "string";
  if (!isWhole) return undefined;
  const named = typeof device === "string" ? { device } : {};
  return { backend, threads, fusedMultiplyAdd, ...named, date, machine: value.machine };
}

function readMeasurement(value: unknown): Measurement {
  const fields = isRecord(value) ? value : {};
  const { label, description, times, callsPerRepetition, resultBytes, environment, wait } = fields;
  if (
    typeof label !== "string" ||
    typeof description !== "string" ||
    !isTimes(times) ||
    typeof callsPerRepetition !== "number" ||
    typeof resultBytes !== "number"
  ) {
    throw new ArgumentError("Comparison.from: a measurement of this record is incomplete. Measure and save it anew.");
  }
  return new Measurement({
    label,
    description,
    times,
    callsPerRepetition,
    resultBytes,
    environment: readEnvironment(environment),
    wait: typeof wait === "number" && wait >= 0 ? wait : undefined,
  });
}

/** The measurements of a record, which may come from a file that somebody edited or a later version wrote. */
export function readRecord(json: unknown): { readonly measurements: readonly Measurement[]; interleaved: boolean } {
  const { format, version, interleaved, measurements } = isRecord(json) ? json : {};
  if (format !== FORMAT || !Array.isArray(measurements) || measurements.length === 0) {
    throw new ArgumentError(
      "Comparison.from: expected a record of a benchmark, as JSON.stringify writes of a Comparison.",
    );
  }
  if (version !== VERSION) {
    throw new ArgumentError(
      `Comparison.from: this record is of version ${String(version)}, and this Cotangent reads version ${VERSION}. Update the one or measure anew.`,
    );
  }
  return { measurements: measurements.map(readMeasurement), interleaved: interleaved === true };
}
