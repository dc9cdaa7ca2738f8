/**
 * @file Running a program on the device: one command buffer, unless a step needs numbers here, for which it is cut in two.
 * Results are there at once as arrays on the device; the work goes on behind them, in order.
 */
import { allocate, type TypedArray } from "../../dtype.ts";
import { KernelError } from "../../errors.ts";
import type { BufferId, LoopProgram } from "../../loops/ir.ts";
import type { Data } from "../../remote.ts";
import type { Executable } from "../executable.ts";
import { ELEMENT_BYTES } from "./code/bindings.ts";
import { copyDispatches } from "./code/copy.ts";
import { DeviceArray, decoded, deviceBytes, encoded, fetched } from "./device/array.ts";
import { type Device, MOST_COUNTED } from "./device/device.ts";
import { type Processor, problemOf, type Waiting } from "./device/processor.ts";
import { withHalves } from "./halves.ts";
import { type HostStep, type Step, stepsOf } from "./steps.ts";

/** Commands of a loop are handed over in pieces of about this many, so that the device begins before all are written. */
const MANY_COMMANDS = 2000;

/** Numbers from here that are on the device too, for as long as they live. */
const copies = new WeakMap<TypedArray, DeviceArray>();

const isHalfThere = (data: Data): boolean => data instanceof DeviceArray && data.isHalf;

/** The numbers on the device: what is there, or a copy that is made once. */
function onDevice(processor: Processor, device: Device, data: Data, dtype: DeviceArray["dtype"]): GPUBuffer {
  if (data instanceof DeviceArray && (data.host === null || data.isOn(device))) return data.bufferOn(device);
  const here = data instanceof DeviceArray ? data.host! : (data as TypedArray);
  const isHalf = isHalfThere(data);
  let copy = copies.get(here);
  if (copy === undefined || !copy.isOn(device) || copy.isHalf !== isHalf) {
    copy = new DeviceArray(processor, dtype, here.length, isHalf);
    const buffer = copy.placeOn(device);
    if (here.length > 0) device.gpu.queue.writeBuffer(buffer, 0, encoded(here, isHalf));
    copies.set(here, copy);
  }
  return copy.bufferOn(device);
}

/** A program as the device runs it, for inputs of which some may have half precision. */
interface Variant {
  readonly program: LoopProgram;
  readonly steps: readonly Step[];
  readonly arenaBytes: number;
}

export class Runner implements Executable {
  readonly codeBytes: number;
  readonly #processor: Processor;
  readonly #program: LoopProgram;
  /** By which inputs have half precision. */
  readonly #variants = new Map<string, Variant>();

