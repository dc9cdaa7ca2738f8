/** @file Numbers that the runtime computes, or has computed: the value of a tensor, read when they are there. */
import { bytesPerElement, type DType, type TypedArray } from "../../dtype.ts";
import { Remote } from "../../remote.ts";

export class ComputedArray extends Remote {
  readonly place: string;
  readonly #numbers: Promise<TypedArray>;

  constructor(place: string, dtype: DType, size: number, numbers: Promise<TypedArray>) {
    super(dtype, size);
    this.place = place;
    this.#numbers = numbers;
    // Whoever reads is told of an error; nobody may ever read.
    numbers.catch(() => {});
  }

  get byteLength(): number {
    return this.size * bytesPerElement(this.dtype);
  }

  async read(): Promise<TypedArray> {
    this.host = await this.#numbers;
    return this.host;
  }

  async finished(): Promise<void> {
    await this.#numbers;
  }

  /** They are in this machine's memory, which the collector looks after. */
  release(): void {}
}
