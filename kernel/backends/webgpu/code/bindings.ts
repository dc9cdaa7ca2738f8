/**
 * @file Where a shader finds the buffers of a program: large inputs and results are buffers of the device's own, all others
 * lie in one arena. Every element takes four bytes: a bool is an u32, 0 or 1. Inputs may also have half precision, two to an
 * u32.
 */
import { showBytes } from "../../../budget.ts";
import type { DType } from "../../../dtype.ts";
import { DTypeError, MemoryError } from "../../../errors.ts";
import type { BufferId, LoopProgram } from "../../../loops/ir.ts";

/** What the adapter allows. */
export interface Limits {
  readonly bindingBytes: number;
  readonly bufferBytes: number;
  readonly bindings: number;
  readonly groups: number;
  readonly alignment: number;
  readonly workgroupBytes: number;
}

export const ELEMENT_BYTES = 4;

/** A range of the arena, in bytes, or a whole buffer apart. */
export interface Binding {
  readonly source: BufferId | "arena";
  readonly offset: number;
  readonly bytes: number;
  readonly writes: boolean;
}

export interface BufferUse {
  readonly buffer: BufferId;
  readonly writes: boolean;
}

const WGSL_TYPE: Readonly<Record<Exclude<DType, "float64">, string>> = { float32: "f32", int32: "i32", bool: "bool" };

/** What a value of that type is in a shader. */
export function typeOf(dtype: DType): string {
  if (dtype === "float64") throw noFloat64("a step of it");
  return WGSL_TYPE[dtype];
}

/** @param what of that type, for the message */
export const noFloat64 = (what: string): DTypeError =>
  new DTypeError(
    `webgpu: float64 is not available on WebGPU, and ${what} is of that type. Use x.to("float32"), or compute it with ` +
      'WebAssembly: await setDefaultBackend("wasm").',
  );

/** The buffers that one kernel reads and writes, as a shader declares and addresses them. */
export class Bindings {
  readonly list: Binding[] = [];
  readonly #program: LoopProgram;
  readonly #places = new Map<BufferId | "scratch", { readonly binding: number; readonly start: number }>();
  /** Bindings of which the elements are changed by several invocations at once. */
  readonly #atomic = new Set<number>();

  /** @param scratch whether the kernel also uses the room behind the arena's buffers */
  constructor(program: LoopProgram, limits: Limits, uses: readonly BufferUse[], scratch = 0) {
    this.#program = program;
    const { buffers, arenaBytes } = program;
    const written = new Set(uses.filter(({ writes }) => writes).map(({ buffer }) => buffer));
    const all = [...new Set(uses.map(({ buffer }) => buffer))];
    for (const buffer of all) {
      const { apart, size, half } = buffers[buffer];
      if (!apart) continue;
      this.#places.set(buffer, { binding: this.list.length, start: 0 });
      const bytes = Math.max(1, half ? Math.ceil(size / 2) : size) * ELEMENT_BYTES;
      this.list.push({ source: buffer, offset: 0, bytes, writes: written.has(buffer) });
    }
    const inArena = all
      .filter((buffer) => !buffers[buffer].apart)
      .map((buffer) => ({
        key: buffer as BufferId | "scratch",
        start: buffers[buffer].offset,
        end: buffers[buffer].offset + Math.max(1, buffers[buffer].size) * ELEMENT_BYTES,
      }));
    if (scratch > 0) inArena.push({ key: "scratch", start: arenaBytes, end: arenaBytes + scratch });
    const total = Math.max(0, ...inArena.map(({ end }) => end));
    if (total > 0 && total <= limits.bindingBytes) {
      for (const { key } of inArena) this.#places.set(key, { binding: this.list.length, start: 0 });
      this.list.push({ source: "arena", offset: 0, bytes: total, writes: true });
    } else this.#bindRanges(inArena, limits.alignment);
    if (this.list.length > limits.bindings) {
      throw new MemoryError(
        `webgpu: one operation needs ${this.list.length} large arrays at once, and this graphics processor takes ` +
          `${limits.bindings}. Go on with WebAssembly: await setDefaultBackend("wasm").`,
      );
    }
    for (const { bytes } of this.list) {
      if (bytes > limits.bindingBytes) {
        throw new MemoryError(
          `webgpu: one operation needs an array of ${showBytes(bytes)}, and this graphics processor lets a program see ` +
            `${showBytes(limits.bindingBytes)} of one. Work on smaller pieces (slices, or chunkSize of vmap), or go on ` +
            'with WebAssembly: await setDefaultBackend("wasm").',
        );
      }
    }
  }

