/** @file Numbers on the device: the value of a tensor that a program left there. */
import { allocate, type DType, type TypedArray } from "../../../dtype.ts";
import { bitsOfHalf, halfFromBits } from "../../../half.ts";
import { Remote } from "../../../remote.ts";
import { ELEMENT_BYTES } from "../code/bindings.ts";
import type { Device } from "./device.ts";
import { USAGE } from "./pool.ts";
import type { Processor } from "./processor.ts";

export const PLACE = "webgpu";

/** Where the numbers are, apart from the object that people hold: so it can be given back when that is gone. */
interface Holding {
  readonly processor: Processor;
  device: Device | null;
  buffer: GPUBuffer | null;
}

function giveBack(holding: Holding): void {
  // With the device its memory went, and none is to be started for this.
  if (!holding.processor.isThere) return;
  // In its turn: what was asked for before may still need it.
  holding.processor.enqueue(
    (device) => {
      const { buffer } = holding;
      holding.buffer = null;
      if (buffer !== null && holding.device === device) device.pool.give(buffer);
      return undefined;
    },
    () => {},
  );
}

const unheld = new FinalizationRegistry<Holding>((holding) => {
  if (holding.buffer !== null) giveBack(holding);
});

/** What so many numbers take on the device, two bytes each if they have half precision, else four. */
export const deviceBytes = (size: number, isHalf: boolean): number =>
  isHalf ? Math.ceil(size / 2) * ELEMENT_BYTES : size * ELEMENT_BYTES;

/** The numbers as the device has them. */
export function encoded(data: TypedArray, isHalf = false): Uint8Array<ArrayBuffer> | Uint32Array<ArrayBuffer> {
  if (isHalf) {
    const halves = new Uint16Array(2 * Math.ceil(data.length / 2));
    for (let i = 0; i < data.length; i++) halves[i] = bitsOfHalf(data[i]);
    return new Uint8Array(halves.buffer);
  }
  if (data instanceof Uint8Array) return Uint32Array.from(data);
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  // Not every device takes memory that threads share.
  return bytes.buffer instanceof ArrayBuffer ? (bytes as Uint8Array<ArrayBuffer>) : new Uint8Array(bytes);
}

/** The numbers of one array out of bytes of the device. */
export function decoded(dtype: DType, size: number, bytes: ArrayBuffer, isHalf = false): TypedArray {
  const data = allocate(dtype, size);
  if (isHalf) data.set(Float32Array.from(new Uint16Array(bytes, 0, size), halfFromBits));
  else if (dtype === "bool") data.set(new Uint32Array(bytes, 0, size));
  else if (dtype === "int32") data.set(new Int32Array(bytes, 0, size));
  else data.set(new Float32Array(bytes, 0, size));
  return data;
}

/** Asks for the bytes of a range of a buffer; they come when all work before is done. */
export async function fetched(device: Device, buffer: GPUBuffer, offset: number, bytes: number): Promise<ArrayBuffer> {
  const { gpu } = device;
  const size = Math.max(ELEMENT_BYTES, bytes);
  const staging = gpu.createBuffer({ size, usage: USAGE.mapRead | USAGE.copyTo });
  const encoder = gpu.createCommandEncoder();
  if (bytes > 0) encoder.copyBufferToBuffer(buffer, offset, staging, 0, bytes);
  gpu.queue.submit([encoder.finish()]);
  try {
    await staging.mapAsync(1);
    return staging.getMappedRange().slice(0);
  } finally {
    staging.destroy();
  }
}

export class DeviceArray extends Remote {
  readonly place = PLACE;
  /** Whether the device has the numbers in half precision. */
  readonly isHalf: boolean;
  readonly #holding: Holding;
  #failure: unknown = null;
  /** Settles when the device has said whether the work that makes the numbers was in order. */
  #checked: Promise<unknown> | null = null;
  #reading: Promise<TypedArray> | null = null;

  constructor(processor: Processor, dtype: DType, size: number, isHalf = false) {
    super(dtype, size);
    this.isHalf = isHalf;
    this.#holding = { processor, device: null, buffer: null };
    unheld.register(this, this.#holding, this.#holding);
  }

  get byteLength(): number {
    return deviceBytes(this.size, this.isHalf);
  }

  /** Makes room for the numbers on the device. */
  placeOn(device: Device): GPUBuffer {
    this.#holding.device = device;
    this.#holding.buffer = device.pool.take(this.byteLength);
    return this.#holding.buffer;
  }

  /** Where the numbers are. Throws what went wrong when they were made, or that the device is gone. */
  bufferOn(device: Device): GPUBuffer {
    if (this.#failure !== null) throw this.#failure;
    if (this.#holding.device !== device || this.#holding.buffer === null) throw this.#holding.processor.lostError();
    return this.#holding.buffer;
  }

  /** Whether the device that has them is the one in use. */
  isOn(device: Device): boolean {
    return this.#holding.device === device && this.#failure === null && this.#holding.buffer !== null;
  }

  fail(error: unknown): void {
    this.#failure ??= error;
  }

  /** @param found what the device says of the work, when it knows: null when all is well */
  checkWith(found: Promise<unknown>): void {
    this.#checked = found.then((error) => {
      if (error !== null) this.fail(error);
      this.#checked = null;
      return error;
    });
  }

  /** What is wrong with the numbers, as far as the device has said: null when nothing is. */
  get problem(): Promise<unknown> | null {
    return this.#failure === null ? this.#checked : Promise.resolve(this.#failure);
  }

  async finished(): Promise<void> {
    if (this.host !== null) return;
    const { processor } = this.#holding;
    await new Promise<void>((resolve, reject) => {
      processor.enqueue((device) => {
        this.bufferOn(device);
        device.gpu.queue.onSubmittedWorkDone().then(resolve, () => reject(processor.lostError()));
        return undefined;
      }, reject);
    });
    await this.#checked;
    if (this.#failure !== null) throw this.#failure;
  }

  read(): Promise<TypedArray> {
    if (this.host !== null) return Promise.resolve(this.host);
    this.#reading ??= this.#fetch();
    return this.#reading;
  }

  async #fetch(): Promise<TypedArray> {
    const { processor } = this.#holding;
    const bytes = await new Promise<ArrayBuffer>((resolve, reject) => {
      processor.enqueue((device) => {
        // Later work need not wait until the numbers are here.
        const coming = fetched(device, this.bufferOn(device), 0, this.byteLength);
        coming.then(resolve, () => reject(processor.lostError()));
        return undefined;
      }, reject);
    });
    await this.#checked;
    if (this.#failure !== null) throw this.#failure;
    this.host = decoded(this.dtype, this.size, bytes, this.isHalf);
    return this.host;
  }

  release(): void {
    unheld.unregister(this.#holding);
    giveBack(this.#holding);
  }
}

/** A copy on the device of numbers that are here, as they are now. */
export function brought(processor: Processor, dtype: DType, data: TypedArray, isHalf: boolean): DeviceArray {
  const array = new DeviceArray(processor, dtype, data.length, isHalf);
  const bytes = encoded(data.slice(), isHalf);
  processor.enqueue(
    (device) => {
      const buffer = array.placeOn(device);
      if (bytes.length > 0) device.gpu.queue.writeBuffer(buffer, 0, bytes);
      return undefined;
    },
    (error) => array.fail(error),
  );
  return array;
}
