/** @file WebGPU for a session: does in this page what the session asks for, and answers. */
import type {
  GraphicsAnswer,
  GraphicsBatch,
  GraphicsCommand,
  GraphicsObject,
  GraphicsReference,
} from "../../protocol/graphics.ts";

type Call = Exclude<GraphicsCommand, { forget: unknown }>;

export class GraphicsServer {
  readonly #answer: (answer: GraphicsAnswer) => void;
  readonly #objects: Map<GraphicsObject, unknown>;
  /** What went wrong where no answer is expected: the next answer says it. */
  #failure: unknown = null;
  #isOver = false;

  constructor(gpu: GPU, answer: (answer: GraphicsAnswer) => void) {
    this.#answer = (each) => {
      if (!this.#isOver) answer(each);
    };
    this.#objects = new Map([[0, gpu]]);
  }

  run({ commands, bytes }: GraphicsBatch): void {
    const parts = bytes.map(decoded);
    for (const command of commands) {
      if ("forget" in command) this.#objects.delete(command.forget);
      else this.#call(command, parts);
    }
  }

  /** Frees what the session had here. */
  end(): void {
    this.#isOver = true;
    for (const object of this.#objects.values()) if (object instanceof GPUDevice) object.destroy();
    this.#objects.clear();
  }

  #call(command: Call, parts: readonly Uint8Array[]): void {
    const { as, ask } = command;
    try {
      if (this.#failure !== null) throw this.#failure;
      const given = this.#apply(command, parts);
      if (ask !== undefined) void this.#tell(command, ask, Promise.resolve(given));
      else if (as !== undefined) this.#objects.set(as, given);
    } catch (error) {
      if (ask === undefined) this.#failure = error;
      else void this.#tell(command, ask, Promise.reject(error));
    }
  }

  #apply({ on, call, with: args }: Call, parts: readonly Uint8Array[]): unknown {
    // "queue.submit" is a method of the object's queue.
    const path = call.split(".");
    let object = this.#objects.get(on) as Record<string, unknown>;
    for (const name of path.slice(0, -1)) object = object[name] as Record<string, unknown>;
    const method = object[path[path.length - 1]] as (...args: unknown[]) => unknown;
    return method.apply(
      object,
      args.map((each) => this.#resolved(each, parts)),
    );
  }

  async #tell({ on, call, as }: Call, to: number, coming: Promise<unknown>): Promise<void> {
    try {
      const value = await coming;
      if (value instanceof GPUDevice) {
        void value.lost.then(({ message }) => this.#answer({ lost: as!, message }));
      }
      if (as !== undefined && value !== null) this.#objects.set(as, value);
      const bytes = call === "mapAsync" ? mappedBytes(this.#objects.get(on) as GPUBuffer) : undefined;
      this.#answer({ to, value: described(value), bytes });
    } catch (error) {
      const { name, message } = error instanceof Error ? error : new Error(String(error));
      this.#answer({ to, error: { name, message } });
    }
  }

  /** An argument with objects and bytes where they were referred to. */
  #resolved(value: unknown, parts: readonly Uint8Array[]): unknown {
    if (Array.isArray(value)) return value.map((each) => this.#resolved(each, parts));
    if (typeof value !== "object" || value === null) return value;
    const keys = Object.keys(value);
    if (keys.length === 1 && keys[0] === "object") {
      return this.#objects.get((value as Extract<GraphicsReference, { object: unknown }>).object);
    }
    if (keys.length === 1 && keys[0] === "bytes") {
      return parts[(value as Extract<GraphicsReference, { bytes: unknown }>).bytes];
    }
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, this.#resolved(each, parts)]));
  }
}

/** What the session is to know of an object: an adapter, a device, an error. */
function described(value: unknown): unknown {
  if (value instanceof GPUAdapter) {
    const { vendor, architecture, device, description, isFallbackAdapter } = value.info;
    const info = { vendor, architecture, device, description, isFallbackAdapter };
    return { limits: numbersOf(value.limits), features: [...value.features], info };
  }
  if (value instanceof GPUDevice) return { limits: numbersOf(value.limits), features: [...value.features] };
  if (value instanceof GPUError) return { name: value.constructor.name, message: value.message };
  return null;
}

/** Limits are attributes of a prototype. */
function numbersOf(limits: GPUSupportedLimits): Record<string, number> {
  const found: Record<string, number> = {};
  for (const name in limits) {
    const value: unknown = limits[name as keyof GPUSupportedLimits];
    if (typeof value === "number") found[name] = value;
  }
  return found;
}

function mappedBytes(buffer: GPUBuffer): string {
  const bytes = new Uint8Array(buffer.getMappedRange());
  const parts: string[] = [];
  // A call takes only so many arguments.
  const most = 0x8000;
  for (let i = 0; i < bytes.length; i += most) parts.push(String.fromCharCode(...bytes.subarray(i, i + most)));
  return btoa(parts.join(""));
}

function decoded(base64: string): Uint8Array {
  const binary = atob(base64);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}
