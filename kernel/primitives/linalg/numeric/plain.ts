/** @file The workspace in JavaScript: for small matrices, and where a backend brings none of its own. */
import { grownLength, type Operand, type Workspace } from "../../../loops/workspace.ts";

export class PlainWorkspace implements Workspace {
  data = new Float64Array(grownLength(0));
  #top = 0;

  take(count: number): number {
    const at = this.#top;
    this.#top += count;
    if (this.#top > this.data.length) {
      const { data } = this;
      this.data = new Float64Array(grownLength(this.#top, data.length));
      this.data.set(data.subarray(0, at));
    }
    return at;
  }

  release(at: number): void {
    this.#top = at;
  }

  /** Four sums side by side: one sum would wait for each addition. */
  inner(x: number, y: number, n: number): number {
    const { data } = this;
    let s0 = 0;
    let s1 = 0;
    let s2 = 0;
    let s3 = 0;
    let i = 0;
    for (; i + 3 < n; i += 4) {
      s0 += data[x + i] * data[y + i];
      s1 += data[x + i + 1] * data[y + i + 1];
      s2 += data[x + i + 2] * data[y + i + 2];
      s3 += data[x + i + 3] * data[y + i + 3];
    }
    for (; i < n; i++) s0 += data[x + i] * data[y + i];
    return s0 + s1 + (s2 + s3);
  }

  addMultiple(y: number, factor: number, x: number, n: number): void {
    const { data } = this;
    for (let i = 0; i < n; i++) data[y + i] += factor * data[x + i];
  }

  divide(x: number, divisor: number, n: number): void {
    const { data } = this;
    for (let i = 0; i < n; i++) data[x + i] /= divisor;
  }

  exchange(x: number, y: number, n: number): void {
    const { data } = this;
    for (let i = 0; i < n; i++) {
      const old = data[x + i];
      data[x + i] = data[y + i];
      data[y + i] = old;
    }
  }

  /** Four rows at a time: each entry of y is loaded and stored a quarter as often. */
  addRows(
    y: number,
    factor: number,
    weights: number,
    step: number,
    rows: number,
    stride: number,
    count: number,
    n: number,
  ): void {
    const { data } = this;
    let p = 0;
    for (; p + 3 < count; p += 4) {
      const at = weights + p * step;
      const w0 = factor * data[at];
      const w1 = factor * data[at + step];
      const w2 = factor * data[at + 2 * step];
      const w3 = factor * data[at + 3 * step];
      const r0 = rows + p * stride;
      const r1 = r0 + stride;
      const r2 = r1 + stride;
      const r3 = r2 + stride;
      for (let i = 0; i < n; i++) {
        data[y + i] += w0 * data[r0 + i] + w1 * data[r1 + i] + w2 * data[r2 + i] + w3 * data[r3 + i];
      }
    }
    for (; p < count; p++) this.addMultiple(y, factor * data[weights + p * step], rows + p * stride, n);
  }

  addInners(y: number, factor: number, x: number, rows: number, stride: number, count: number, n: number): void {
    for (let p = 0; p < count; p++) this.data[y + p] += factor * this.inner(rows + p * stride, x, n);
  }

  turnRows(rows: number, stride: number, count: number, n: number, turns: number): void {
    const { data } = this;
    for (let p = 0; p < count; p++) {
      const c = data[turns + 2 * p];
      const s = data[turns + 2 * p + 1];
      const x = rows + p * stride;
      const y = x + stride;
      for (let i = 0; i < n; i++) {
        const a = data[x + i];
        const b = data[y + i];
        data[x + i] = c * a + s * b;
        data[y + i] = c * b - s * a;
      }
    }
  }

  transpose(to: number, toStride: number, from: number, fromStride: number, m: number, n: number): void {
    const { data } = this;
    for (let i = 0; i < m; i++)
      for (let j = 0; j < n; j++) data[to + j * toStride + i] = data[from + i * fromStride + j];
  }

  symmetrize(a: number, stride: number, n: number): void {
    const { data } = this;
    for (let i = 0; i < n; i++) {
      for (let j = i + 1; j < n; j++) {
        const here = a + i * stride + j;
        const there = a + j * stride + i;
        const value = (data[here] + data[there]) / 2;
        data[here] = value;
        data[there] = value;
      }
    }
  }

  addProduct(c: number, stride: number, factor: number, a: Operand, b: Operand, m: number, n: number, k: number): void {
    for (let i = 0; i < m; i++) {
      const row = c + i * stride;
      const left = a.at + i * a.down;
      if (b.across === 1) this.addRows(row, factor, left, a.across, b.at, b.down, k, n);
      else if (a.across === 1) this.addInners(row, factor, left, b.at, b.across, n, k);
      // Both operands are transposed: columns of B, one entry of A for each.
      else for (let j = 0; j < n; j++) this.#addColumn(row + j, factor, left, a.across, b.at + j * b.across, k);
    }
  }

  /** `data[at] += factor · Σ data[x + p · step] · data[y + p]`. */
  #addColumn(at: number, factor: number, x: number, step: number, y: number, k: number): void {
    const { data } = this;
    let sum = 0;
    for (let p = 0; p < k; p++) sum += data[x + p * step] * data[y + p];
    data[at] += factor * sum;
  }
}
