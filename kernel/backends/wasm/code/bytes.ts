/** @file A growable run of bytes with the number encodings of the WebAssembly binary format. */

/** WebAssembly is little-endian, and so is every machine that an engine for it runs on. */
const scratch = new ArrayBuffer(8);
const [scratchInt32, scratchFloat32] = [new Int32Array(scratch), new Float32Array(scratch)];
const scratchFloat64 = new Float64Array(scratch);
const scratchBytes = new Uint8Array(scratch);
const utf8 = new TextEncoder();

export class ByteWriter {
  #bytes = new Uint8Array(1024);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(2 * this.#bytes.length, this.#length + count));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
  }

  byte(value: number): void {
    if (this.#length === this.#bytes.length) this.#reserve(1);
    this.#bytes[this.#length++] = value;
  }

  append(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** Unsigned LEB128 of a 32-bit value. */
  unsigned(value: number): void {
    let rest = value >>> 0;
    while (rest > 127) {
      this.byte((rest & 127) | 128);
      rest >>>= 7;
    }
    this.byte(rest);
  }

  /** Signed LEB128 of a 32-bit value; addresses above 2³¹ wrap, as they do in WebAssembly's own arithmetic. */
  signed(value: number): void {
    let rest = value | 0;
    for (;;) {
      const low = rest & 127;
      rest >>= 7;
      if ((rest === 0 && !(low & 64)) || (rest === -1 && low & 64)) {
        this.byte(low);
        return;
      }
      this.byte(low | 128);
    }
  }

  int32(value: number): void {
    scratchInt32[0] = value;
    this.#scratch(4);
  }

  float32(value: number): void {
    scratchFloat32[0] = value;
    this.#scratch(4);
  }

  float64(value: number): void {
    scratchFloat64[0] = value;
    this.#scratch(8);
  }

  #scratch(count: number): void {
    this.#reserve(count);
    for (let i = 0; i < count; i++) this.#bytes[this.#length + i] = scratchBytes[i];
    this.#length += count;
  }

  /** A length-prefixed UTF-8 name. */
  name(text: string): void {
    const bytes = utf8.encode(text);
    this.unsigned(bytes.length);
    this.append(bytes);
  }

  /** Room for an unsigned number below 2²¹ that is known later, filled in by `fill`. */
  hole(): number {
    const at = this.#length;
    this.byte(0x80);
    this.byte(0x80);
    this.byte(0x00);
    return at;
  }

  fill(at: number, value: number): void {
    this.#bytes[at] = (value & 127) | 128;
    this.#bytes[at + 1] = ((value >> 7) & 127) | 128;
    this.#bytes[at + 2] = (value >> 14) & 127;
  }

  /** What was written so far; a view, valid until the next write. */
  view(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#length);
  }
}
