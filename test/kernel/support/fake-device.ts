/**
 * @file A device that is none: it computes with the reference at once, and says by a clock of its own when a device would have
 * been done. So times that depend on waiting can be foretold.
 */
import type { Backend } from "../../../kernel/backends/backend.ts";
import { referenceBackend } from "../../../kernel/backends/reference.ts";
import { bytesPerElement, type DType, type TypedArray } from "../../../kernel/dtype.ts";
import { useBackend } from "../../../kernel/index.ts";
import { type Data, hostOf, Remote } from "../../../kernel/remote.ts";
import { setBackendOfPlace } from "../../../kernel/runtime/elsewhere.ts";
import { setBackend } from "../../../kernel/runtime/evaluate.ts";

/** Milliseconds of a clock that stands still but for what is spent on it, and a tick for each look. */
export interface FakeTimes {
  /** Until a call that asks for a program returns. */
  readonly asking: number;
  /** That the device then works on it. */
  readonly work: number;
  /** Until one who waits hears that it is done. */
  readonly hearing: number;
}

class FakeArray extends Remote {
  readonly place = "fake";
  readonly #device: FakeDevice;
  readonly #numbers: TypedArray;

  constructor(device: FakeDevice, dtype: DType, numbers: TypedArray) {
    super(dtype, numbers.length);
    this.#device = device;
    this.#numbers = numbers;
  }

  /** For programs of the device itself. */
  get there(): TypedArray {
    return this.#numbers;
  }

  get byteLength(): number {
    return this.size * bytesPerElement(this.dtype);
  }

  async finished(): Promise<void> {
    await this.#device.finished();
    if (this.#device.failure !== undefined) throw this.#device.failure;
  }

  async read(): Promise<TypedArray> {
    await this.finished();
    this.#device.reads++;
    this.host = this.#numbers;
    return this.host;
  }

  release(): void {}
}

let count = 0;

export class FakeDevice {
  readonly #times: FakeTimes;
  readonly #name = `fake ${count++}`;
  #now = 0;
  /** When it has done all that it was asked for. */
  #done = 0;
  /** Programs that ran. */
  programs = 0;
  /** Arrays whose numbers were brought here. */
  reads = 0;
  /** What goes wrong with every program, if something does. */
  failure: Error | undefined;

  constructor(times: FakeTimes) {
    this.#times = times;
  }

  readonly now = (): number => {
    this.#now += 2 ** -10;
    return this.#now;
  };

  spend(milliseconds: number): void {
    this.#now += milliseconds;
  }

  async finished(): Promise<void> {
    await Promise.resolve();
    this.#now = Math.max(this.#now, this.#done) + this.#times.hearing;
  }

  #ran(): void {
    this.programs++;
    this.#now += this.#times.asking;
    this.#done = Math.max(this.#now, this.#done) + this.#times.work;
  }

  get backend(): Backend {
    const numbers = (data: Data): TypedArray => (data instanceof FakeArray ? data.there : hostOf(data)!);
    return {
      name: "fake",
      // Its programs use its clock.
      variant: this.#name,
      place: "fake",
      device: "an imagined one",
      finished: () => this.finished(),
      bring: (dtype, data) => new FakeArray(this, dtype, data.slice()),
      plan: (graph) => {
        const plan = referenceBackend.plan(graph);
        return {
          ...plan,
          compile: () => {
            const program = plan.compile();
            return {
              codeBytes: 0,
              run: (inputs) => {
                this.#ran();
                const results = program.run(inputs.map(numbers)) as TypedArray[];
                return results.map((result, i) => new FakeArray(this, graph.nodes[graph.outputs[i]].dtype, result));
              },
            };
          },
        };
      },
    };
  }

  /** Runs `body` with this device as the backend in use. */
  async use<T>(body: () => T | Promise<T>): Promise<T> {
    const { backend } = this;
    setBackendOfPlace(backend);
    setBackend(backend);
    try {
      return await body();
    } finally {
      useBackend("wasm");
    }
  }
}
