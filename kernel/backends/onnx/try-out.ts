/**
 * @file The smallest of programs, when a backend starts: that the runtime's WebAssembly cannot be fetched, or that there
 * is no device to compute on, is said then, and not by the first result.
 */
import { KernelError } from "../../errors.ts";
import type { OnnxRuntime } from "./runtime.ts";
import { type OnnxBackendName, openSession } from "./session.ts";
import { inTurn } from "./turn.ts";

const value = (name: string) => ({ name, dtype: "float32", shape: [2] }) as const;
const X = value("x");
const Y = value("y");
const NEGATIVE = {
  name: "negative",
  nodes: [{ op: "Neg", inputs: [X.name], outputs: [Y.name], attributes: {} }],
  constants: [],
  inputs: [X],
  outputs: [Y],
};

async function negative(name: OnnxBackendName, runtime: OnnxRuntime, numbers: readonly number[]): Promise<string> {
  const session = await openSession(name, runtime, NEGATIVE);
  const { y } = await session.run({ x: new runtime.Tensor(X.dtype, Float32Array.from(numbers), X.shape) });
  const found = Array.from(y.data, String).join();
  y.dispose?.();
  await session.release();
  return found;
}

/** Rejected with what a person needs to know where the runtime cannot compute. */
export async function tryOut(name: OnnxBackendName, runtime: OnnxRuntime): Promise<void> {
  const instead = 'Go on with WebAssembly: await setDefaultBackend("wasm").';
  let found: string;
  try {
    found = await inTurn(() => negative(name, runtime, [1.5, -2]));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new KernelError(`${name}: onnxruntime is there and does not start: ${reason.trim()} ${instead}`, {
      cause: error,
    });
  }
  if (found !== "-1.5,2") {
    throw new KernelError(`${name}: onnxruntime says that -[1.5, -2] is [${found}]. ${instead}`);
  }
}
