/** @file onnxruntime for cells: shipped beside the session, 14 MB of it, and loaded only when its backend is asked for. */
import type { OnnxRuntime } from "cotangent";

export const findOnnxRuntime = async (): Promise<OnnxRuntime> => (await import("onnxruntime-web")) as OnnxRuntime;