  constructor(processor: Processor, program: LoopProgram) {
    this.#processor = processor;
    this.#program = program;
    this.codeBytes = codeBytesOf(this.#variantFor(program.inputs.map(() => false)).steps);
  }

  #variantFor(halves: readonly boolean[]): Variant {
    const key = halves.map(Number).join("");
    let variant = this.#variants.get(key);
    if (variant === undefined) {
      const { program, widened } = withHalves(this.#program, halves);
      const { limits } = this.#processor;
      const { steps, scratch } = stepsOf(program, limits);
      const first = widened.flatMap((copy) => copyDispatches(program, limits, copy));
      variant = { program, steps: [...first, ...steps], arenaBytes: program.arenaBytes + scratch };
      this.#variants.set(key, variant);
    }
    return variant;
  }

  run(inputs: readonly Data[]): DeviceArray[] {
    const { buffers, outputs } = this.#program;
    const results = outputs.map((id) => new DeviceArray(this.#processor, buffers[id].dtype, buffers[id].size));
    this.#processor.enqueue(
      (device) => this.#runOn(device, inputs, results),
      (error) => {
        for (const result of results) result.fail(error);
      },
    );
    return results;
  }

  *#runOn(device: Device, inputs: readonly Data[], results: readonly DeviceArray[]): Waiting {
    const { gpu, pool } = device;
    const { program, steps, arenaBytes } = this.#variantFor(inputs.map(isHalfThere));
    const given = program.inputs.map((id, i) =>
      onDevice(this.#processor, device, inputs[i], program.buffers[id].dtype),
    );
    gpu.pushErrorScope("validation");
    gpu.pushErrorScope("out-of-memory");
    const arena = arenaBytes > 0 ? pool.take(arenaBytes) : null;
    try {
      const run = new Run(device, this.#processor, program, arena, given, results);
      yield* run.all(steps);
    } finally {
      if (arena !== null) pool.give(arena);
      const found = Promise.all([gpu.popErrorScope(), gpu.popErrorScope()]).then((errors) => {
        const error = errors.find((each) => each !== null);
        return error ? problemOf(error) : null;
      });
      const earlier = inputs.flatMap((input) => (input instanceof DeviceArray ? (input.problem ?? []) : []));
      const all = Promise.all([...earlier, found]).then(
        (problems) => problems.find((problem) => problem !== null) ?? null,
        () => this.#processor.lostError(),
      );
      for (const result of results) result.checkWith(all);
    }
  }
}

function codeBytesOf(steps: readonly Step[]): number {
  return steps.reduce((sum, step) => sum + codeBytes(step), 0);
}

function codeBytes(step: Step): number {
  switch (step.kind) {
    case "dispatch":
      return step.code.length;
    case "loop":
      return codeBytesOf(step.steps) + (typeof step.times === "number" ? 0 : codeBytesOf(step.times.steps));
    case "branch":
      return codeBytesOf(step.yes) + codeBytesOf(step.no);
    case "host":
      return 0;
  }
}

/** One run: the buffers it works on, and the commands written so far. */
class Run {
  readonly #device: Device;
  readonly #program: LoopProgram;
  readonly #mostGroups: number;
  readonly #arena: GPUBuffer | null;
  readonly #given: readonly GPUBuffer[];
  readonly #results: readonly DeviceArray[];
  readonly #apart = new Map<BufferId, GPUBuffer>();
  #encoder: GPUCommandEncoder | null = null;
  #pass: GPUComputePassEncoder | null = null;
  #commands = 0;

  constructor(
    device: Device,
    processor: Processor,
    program: LoopProgram,
    arena: GPUBuffer | null,
    given: readonly GPUBuffer[],
    results: readonly DeviceArray[],
  ) {
    this.#device = device;
    this.#program = program;
    this.#mostGroups = processor.limits.groups;
    this.#arena = arena;
    this.#given = given;
    this.#results = results;
  }

  *all(steps: readonly Step[]): Waiting {
    const { buffers, inputs, outputs } = this.#program;
    inputs.forEach((id, i) => {
      if (buffers[id].apart) this.#apart.set(id, this.#given[i]);
      else this.#copy(this.#given[i], 0, this.#arena!, buffers[id].offset, buffers[id].size);
    });
    const places = this.#results.map((result, o) => {
      const place = result.placeOn(this.#device);
      const id = outputs[o];
      if (buffers[id].apart && !this.#apart.has(id)) this.#apart.set(id, place);
      return place;
    });
    yield* this.#steps(steps, 0);
    outputs.forEach((id, o) => {
      const { buffer, offset } = this.#placeOf(id);
      if (buffer !== places[o]) this.#copy(buffer, offset, places[o], 0, buffers[id].size);
    });
    this.#submit();
  }

  #placeOf(id: BufferId): { readonly buffer: GPUBuffer; readonly offset: number } {
    const { apart, offset } = this.#program.buffers[id];
    return apart ? { buffer: this.#apart.get(id)!, offset: 0 } : { buffer: this.#arena!, offset };
  }

  #copy(from: GPUBuffer, fromOffset: number, to: GPUBuffer, toOffset: number, size: number): void {
    if (size === 0) return;
    this.#endPass();
    this.#encoder ??= this.#device.gpu.createCommandEncoder();
    this.#encoder.copyBufferToBuffer(from, fromOffset, to, toOffset, size * ELEMENT_BYTES);
  }

  #endPass(): void {
    this.#pass?.end();
    this.#pass = null;
  }

  #submit(): void {
    this.#endPass();
    if (this.#encoder !== null) this.#device.gpu.queue.submit([this.#encoder.finish()]);
    this.#encoder = null;
    this.#commands = 0;
  }

  *#steps(steps: readonly Step[], count: number): Waiting {
    for (const step of steps) {
      switch (step.kind) {
        case "dispatch":
          if (this.#pass === null) {
            this.#encoder ??= this.#device.gpu.createCommandEncoder();
            this.#pass = this.#encoder.beginComputePass();
          }
          this.#device.dispatch(this.#pass, step, (source) => this.#bufferOf(source), this.#mostGroups, count);
          this.#commands += step.times;
          if (this.#commands >= MANY_COMMANDS) this.#submit();
          break;
        case "host":
          yield* this.#host(step);
          break;
        case "loop":
          for (let i = 0; ; i++) {
            if (typeof step.times === "number") {
              if (i === step.times) break;
            } else {
              yield* this.#steps(step.times.steps, i);
              if (!(yield* this.#isTrue(step.times.test))) break;
            }
            if (i === MOST_COUNTED) {
              throw new KernelError(
                `webgpu: a loop went on for more than ${MOST_COUNTED} iterations, the most that this backend counts. ` +
                  'Use the backend "wasm" for it.',
              );
            }
            yield* this.#steps(step.steps, i);
          }
          break;
        case "branch":
          yield* this.#steps((yield* this.#isTrue(step.test)) ? step.yes : step.no, count);
      }
    }
  }

  #bufferOf(source: BufferId | "arena"): GPUBuffer {
    return source === "arena" ? this.#arena! : this.#apart.get(source)!;
  }

  /** Numbers of the program, here. */
  *#fetch(ids: readonly BufferId[]): Waiting<TypedArray[]> {
    this.#submit();
    let bytes: ArrayBuffer[] = [];
    const all = ids.map((id) => {
      const { buffer, offset } = this.#placeOf(id);
      const { size, half } = this.#program.buffers[id];
      return fetched(this.#device, buffer, offset, deviceBytes(size, half === true));
    });
    yield Promise.all(all).then((got) => {
      bytes = got;
    });
    return ids.map((id, i) => {
      const { dtype, size, half } = this.#program.buffers[id];
      return decoded(dtype, size, bytes[i], half === true);
    });
  }

  *#isTrue(id: BufferId): Waiting<boolean> {
    const [[value]] = yield* this.#fetch([id]);
    return value !== 0;
  }

  *#host({ kernel }: HostStep): Waiting {
    const { buffers } = this.#program;
    const inputs = yield* this.#fetch(kernel.inputs);
    const outputs = kernel.outputs.map((id) => allocate(buffers[id].dtype, buffers[id].size));
    kernel.run(inputs, outputs);
    kernel.outputs.forEach((id, o) => {
      const { buffer, offset } = this.#placeOf(id);
      if (outputs[o].length > 0) this.#device.gpu.queue.writeBuffer(buffer, offset, encoded(outputs[o]));
    });
  }
}
