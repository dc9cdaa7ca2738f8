/**
 * @file A small assembler for the hand-written kernels: each instruction is a function of its operands and gives bytes, so
 * that code reads as expressions. Numbers are those of the WebAssembly specification.
 *
 * @typedef {readonly number[]} Code
 * @typedef {"i32" | "f32" | "f64" | "v128"} Type
 * @typedef {Code & { set: (value: Code) => Code, tee: (value: Code) => Code }} Local itself the code that reads it
 * @typedef {{ name: string, params: readonly Type[], locals: Type[], body: Code, index: number }} Func
 */

const TYPES = { i32: 0x7f, f32: 0x7d, f64: 0x7c, v128: 0x7b };
const VOID = 0x40;

/** LEB128. @param {number} value @returns {number[]} */
const unsigned = (value) => (value < 128 ? [value] : [(value & 127) | 128, ...unsigned(value >>> 7)]);

/** @param {number} value @returns {number[]} */
function signed(value) {
  const low = value & 127;
  const rest = value >> 7;
  const last = (rest === 0 && !(low & 64)) || (rest === -1 && low & 64);
  return last ? [low] : [low | 128, ...signed(rest)];
}

const float32 = (/** @type {number} */ value) => [...new Uint8Array(new Float32Array([value]).buffer)];
const float64 = (/** @type {number} */ value) => [...new Uint8Array(new Float64Array([value]).buffer)];

const plain =
  (/** @type {number[]} */ ...bytes) =>
  (/** @type {Code[]} */ ...operands) => [...operands.flat(), ...bytes];
const simd = (/** @type {number} */ code) => plain(0xfd, ...unsigned(code));
/** No alignment is promised. */
const access =
  (/** @type {number[]} */ ...bytes) =>
  (/** @type {Code} */ address, offset = 0) => [...address, ...bytes, 0, ...unsigned(offset)];
const storing =
  (/** @type {number[]} */ ...bytes) =>
  (/** @type {Code} */ address, /** @type {Code} */ value, offset = 0) => [
    ...address,
    ...value,
    ...bytes,
    0,
    ...unsigned(offset),
  ];

export const i32 = {
  const: (/** @type {number} */ value) => [0x41, ...signed(value)],
  add: plain(0x6a),
  sub: plain(0x6b),
  mul: plain(0x6c),
  lt: plain(0x49),
  eqz: plain(0x45),
};
export const f32 = {
  const: (/** @type {number} */ value) => [0x43, ...float32(value)],
  sqrt: plain(0x91),
  add: plain(0x92),
  sub: plain(0x93),
  mul: plain(0x94),
  div: plain(0x95),
  max: plain(0x97),
  load: access(0x2a),
  store: storing(0x38),
};
export const f64 = {
  const: (/** @type {number} */ value) => [0x44, ...float64(value)],
  store: storing(0x39),
  add: plain(0xa0),
  ofF32: plain(0xbb),
};
export const v128 = {
  load: access(0xfd, 0),
  store: storing(0xfd, 11),
  load32Splat: access(0xfd, 9),
  load64Splat: access(0xfd, 10),
  and: simd(78),
  xor: simd(81),
  /** Sixteen byte numbers, of the first operand below 16. */
  shuffle: (/** @type {Code} */ a, /** @type {Code} */ b, /** @type {readonly number[]} */ lanes) => [
    ...a,
    ...b,
    0xfd,
    13,
    ...lanes,
  ],
};
export const i32x4 = {
  splat: (/** @type {number} */ value) => {
    const lane = [...new Uint8Array(new Int32Array([value]).buffer)];
    return [0xfd, 12, ...lane, ...lane, ...lane, ...lane];
  },
  shiftLeft: (/** @type {Code} */ a, /** @type {number} */ bits) => [...a, ...i32.const(bits), 0xfd, ...unsigned(171)],
  add: simd(174),
  ofF32x4: simd(248),
};
export const f32x4 = {
  const: (/** @type {number} */ value) => [0xfd, 12, ...Array(4).fill(float32(value)).flat()],
  splat: simd(19),
  lane: (/** @type {Code} */ a, /** @type {number} */ lane) => [...a, 0xfd, 31, lane],
  nearest: simd(106),
  abs: simd(224),
  add: simd(228),
  sub: simd(229),
  mul: simd(230),
  div: simd(231),
  max: simd(233),
  pmin: simd(234),
  pmax: simd(235),
  /** a·b + c with one rounding, where the engine has relaxed SIMD. */
  madd: simd(0x105),
};
export const f64x2 = {
  const: (/** @type {number} */ value) => [0xfd, 12, ...float64(value), ...float64(value)],
  lane: (/** @type {Code} */ a, /** @type {number} */ lane) => [...a, 0xfd, 33, lane],
  add: simd(240),
  mul: simd(242),
  madd: simd(0x107),
};

