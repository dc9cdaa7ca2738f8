/** @file onnxruntime-web's side of the benchmark on WebGPU. */
import * as ort from "onnxruntime-web/webgpu";
import { onnxVariants } from "../onnxruntime-variants.js";
import { deviceInUse, settled } from "./settled.js";

ort.env.wasm.numThreads = 1;
ort.env.wasm.wasmPaths = new URL("./", import.meta.url).href;

/** An input where the runtime's kernels read it. */
function onDevice(type, data, shape) {
  const device = deviceInUse();
  const buffer = device.createBuffer({
    size: Math.max(16, Math.ceil(data.byteLength / 16) * 16),
    usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC,
  });
  device.queue.writeBuffer(buffer, 0, data);
  return ort.Tensor.fromGpuBuffer(buffer, { dataType: type, dims: [...shape], dispose: () => buffer.destroy() });
}

export const variantsOf = onnxVariants(ort, "webgpu", { settled, input: onDevice });