  /** The arena is larger than what one binding may show: each range that is touched gets its own. */
  #bindRanges(
    ranges: readonly { readonly key: BufferId | "scratch"; readonly start: number; readonly end: number }[],
    alignment: number,
  ): void {
    let open: { start: number; end: number } | undefined;
    for (const { key, start, end } of [...ranges].sort((a, b) => a.start - b.start)) {
      const from = Math.floor(start / alignment) * alignment;
      if (open === undefined || from >= open.end) {
        open = { start: from, end };
        this.list.push({ source: "arena", offset: from, bytes: end - from, writes: true });
      } else {
        open.end = Math.max(open.end, end);
        const last = this.list.length - 1;
        this.list[last] = { ...this.list[last], bytes: open.end - open.start };
      }
      this.#places.set(key, { binding: this.list.length - 1, start: open.start });
    }
  }

  /** The elements of this buffer are added to by several invocations at once. */
  makeAtomic(buffer: BufferId): void {
    this.#atomic.add(this.#places.get(buffer)!.binding);
  }

  #elementType(binding: number): string {
    if (this.#atomic.has(binding)) return "atomic<u32>";
    const { source } = this.list[binding];
    if (source === "arena") return "u32";
    const { dtype, half } = this.#program.buffers[source];
    return dtype === "bool" || half ? "u32" : typeOf(dtype);
  }

  #element(key: BufferId | "scratch", index: string): { readonly text: string; readonly type: string } {
    const { binding, start } = this.#places.get(key)!;
    const offset = key === "scratch" ? this.#program.arenaBytes : this.#program.buffers[key].offset;
    const shift = this.list[binding].source === "arena" ? (offset - start) / ELEMENT_BYTES : 0;
    return {
      text: `b${binding}[${shift === 0 ? index : `${shift} + ${index}`}]`,
      type: this.#elementType(binding),
    };
  }

  /** @param index an i32 */
  load(key: BufferId | "scratch", dtype: DType, index: string): string {
    if (key !== "scratch" && this.#program.buffers[key].half) {
      return `unpack2x16float(b${this.#places.get(key)!.binding}[(${index}) >> 1u])[(${index}) & 1]`;
    }
    const { text, type } = this.#element(key, index);
    const raw = type === "atomic<u32>" ? `atomicLoad(&${text})` : text;
    if (dtype === "bool") return `(${raw} != 0u)`;
    return type === typeOf(dtype) ? raw : `bitcast<${typeOf(dtype)}>(${raw})`;
  }

  store(key: BufferId | "scratch", dtype: DType, index: string, value: string): string {
    const { text, type } = this.#element(key, index);
    if (dtype === "bool") return `${text} = select(0u, 1u, ${value});`;
    return `${text} = ${type === typeOf(dtype) ? value : `bitcast<u32>(${value})`};`;
  }

  /** The element itself, of a buffer that is atomic. */
  atomic(buffer: BufferId, index: string): string {
    return `&${this.#element(buffer, index).text}`;
  }

  declarations(): string {
    return this.list
      .map(
        ({ writes }, i) =>
          `@group(0) @binding(${i}) var<storage, ${writes ? "read_write" : "read"}> b${i}: array<${this.#elementType(i)}>;`,
      )
      .join("\n");
  }
}