export const call = (/** @type {{ index: number }} */ { index }, /** @type {Code[]} */ ...operands) => [
  ...operands.flat(),
  0x10,
  ...unsigned(index),
];
export const when = (/** @type {Code} */ condition, /** @type {Code} */ yes, /** @type {Code} */ no) => [
  ...condition,
  0x04,
  VOID,
  ...yes,
  0x05,
  ...no,
  0x0b,
];

/** Do `body`, then `counter += step`, while `counter < end`: at least once. */
export const loop = (
  /** @type {Local} */ counter,
  /** @type {number} */ step,
  /** @type {Code} */ end,
  /** @type {Code[]} */ ...body
) => [0x03, VOID, ...body.flat(), ...i32.lt(counter.tee(i32.add(counter, i32.const(step))), end), 0x0d, 0, 0x0b];

/** `local += bytes`. @param {Local} local @param {number} bytes */
export const advance = (local, bytes) => local.set(i32.add(local, i32.const(bytes)));

export class Module {
  /** @type {Func[]} */
  #functions = [];

  /**
   * A function without results, exported by its name.
   * @param {string} name @param {readonly Type[]} params
   * @param {(params: Local[], local: (type: Type) => Local) => readonly Code[]} body
   */
  define(name, params, body) {
    /** @type {Type[]} */
    const locals = [];
    const at = (/** @type {number} */ index) =>
      Object.assign([0x20, ...unsigned(index)], {
        set: (/** @type {Code} */ value) => [...value, 0x21, ...unsigned(index)],
        tee: (/** @type {Code} */ value) => [...value, 0x22, ...unsigned(index)],
      });
    const local = (/** @type {Type} */ type) => at(params.length + locals.push(type) - 1);
    const code = body(
      params.map((_, i) => at(i)),
      local,
    ).flat();
    const created = { name, params, locals, body: code, index: this.#functions.length };
    this.#functions.push(created);
    return created;
  }

  /** The exports, all on one memory. @param {WebAssembly.Memory} memory */
  instantiate(memory) {
    const name = (/** @type {string} */ text) => [...unsigned(text.length), ...Buffer.from(text, "ascii")];
    const list = (/** @type {readonly (readonly number[])[]} */ items) => [...unsigned(items.length), ...items.flat()];
    const section = (/** @type {number} */ id, /** @type {readonly number[]} */ bytes) => [
      id,
      ...unsigned(bytes.length),
      ...bytes,
    ];
    const bodies = this.#functions.map(({ locals, body }) => {
      const declared = [...list(locals.map((type) => [1, TYPES[type]])), ...body, 0x0b];
      return [...unsigned(declared.length), ...declared];
    });
    const pages = memory.buffer.byteLength / 2 ** 16;
    const bytes = Uint8Array.from([
      ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
      ...section(1, list(this.#functions.map(({ params }) => [0x60, ...list(params.map((type) => [TYPES[type]])), 0]))),
      ...section(2, list([[...name("host"), ...name("memory"), 2, 0, ...unsigned(pages)]])),
      ...section(3, list(this.#functions.map(({ index }) => unsigned(index)))),
      ...section(7, list(this.#functions.map(({ name: text, index }) => [...name(text), 0, ...unsigned(index)]))),
      ...section(10, list(bodies)),
    ]);
    const module = new WebAssembly.Module(bytes);
    return /** @type {Record<string, (...values: number[]) => void>} */ (
      new WebAssembly.Instance(module, { host: { memory } }).exports
    );
  }
}
