/** @file The body of one WebAssembly function while it is being written. */
import { ByteWriter } from "./bytes.ts";
import { hasRelaxedSimd } from "./features.ts";
import {
  LANE,
  LANE_MEMORY,
  type LaneMemoryOp,
  type LaneOp,
  MEMORY,
  type MemoryOp,
  PLAIN,
  type PlainOp,
  SATURATING,
  SIMD,
  SIMD_MEMORY,
  VALUE_TYPES,
  type ValueType,
} from "./opcodes.ts";

/** Something that can be called. Its index is known only when all imports are: calls are filled in at the end. */
export interface Callable {
  readonly params: readonly ValueType[];
  readonly results: readonly ValueType[];
}

/** Vectors of floats. */
export type FloatShape = "f32x4" | "f64x2";

const EMPTY_BLOCK = 0x40;

/** Each instruction's bytes before its immediates. */
const ENCODED = new Map<PlainOp, readonly number[]>();
for (const [name, code] of Object.entries(PLAIN)) ENCODED.set(name as PlainOp, [code]);
for (const [name, code] of Object.entries(SATURATING)) ENCODED.set(name as PlainOp, [0xfc, code]);
for (const [name, code] of Object.entries(SIMD)) ENCODED.set(name as PlainOp, [0xfd, ...simdNumber(code)]);

function simdNumber(code: number): number[] {
  return code < 128 ? [code] : [(code & 127) | 128, code >> 7];
}

export class FunctionBuilder implements Callable {
  readonly params: readonly ValueType[];
  readonly results: readonly ValueType[];
  readonly #code = new ByteWriter();
  readonly #locals: ValueType[] = [];
  readonly #free = new Map<ValueType, number[]>();
  readonly #calls: { readonly at: number; readonly target: Callable }[] = [];

  /** Whether `madd` and `nmadd` are single instructions, which round once. */
  readonly #fused: boolean;

  constructor(params: readonly ValueType[], results: readonly ValueType[], fused: boolean) {
    this.params = params;
    this.results = results;
    this.#fused = fused;
  }

  /** Length of the code so far. */
  get bytes(): number {
    return this.#code.length;
  }

  /** A local variable; its first value is unspecified, since released ones are used again. */
  local(type: ValueType): number {
    const reused = this.#free.get(type)?.pop();
    if (reused !== undefined) return reused;
    this.#locals.push(type);
    return this.params.length + this.#locals.length - 1;
  }

  release(local: number): void {
    const type = this.#locals[local - this.params.length];
    const free = this.#free.get(type);
    if (free) free.push(local);
    else this.#free.set(type, [local]);
  }

  get(local: number): this {
    return this.#indexed(0x20, local);
  }

  /** Pushes the module's only global: where the workspace is that no other thread uses. */
  workspace(): this {
    return this.#indexed(0x23, 0);
  }

  set(local: number): this {
    return this.#indexed(0x21, local);
  }

  tee(local: number): this {
    return this.#indexed(0x22, local);
  }

