/**
 * @file The graphics processor that computes, from its start to the end of the session: what it is, what it allows, and the
 * order of all work on it. A device that is lost is replaced when something is asked for next.
 */
import { ArgumentError, KernelError, MemoryError } from "../../../errors.ts";
import { ELEMENT_BYTES, type Limits } from "../code/bindings.ts";
import { Device } from "./device.ts";

/** What computes, as the browser or the driver names it. */
export interface ProcessorInfo {
  readonly vendor: string;
  readonly architecture: string;
  readonly device: string;
  readonly description: string;
  /** Set when the processor itself does what a graphics processor would: right, and slow. */
  readonly isEmulated: boolean;
}

/** What is left of a piece of work; at each promise it waits, and all work asked for later waits with it. */
export type Waiting<T = void> = Generator<Promise<unknown>, T, void>;

/** A piece of work: done when it returns, unless it says what is left. */
export type Work = (device: Device) => Waiting | undefined;

const WITHOUT = 'Go on with WebAssembly: await setDefaultBackend("wasm").';

async function deviceOf(gpu: GPU): Promise<{ adapter: GPUAdapter; device: GPUDevice }> {
  const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" });
  if (adapter === null) {
    throw new ArgumentError(
      "webgpu: WebGPU is there, but it finds no graphics processor that it can use (no driver, or one that is blocked). " +
        WITHOUT,
    );
  }
  const { limits } = adapter;
  const device = await adapter.requestDevice({
    requiredLimits: {
      maxBufferSize: limits.maxBufferSize,
      maxStorageBufferBindingSize: limits.maxStorageBufferBindingSize,
      maxStorageBuffersPerShaderStage: limits.maxStorageBuffersPerShaderStage,
    },
  });
  return { adapter, device };
}

export class Processor {
  readonly info: ProcessorInfo;
  readonly limits: Limits;
  readonly #gpu: GPU;
  #device: Device | null = null;
  /** The end of all work that was asked for, if some of it is not given to the device yet. */
  #tail: Promise<void> | null = null;
  #lost = "";

  private constructor(gpu: GPU, { info, limits }: GPUAdapter, device: GPUDevice) {
    const { vendor, architecture, device: name, description } = info;
    const isEmulated =
      info.isFallbackAdapter || /swiftshader|llvmpipe|lavapipe/i.test(`${architecture} ${description}`);
    this.info = { vendor, architecture, device: name, description, isEmulated };
    this.limits = {
      // Positions in a shader are int32.
      bindingBytes: Math.min(device.limits.maxStorageBufferBindingSize, ELEMENT_BYTES * (2 ** 31 - 1)),
      bufferBytes: device.limits.maxBufferSize,
      bindings: device.limits.maxStorageBuffersPerShaderStage,
      groups: limits.maxComputeWorkgroupsPerDimension,
      alignment: device.limits.minStorageBufferOffsetAlignment,
      workgroupBytes: device.limits.maxComputeWorkgroupStorageSize,
    };
    this.#gpu = gpu;
    this.#use(device);
  }

  static async start(gpu: GPU): Promise<Processor> {
    const { adapter, device } = await deviceOf(gpu);
    return new Processor(gpu, adapter, device);
  }

  #use(gpu: GPUDevice): void {
    const device = new Device(gpu);
    this.#device = device;
    void gpu.lost.then(({ message }) => {
      this.#lost = message;
      if (this.#device === device) this.#device = null;
    });
  }

  /** Whether a device is there now; a lost one comes back when something is asked for. */
  get isThere(): boolean {
    return this.#device !== null;
  }

  /** Ends the device, as a driver that fails would: for tests. */
  lose(): Promise<unknown> {
    const device = this.#device;
    device?.gpu.destroy();
    return device?.gpu.lost ?? Promise.resolve();
  }

  /** What is said of numbers that were on a device that is gone. */
  lostError(): KernelError {
    const reason = this.#lost === "" ? "" : ` (${this.#lost.replace(/\.$/, "")})`;
    return new KernelError(
      `webgpu: the graphics processor was lost${reason}, and the numbers that were on it alone with it. Compute them again ` +
        `from data that is here: the device is asked for anew. ${WITHOUT}`,
    );
  }

  async #deviceThere(): Promise<Device> {
    if (this.#device === null) this.#use((await deviceOf(this.#gpu)).device);
    return this.#device!;
  }

  /** Does the work in its turn: now if nothing waits, else when what was asked for before is done. */
  enqueue(work: Work, fail: (error: unknown) => void): void {
    if (this.#tail === null && this.#device !== null) {
      const rest = begin(work, this.#device, fail);
      if (rest !== null) this.#wait(rest);
      return;
    }
    const before = this.#tail ?? Promise.resolve();
    this.#wait(
      before.then(async () => {
        try {
          await begin(work, await this.#deviceThere(), fail);
        } catch (error) {
          fail(error);
        }
      }),
    );
  }

  /** Settles when the device has done all work that was asked for. */
  async finished(): Promise<void> {
    // A lost device does nothing more, and none is to be started for this.
    if (this.#device === null && this.#tail === null) return;
    await new Promise<unknown>((resolve, reject) => {
      this.enqueue(({ gpu }) => {
        gpu.queue.onSubmittedWorkDone().then(resolve, resolve);
        return undefined;
      }, reject);
    });
  }

  #wait(end: Promise<void>): void {
    this.#tail = end;
    void end.then(() => {
      if (this.#tail === end) this.#tail = null;
    });
  }
}

/** Goes as far as it can at once. @returns what is left, or null */
function begin(work: Work, device: Device, fail: (error: unknown) => void): Promise<void> | null {
  try {
    const steps = work(device);
    if (steps === undefined) return null;
    const first = steps.next();
    return first.done ? null : finish(steps, first.value, fail);
  } catch (error) {
    fail(error);
    return null;
  }
}

async function finish(steps: Waiting, first: Promise<unknown>, fail: (error: unknown) => void): Promise<void> {
  try {
    await first;
    for (;;) {
      const next = steps.next();
      if (next.done) return;
      await next.value;
    }
  } catch (error) {
    fail(error);
  }
}

/** What the device found wrong with some work, in words. */
export function problemOf(error: GPUError): Error {
  const isMemory = error.constructor.name === "GPUOutOfMemoryError";
  if (!isMemory) return new KernelError(`webgpu: the device refused a program: ${error.message} ${WITHOUT}`);
  return new MemoryError(
    "webgpu: the graphics processor has no memory left for this. Free tensors that are needed no more (x.dispose()), work " +
      `on smaller pieces (chunkSize), or go on elsewhere. ${WITHOUT}`,
  );
}
