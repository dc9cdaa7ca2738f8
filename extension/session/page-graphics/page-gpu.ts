/**
 * @file WebGPU as the kernel uses it, done by the notebook's page. Nearly everything that WebGPU does is asked for without an
 * answer, so a program is one message there; only reading numbers, errors and the start of a device wait for one.
 */
import type { GraphicsAnswer, GraphicsBatch } from "../../../protocol/graphics.ts";
import { Commands, PageObject } from "./commands.ts";

/** The page's `GPU`. */
const GPU_ITSELF = 0;

/** What the page says of an adapter or a device. */
interface Description {
  readonly limits: Readonly<Record<string, number>>;
  readonly features: readonly string[];
  /** Of an adapter: who made it, and whether it is emulated. */
  readonly info?: Readonly<Record<string, string | boolean>>;
}

export class PageGraphics {
  readonly gpu: PageGPU;
  readonly #commands: Commands;

  /** @param send takes batches to the page, in order */
  constructor(send: (batch: GraphicsBatch) => void) {
    this.#commands = new Commands(send);
    this.gpu = new PageGPU(this.#commands, GPU_ITSELF);
  }

  /** What the page answers. */
  hear(answer: GraphicsAnswer): void {
    this.#commands.hear(answer);
  }

  /** The page is gone: its devices are lost, and what was asked is rejected. */
  end(reason: string): void {
    this.#commands.end(reason);
  }
}

class PageGPU extends PageObject {
  async requestAdapter(options?: unknown): Promise<PageAdapter | null> {
    const id = this.commands.newObject();
    const { value } = await this.commands.ask(this.id, "requestAdapter", [options ?? {}], id);
    return value === null ? null : new PageAdapter(this.commands, id, value as Description);
  }
}

class PageAdapter extends PageObject {
  readonly limits: Description["limits"];
  readonly features: ReadonlySet<string>;
  readonly info: Description["info"];

  constructor(commands: Commands, id: number, { limits, features, info }: Description) {
    super(commands, id);
    this.limits = limits;
    this.features = new Set(features);
    this.info = info;
  }

  async requestDevice(descriptor?: unknown): Promise<PageDevice> {
    const id = this.commands.newObject();
    const { value } = await this.commands.ask(this.id, "requestDevice", [descriptor ?? {}], id);
    return new PageDevice(this.commands, id, value as Description);
  }
}

class PageDevice extends PageObject {
  readonly limits: Description["limits"];
  readonly features: ReadonlySet<string>;
  readonly queue: PageQueue;
  readonly lost: Promise<{ readonly reason: string; readonly message: string }>;

  constructor(commands: Commands, id: number, { limits, features }: Description) {
    super(commands, id);
    this.limits = limits;
    this.features = new Set(features);
    this.queue = new PageQueue(commands, id);
    this.lost = new Promise((resolve) => {
      commands.onLost(id, (message) => resolve({ reason: "unknown", message }));
    });
  }

  destroy(): void {
    this.commands.do(this.id, "destroy", []);
  }

  createBuffer(descriptor: { readonly size: number; readonly usage: number }): PageBuffer {
    const buffer = this.commands.make(this.id, "createBuffer", [descriptor], PageBuffer);
    buffer.size = descriptor.size;
    return buffer;
  }

  createShaderModule = this.#maker("createShaderModule");
  createComputePipeline = this.#maker("createComputePipeline");
  createPipelineLayout = this.#maker("createPipelineLayout");
  createBindGroupLayout = this.#maker("createBindGroupLayout");
  createBindGroup = this.#maker("createBindGroup");

  #maker(call: string): (descriptor: unknown) => PageObject {
    return (descriptor) => this.commands.make(this.id, call, [descriptor], PageObject);
  }

  createCommandEncoder(): PageEncoder {
    return this.commands.make(this.id, "createCommandEncoder", [], PageEncoder);
  }

  pushErrorScope(filter: string): void {
    this.commands.do(this.id, "pushErrorScope", [filter]);
  }

  /** The kinds of errors are told apart by the names of their constructors. */
  async popErrorScope(): Promise<{ readonly message: string } | null> {
    const { value } = await this.commands.ask(this.id, "popErrorScope", []);
    if (value === null) return null;
    const { name, message } = value as { name: string; message: string };
    return Object.assign({ message }, { constructor: { name } });
  }
}

class PageQueue {
  readonly #commands: Commands;
  readonly #device: number;

  constructor(commands: Commands, device: number) {
    this.#commands = commands;
    this.#device = device;
  }

  writeBuffer(buffer: PageBuffer, offset: number, data: ArrayBufferView): void {
    this.#commands.do(this.#device, "queue.writeBuffer", [buffer, offset, data]);
  }

  submit(buffers: readonly PageObject[]): void {
    this.#commands.do(this.#device, "queue.submit", [buffers]);
  }

  async onSubmittedWorkDone(): Promise<void> {
    await this.#commands.ask(this.#device, "queue.onSubmittedWorkDone", []);
  }
}

class PageBuffer extends PageObject {
  size = 0;
  #mapped = new ArrayBuffer(0);

  /** The numbers come with the answer. */
  async mapAsync(mode: number): Promise<void> {
    const { bytes } = await this.commands.ask(this.id, "mapAsync", [mode]);
    this.#mapped = bytes ?? this.#mapped;
  }

  getMappedRange(): ArrayBuffer {
    return this.#mapped;
  }

  unmap(): void {
    this.#mapped = new ArrayBuffer(0);
    this.commands.do(this.id, "unmap", []);
  }

  destroy(): void {
    this.commands.do(this.id, "destroy", []);
  }
}

class PageEncoder extends PageObject {
  copyBufferToBuffer(from: PageBuffer, fromOffset: number, to: PageBuffer, toOffset: number, size: number): void {
    this.commands.do(this.id, "copyBufferToBuffer", [from, fromOffset, to, toOffset, size]);
  }

  beginComputePass(): PagePass {
    return this.commands.make(this.id, "beginComputePass", [], PagePass);
  }

  finish(): PageObject {
    return this.commands.make(this.id, "finish", [], PageObject);
  }
}

class PagePass extends PageObject {
  setPipeline(pipeline: PageObject): void {
    this.commands.do(this.id, "setPipeline", [pipeline]);
  }

  setBindGroup(index: number, group: PageObject, offsets: readonly number[] = []): void {
    this.commands.do(this.id, "setBindGroup", [index, group, offsets]);
  }

  dispatchWorkgroups(x: number, y = 1, z = 1): void {
    this.commands.do(this.id, "dispatchWorkgroups", [x, y, z]);
  }

  end(): void {
    this.commands.do(this.id, "end", []);
  }
}