  #indexed(code: number, index: number): this {
    this.#code.byte(code);
    this.#code.unsigned(index);
    return this;
  }

  i32(value: number): this {
    this.#code.byte(0x41);
    this.#code.signed(value);
    return this;
  }

  f32(value: number): this {
    this.#code.byte(0x43);
    this.#code.float32(value);
    return this;
  }

  f64(value: number): this {
    this.#code.byte(0x44);
    this.#code.float64(value);
    return this;
  }

  /** A vector constant: `value` in all four lanes. */
  f32x4(value: number): this {
    this.#vector();
    for (let lane = 0; lane < 4; lane++) this.#code.float32(value);
    return this;
  }

  f64x2(value: number): this {
    this.#vector();
    for (let lane = 0; lane < 2; lane++) this.#code.float64(value);
    return this;
  }

  i32x4(a: number, b = a, c = a, d = a): this {
    this.#vector();
    for (const lane of [a, b, c, d]) this.#code.int32(lane);
    return this;
  }

  #vector(): void {
    this.#code.byte(0xfd);
    this.#code.byte(12);
  }

  op(name: PlainOp): this {
    for (const byte of ENCODED.get(name)!) this.#code.byte(byte);
    return this;
  }

  /**
   * Pushes a·b + c: `factors` pushes a and b, `addend` pushes c. They may run in either order, so neither may set what
   * the other reads.
   */
  madd(shape: FloatShape, factors: () => void, addend: () => void): this {
    factors();
    if (!this.#fused) this.op(`${shape}.mul`);
    addend();
    return this.op(this.#fused ? `${shape}.relaxed_madd` : `${shape}.add`);
  }

  /** Pushes c − a·b, from the same as `madd`. */
  nmadd(shape: FloatShape, factors: () => void, addend: () => void): this {
    if (this.#fused) {
      factors();
      addend();
      return this.op(`${shape}.relaxed_nmadd`);
    }
    addend();
    factors();
    return this.op(`${shape}.mul`).op(`${shape}.sub`);
  }

  /**
   * Replaces two vectors and a mask on the stack by the first vector's lanes where the mask is all ones, and the second's
   * where it is all zeros; lanes of the mask are 32 bits wide or 64. One instruction on x64, where bitselect is three;
   * and exact, so strict code has it too. A mask of parts of lanes, such as sign bits, needs bitselect itself.
   */
  laneSelect(): this {
    return this.op(this.#fused || hasRelaxedSimd() ? "i32x4.relaxed_laneselect" : "v128.bitselect");
  }

  lane(name: LaneOp, lane: number): this {
    this.#code.byte(0xfd);
    this.#code.byte(LANE[name]);
    this.#code.byte(lane);
    return this;
  }

  shuffle(bytes: readonly number[]): this {
    this.#code.byte(0xfd);
    this.#code.byte(13);
    for (const byte of bytes) this.#code.byte(byte);
    return this;
  }

  memory(name: MemoryOp, offset = 0): this {
    const simd = name in SIMD_MEMORY;
    const [code, alignment] = simd
      ? SIMD_MEMORY[name as keyof typeof SIMD_MEMORY]
      : MEMORY[name as keyof typeof MEMORY];
    if (simd) this.#code.byte(0xfd);
    this.#code.byte(code);
    this.#code.byte(alignment);
    this.#code.unsigned(offset);
    return this;
  }

  laneMemory(name: LaneMemoryOp, offset: number, lane: number): this {
    const [code, alignment] = LANE_MEMORY[name];
    this.#code.byte(0xfd);
    this.#code.byte(code);
    this.#code.byte(alignment);
    this.#code.unsigned(offset);
    this.#code.byte(lane);
    return this;
  }

  /** Copies bytes; the stack has the target's address, the source's and how many. */
  copyMemory(): this {
    for (const byte of [0xfc, 10, 0, 0]) this.#code.byte(byte);
    return this;
  }

  /** What the code so far calls. */
  callees(): Callable[] {
    return this.#calls.map(({ target }) => target);
  }

  call(target: Callable): this {
    this.#code.byte(0x10);
    this.#calls.push({ at: this.#code.hole(), target });
    return this;
  }

  block(body: () => void): this {
    return this.#nested(0x02, body);
  }

  loop(body: () => void): this {
    return this.#nested(0x03, body);
  }

  #nested(code: number, body: () => void): this {
    this.#code.byte(code);
    this.#code.byte(EMPTY_BLOCK);
    body();
    this.#code.byte(0x0b);
    return this;
  }

  /** Runs `yes` when the i32 on the stack is not zero. */
  if(yes: () => void, no?: () => void, result?: ValueType): this {
    this.#code.byte(0x04);
    this.#code.byte(result ? VALUE_TYPES[result] : EMPTY_BLOCK);
    yes();
    if (no) {
      this.#code.byte(0x05);
      no();
    }
    this.#code.byte(0x0b);
    return this;
  }

  branch(depth: number): this {
    return this.#indexed(0x0c, depth);
  }

  branchIf(depth: number): this {
    return this.#indexed(0x0d, depth);
  }

  /** Runs `body` `count` times, at least once; a count that is a local is used up. */
  repeat(count: number | { readonly local: number }, body: () => void): this {
    if (count === 1) {
      body();
      return this;
    }
    const counter = typeof count === "number" ? this.local("i32") : count.local;
    if (typeof count === "number") this.i32(count).set(counter);
    this.loop(() => {
      body();
      this.get(counter).i32(1).op("i32.sub").tee(counter).branchIf(0);
    });
    if (typeof count === "number") this.release(counter);
    return this;
  }

  /** The entry in the code section. */
  encode(indexOf: (target: Callable) => number): Uint8Array {
    for (const { at, target } of this.#calls) this.#code.fill(at, indexOf(target));
    const body = new ByteWriter();
    const runs: [ValueType, number][] = [];
    for (const type of this.#locals) {
      const last = runs.at(-1);
      if (last?.[0] === type) last[1]++;
      else runs.push([type, 1]);
    }
    body.unsigned(runs.length);
    for (const [type, count] of runs) {
      body.unsigned(count);
      body.byte(VALUE_TYPES[type]);
    }
    body.append(this.#code.view());
    body.byte(0x0b);
    return body.view();
  }
}
