/** @file The backends by name, which of them is in use, and moving values between the places where they compute. */
import type { Backend, StorageType } from "../backends/backend.ts";
import type { OnnxBackendName } from "../backends/onnx/session.ts";
import { referenceBackend } from "../backends/reference.ts";
import { wasmBackend } from "../backends/wasm/backend.ts";
import { hasRelaxedSimd } from "../backends/wasm/code/features.ts";
import type { DType } from "../dtype.ts";
import { ArgumentError, DTypeError } from "../errors.ts";
import { constantNode } from "../graph/node.ts";
import type { Data } from "../remote.ts";
import { Tensor } from "../tensor.ts";
import { currentBackend, setBackend, transferred } from "./evaluate.ts";
import { startedGraphics, startGraphics } from "./graphics.ts";
import { startedOnnx, startOnnx } from "./onnx.ts";

/** A place where the values of tensors can be: here, where WebAssembly computes, or on the graphics processor. */
export type Place = "wasm" | "webgpu";

/** What can compute. */
export type BackendName = "wasm" | "webgpu" | "onnx-wasm" | "onnx-webgpu" | "reference";

let fusing = true;

const onnxNotStarted = (name: OnnxBackendName): string =>
  `onnxruntime was not started, which takes time: await setDefaultBackend("${name}") starts it and computes with it ` +
  "from then on.";

const NOT_STARTED: Partial<Record<BackendName, string>> = {
  webgpu:
    'the graphics processor was not started, which takes time: await setDefaultBackend("webgpu") starts it and computes ' +
    'with it from then on; await x.to("webgpu") starts it and moves one tensor there.',
  "onnx-wasm": onnxNotStarted("onnx-wasm"),
  "onnx-webgpu": onnxNotStarted("onnx-webgpu"),
};

const backends: Readonly<Record<BackendName, () => Backend | undefined>> = {
  wasm: () => wasmBackend({ fused: fusedMultiplyAdd() }),
  webgpu: startedGraphics,
  "onnx-wasm": () => startedOnnx("onnx-wasm"),
  "onnx-webgpu": () => startedOnnx("onnx-webgpu"),
  reference: () => referenceBackend,
};

/** Throws unless there is a backend of that name. */
export function requireBackendName(asked: string, name: unknown): asserts name is BackendName {
  if (typeof name === "string" && Object.hasOwn(backends, name)) return;
  const names = Object.keys(backends).map((each) => `"${each}"`);
  throw new ArgumentError(
    `${asked}: expected ${names.slice(0, -1).join(", ")} or ${names.at(-1)}, got "${String(name)}".`,
  );
}

/** The backend of that name, which must have been started. */
export function backendNamed(asked: string, name: BackendName): Backend {
  const backend = backends[name]();
  if (backend === undefined) throw new ArgumentError(`${asked}: ${NOT_STARTED[name]}`);
  return backend;
}

/**
 * Evaluates from now on with the backend of that name: "wasm" (the default), "webgpu" (the graphics processor),
 * "onnx-wasm" and "onnx-webgpu" (onnxruntime), which `setDefaultBackend` starts, or "reference" (plain and slow).
 * @example useBackend("wasm")
 */
export function useBackend(name: string): void {
  requireBackendName("useBackend", name);
  setBackend(backendNamed("useBackend", name));
}

/**
 * Starts the backend of that name if it has to be started, and evaluates with it from then on. A promise, because a
 * graphics processor ("webgpu") or onnxruntime ("onnx-wasm", "onnx-webgpu") is not there at once. Where there is none,
 * the promise is rejected with what to do, and the backend in use stays.
 * @example await setDefaultBackend("wasm")
 */
export async function setDefaultBackend(name: BackendName): Promise<void> {
  requireBackendName("setDefaultBackend", name);
  setBackend(await startedBackend(name));
}

async function startedBackend(name: BackendName): Promise<Backend> {
  if (name === "webgpu") return startGraphics();
  if (name === "onnx-wasm" || name === "onnx-webgpu") return startOnnx(name);
  return backendNamed("setDefaultBackend", name);
}

/** Whether it is the name of a place rather than of a type. */
export const isPlace = (name: unknown): name is Place => name === "wasm" || name === "webgpu";

/** How numbers are kept at another place. */
export interface PlaceOptions {
  /**
   * "float16" keeps float32 numbers on the graphics processor in half precision, for weights that would not fit or are read
   * more than they are computed with: half the memory, 11 significant bits, infinite beyond 65504. What is computed with
   * them is float32.
   */
  readonly storage?: StorageType;
}

function requireStorage(storage: StorageType | undefined, place: Place, dtype: DType): void {
  if (storage === undefined || storage === "float32") return;
  if (storage !== "float16") {
    throw new ArgumentError(`to: expected storage "float32" or "float16", got ${JSON.stringify(storage)}.`);
  }
  if (place !== "webgpu") {
    throw new ArgumentError(`to: storage "float16" is there for "webgpu", not for "${place}". Leave it out.`);
  }
  if (dtype !== "float32") {
    throw new DTypeError(
      `to: storage "float16" keeps float32 numbers, got ${dtype}. Convert first, with x.to("float32").`,
    );
  }
}

/** The same numbers at another place. */
export async function moved(x: Tensor, place: Place, { storage }: PlaceOptions = {}): Promise<Tensor> {
  const { shape, dtype } = x;
  requireStorage(storage, place, dtype);
  const copy = new Tensor(constantNode({ shape, dtype }, await dataAt(place, storage, x)));
  copy.provenance = x.provenance;
  return copy;
}

async function dataAt(place: Place, storage: StorageType | undefined, x: Tensor): Promise<Data> {
  if (place === "wasm") return x.data();
  const device = await startGraphics();
  return storage === undefined
    ? transferred(x.evaluate().node, device)
    : device.bring!(x.dtype, await x.data(), storage);
}

/**
 * Name of the backend in use.
 * @example backendName()   // "wasm"
 */
export const backendName = (): string => currentBackend().name;

/**
 * Whether products may be added without being rounded first (fused multiply-add), from now on. It is faster and mostly
 * closer to the exact result, but its last bits differ from machine to machine, since not every processor has it.
 * Allowed at first; `false` gives the same bits everywhere.
 * @example setFusedMultiplyAdd(false)
 */
export function setFusedMultiplyAdd(allowed: boolean): void {
  if (typeof allowed !== "boolean") {
    throw new ArgumentError(`setFusedMultiplyAdd: expected true or false, got ${String(allowed)}.`);
  }
  fusing = allowed;
  useBackend(backendName());
}

/**
 * Whether programs are compiled with fused multiply-add: it is allowed, and the engine has it.
 * @example setFusedMultiplyAdd(false);  fusedMultiplyAdd()   // false
 */
export function fusedMultiplyAdd(): boolean {
  return fusing && hasRelaxedSimd();
}
