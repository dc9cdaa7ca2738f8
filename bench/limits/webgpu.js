/** @file Kernels for WebGPU, written by hand: the rates of a device that others are held against. */

/** @param {GPUDevice} device @param {number} bytes */
const bufferOf = (device, bytes) =>
  device.createBuffer({
    size: Math.ceil(bytes / 16) * 16,
    usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST,
  });

/**
 * Half of the bytes are read, half are written, by the device's own copy.
 * @param {GPUDevice} device @param {number} bytes
 */
export function copyOf(device, bytes) {
  const half = Math.ceil(bytes / 8) * 4;
  const buffers = [bufferOf(device, half), bufferOf(device, half)];
  const run = () => {
    const encoder = device.createCommandEncoder();
    encoder.copyBufferToBuffer(buffers[0], 0, buffers[1], 0, half);
    device.queue.submit([encoder.finish()]);
  };
  return { run, buffers };
}

/** A workgroup computes a tile of 64 × 64, each of its 256 invocations 4 × 4 of it, 16 terms at a time. */
const product = (/** @type {number} */ n) => `
@group(0) @binding(0) var<storage, read> a: array<f32>;
@group(0) @binding(1) var<storage, read> b: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> c: array<vec4f>;
var<workgroup> rows: array<f32, 1024>;
var<workgroup> columns: array<vec4f, 256>;
@compute @workgroup_size(16, 16)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) at: vec3u) {
  let thread = at.y * 16u + at.x;
  let top = group.y * 64u;
  let left = group.x * 16u;
  var sums: array<vec4f, 4>;
  for (var k = 0u; k < ${n}u; k += 16u) {
    for (var i = 0u; i < 4u; i++) {
      let place = i * 256u + thread;
      rows[(place % 16u) * 64u + place / 16u] = a[(top + place / 16u) * ${n}u + k + place % 16u];
    }
    columns[thread] = b[(k + at.y) * ${n / 4}u + left + at.x];
    workgroupBarrier();
    for (var term = 0u; term < 16u; term++) {
      let right = columns[term * 16u + at.x];
      for (var i = 0u; i < 4u; i++) {
        sums[i] = fma(vec4f(rows[term * 64u + at.y * 4u + i]), right, sums[i]);
      }
    }
    workgroupBarrier();
  }
  for (var i = 0u; i < 4u; i++) { c[(top + at.y * 4u + i) * ${n / 4}u + left + at.x] = sums[i]; }
}`;

/**
 * Of two square matrices whose extent is a multiple of 64.
 * @param {GPUDevice} device @param {readonly { shape: readonly number[], data: Float32Array }[]} inputs
 */
export function productOf(device, inputs) {
  const [n] = inputs[0].shape;
  const buffers = [...inputs.map(({ data }) => bufferOf(device, data.byteLength)), bufferOf(device, 4 * n * n)];
  inputs.forEach(({ data }, i) => {
    device.queue.writeBuffer(buffers[i], 0, data);
  });
  const module = device.createShaderModule({ code: product(n) });
  const pipeline = device.createComputePipeline({ layout: "auto", compute: { module } });
  const entries = buffers.map((buffer, binding) => ({ binding, resource: { buffer } }));
  const group = device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries });
  const run = () => {
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, group);
    pass.dispatchWorkgroups(n / 64, n / 64);
    pass.end();
    device.queue.submit([encoder.finish()]);
  };
  return { run, buffers, read: () => readBack(device, buffers[2], [n, n]) };
}

/** @param {GPUDevice} device @param {GPUBuffer} buffer @param {readonly number[]} shape */
async function readBack(device, buffer, shape) {
  const staging = device.createBuffer({ size: buffer.size, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
  const encoder = device.createCommandEncoder();
  encoder.copyBufferToBuffer(buffer, 0, staging, 0, buffer.size);
  device.queue.submit([encoder.finish()]);
  await staging.mapAsync(GPUMapMode.READ);
  const data = new Float32Array(staging.getMappedRange()).slice();
  staging.destroy();
  return [{ shape, data }];
}
