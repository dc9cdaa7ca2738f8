/**
 * @file The workspace of host kernels in WebAssembly: a memory of its own, and one module for all programs, made when first
 * asked for. The algorithms run in JavaScript; all that takes time is a call of a few nanoseconds.
 */
import { grownLength, type OpenWorkspace, type Operand, type Workspace } from "../../../loops/workspace.ts";
import { type Environment, ModuleBuilder } from "../code/module.ts";
import { ownMemory, SLACK_BYTES } from "../memory/memory.ts";
import { BLOCK, PACKED_A_BYTES, PACKED_B_BYTES, pack, TILE_BYTES, tiles } from "./product.ts";
import {
  addInners,
  addMultiple,
  addRows,
  divide,
  exchange,
  inner,
  SIZE,
  symmetrize,
  transpose,
  turnRows,
} from "./vectors.ts";

/** What lies below the numbers: blocks of a product, packed. Address 0 is left out, so that a stray one hits no data. */
const TILE = 64;
const PACKED_A = TILE + TILE_BYTES;
const PACKED_B = PACKED_A + PACKED_A_BYTES;
const NUMBERS = PACKED_B + PACKED_B_BYTES;

/** A memory for more numbers than this is not kept for the next routine. */
const KEPT_NUMBERS = 2 ** 22;

const OPERATIONS = {
  inner,
  addMultiple,
  divide,
  exchange,
  addRows,
  addInners,
  turnRows,
  transpose,
  symmetrize,
  pack,
  tiles: (module: ModuleBuilder) => tiles(module, TILE),
};

type Operations = Record<keyof typeof OPERATIONS, (...args: number[]) => number>;

class WasmWorkspace implements Workspace {
  readonly #module: WebAssembly.Module;
  readonly #imports: (environment: Environment) => WebAssembly.Imports;
  #operations: Operations;
  data: Float64Array;
  #top = 0;

  constructor(fused: boolean) {
    const module = new ModuleBuilder({ fused });
    const functions = Object.entries(OPERATIONS).map(([name, write]) => [name, write(module)]);
    this.#module = new WebAssembly.Module(module.encode(Object.fromEntries(functions)));
    this.#imports = module.imports();
    [this.#operations, this.data] = this.#hold(grownLength(0));
  }

  #hold(count: number): [Operations, Float64Array] {
    const memory = ownMemory(NUMBERS + count * SIZE + SLACK_BYTES);
    const imports = this.#imports({ memory, workspace: TILE, offer: () => 0 });
    const { exports } = new WebAssembly.Instance(this.#module, imports);
    return [exports as Operations, new Float64Array(memory.buffer, NUMBERS, count)];
  }

  /** Gives everything back, and memory that is too large to be kept. */
  clear(): void {
    this.#top = 0;
    if (this.data.length > KEPT_NUMBERS) [this.#operations, this.data] = this.#hold(grownLength(0));
  }

  take(count: number): number {
    const at = this.#top;
    this.#top += count;
    if (this.#top > this.data.length) {
      const { data } = this;
      [this.#operations, this.data] = this.#hold(grownLength(this.#top, data.length));
      this.data.set(data.subarray(0, at));
    }
    return at;
  }

  release(at: number): void {
    this.#top = at;
  }

  inner(x: number, y: number, n: number): number {
    return this.#operations.inner(address(x), address(y), n);
  }

  addMultiple(y: number, factor: number, x: number, n: number): void {
    this.#operations.addMultiple(address(y), factor, address(x), n);
  }

  divide(x: number, divisor: number, n: number): void {
    this.#operations.divide(address(x), divisor, n);
  }

  exchange(x: number, y: number, n: number): void {
    this.#operations.exchange(address(x), address(y), n);
  }

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
    const { addRows } = this.#operations;
    addRows(address(y), factor, address(weights), step * SIZE, address(rows), stride * SIZE, count, n);
  }

  addInners(y: number, factor: number, x: number, rows: number, stride: number, count: number, n: number): void {
    this.#operations.addInners(address(y), factor, address(x), address(rows), stride * SIZE, count, n);
  }

  turnRows(rows: number, stride: number, count: number, n: number, turns: number): void {
    this.#operations.turnRows(address(rows), stride * SIZE, count, n, address(turns));
  }

  transpose(to: number, toStride: number, from: number, fromStride: number, m: number, n: number): void {
    this.#operations.transpose(address(to), toStride * SIZE, address(from), fromStride * SIZE, m, n);
  }

  symmetrize(a: number, stride: number, n: number): void {
    this.#operations.symmetrize(address(a), stride * SIZE, n);
  }

  addProduct(c: number, stride: number, factor: number, a: Operand, b: Operand, m: number, n: number, k: number): void {
    const operations = this.#operations;
    for (let p = 0; p < k; p += BLOCK.length) {
      const length = Math.min(BLOCK.length, k - p);
      for (let j = 0; j < n; j += BLOCK.columns) {
        const columns = Math.min(BLOCK.columns, n - j);
        const right = address(b.at + p * b.down + j * b.across);
        operations.pack(right, PACKED_B, b.across * SIZE, b.down * SIZE, columns, length, 1);
        for (let i = 0; i < m; i += BLOCK.rows) {
          const rows = Math.min(BLOCK.rows, m - i);
          const left = address(a.at + i * a.down + p * a.across);
          operations.pack(left, PACKED_A, a.down * SIZE, a.across * SIZE, rows, length, factor);
          operations.tiles(PACKED_A, PACKED_B, address(c + i * stride + j), stride * SIZE, rows, columns, length);
        }
      }
    }
  }
}

const address = (at: number): number => NUMBERS + at * SIZE;

const made = new Map<boolean, WasmWorkspace>();

/** @param fused whether multiplication and addition may be one instruction */
export const workspaceOpener =
  (fused: boolean): OpenWorkspace =>
  () => {
    let workspace = made.get(fused);
    if (workspace === undefined) {
      workspace = new WasmWorkspace(fused);
      made.set(fused, workspace);
    }
    workspace.clear();
    return workspace;
  };
