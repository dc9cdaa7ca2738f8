/** @file One device for as long as it lives: its memory, its compiled shaders, and what is bound to them. */
import type { Dispatch } from "../code/shader.ts";
import { Pool, USAGE } from "./pool.ts";

/** A compiled shader, by its text: equal kernels of all programs share one. */
interface Compiled {
  readonly pipeline: GPUComputePipeline;
  readonly layout: GPUBindGroupLayout;
}

interface Bound {
  readonly compiled: Compiled;
  buffers: readonly GPUBuffer[];
  group: GPUBindGroup | null;
}

const COMPUTE_STAGE = 4;
/** Numbers of iterations that lie ready, each where a binding may begin; twice as many digits make a million. */
const COUNTS = 1024;
const COUNT_BYTES = 256;

/** The most iterations of a loop, or steps of a kernel. */
export const MOST_COUNTED = COUNTS * COUNTS;

export class Device {
  readonly gpu: GPUDevice;
  readonly pool: Pool;
  readonly #compiled = new Map<string, Compiled>();
  readonly #layouts = new Map<string, GPUBindGroupLayout>();
  readonly #bound = new WeakMap<Dispatch, Bound>();
  #counts: { readonly layout: GPUBindGroupLayout; readonly group: GPUBindGroup } | undefined;

  constructor(gpu: GPUDevice) {
    this.gpu = gpu;
    this.pool = new Pool(gpu);
  }

  #countsOf(): { readonly layout: GPUBindGroupLayout; readonly group: GPUBindGroup } {
    if (this.#counts !== undefined) return this.#counts;
    const layout = this.gpu.createBindGroupLayout({
      entries: [0, 1].map((binding) => ({
        binding,
        visibility: COMPUTE_STAGE,
        buffer: { type: "uniform" as const, hasDynamicOffset: true },
      })),
    });
    const buffers = [1, COUNTS].map((unit) => {
      const size = COUNTS * COUNT_BYTES;
      const buffer = this.gpu.createBuffer({ size, usage: USAGE.uniform | USAGE.copyTo });
      const values = new Uint32Array(size / 4);
      for (let i = 0; i < COUNTS; i++) values[(i * COUNT_BYTES) / 4] = i * unit;
      this.gpu.queue.writeBuffer(buffer, 0, values);
      return buffer;
    });
    const group = this.gpu.createBindGroup({
      layout,
      entries: buffers.map((buffer, binding) => ({ binding, resource: { buffer, size: 16 } })),
    });
    this.#counts = { layout, group };
    return this.#counts;
  }

  #layoutOf({ bindings }: Dispatch): GPUBindGroupLayout {
    const key = bindings.map(({ writes }) => (writes ? "w" : "r")).join("");
    let layout = this.#layouts.get(key);
    if (layout === undefined) {
      layout = this.gpu.createBindGroupLayout({
        entries: bindings.map(({ writes }, binding) => ({
          binding,
          visibility: COMPUTE_STAGE,
          buffer: { type: writes ? ("storage" as const) : ("read-only-storage" as const) },
        })),
      });
      this.#layouts.set(key, layout);
    }
    return layout;
  }

  /** Compiles the shader of a step, if no equal one was. */
  prepare(step: Dispatch): void {
    if (this.#bound.has(step)) return;
    let compiled = this.#compiled.get(step.code);
    if (compiled === undefined) {
      const layout = this.#layoutOf(step);
      const bindGroupLayouts = step.counts ? [layout, this.#countsOf().layout] : [layout];
      const pipeline = this.gpu.createComputePipeline({
        layout: this.gpu.createPipelineLayout({ bindGroupLayouts }),
        compute: { module: this.gpu.createShaderModule({ code: step.code }), entryPoint: "main" },
      });
      compiled = { pipeline, layout };
      this.#compiled.set(step.code, compiled);
    }
    this.#bound.set(step, { compiled, buffers: [], group: null });
  }

  /** Appends a step to a pass. @param count how often what it belongs to was done before */
  dispatch(
    pass: GPUComputePassEncoder,
    step: Dispatch,
    bufferOf: (source: number | "arena") => GPUBuffer,
    mostGroups: number,
    count: number,
  ): void {
    this.prepare(step);
    const bound = this.#bound.get(step)!;
    const buffers = step.bindings.map(({ source }) => bufferOf(source));
    if (bound.group === null || buffers.some((buffer, i) => buffer !== bound.buffers[i])) {
      bound.buffers = buffers;
      bound.group = this.gpu.createBindGroup({
        layout: bound.compiled.layout,
        entries: step.bindings.map(({ offset, bytes }, binding) => ({
          binding,
          resource: { buffer: buffers[binding], offset, size: bytes },
        })),
      });
    }
    pass.setPipeline(bound.compiled.pipeline);
    pass.setBindGroup(0, bound.group);
    const x = Math.min(step.groups, mostGroups);
    const y = Math.ceil(step.groups / x);
    for (let time = 0; time < step.times; time++) {
      if (step.counts) {
        const at = step.times > 1 ? time : count;
        const offsets = [at % COUNTS, Math.floor(at / COUNTS)].map((part) => part * COUNT_BYTES);
        pass.setBindGroup(1, this.#countsOf().group, offsets);
      }
      pass.dispatchWorkgroups(x, y);
    }
  }
}
