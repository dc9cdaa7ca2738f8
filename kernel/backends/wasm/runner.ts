/** @file Running a compiled program: in the memory that all programs use, or in one of its own. */
import type { TypedArray } from "../../dtype.ts";
import type { BufferId } from "../../loops/ir.ts";
import type { HostExecutable } from "../executable.ts";
import { type Environment, IS_SHARED, type Offer } from "./code/module.ts";
import { checkSize, commonMemory, ensure, giveBlock, ownMemory, SLACK_BYTES, takeBlock } from "./memory/memory.ts";
import { byteLength } from "./memory/placed.ts";
import { addressOf, makeResident } from "./memory/residents.ts";
import type { Views } from "./memory/views.ts";
import { type KernelRange, newProgramId, offer, takeBack } from "./threads/pool.ts";

export interface Layout {
  readonly inputs: readonly BufferId[];
  readonly outputs: readonly BufferId[];
  /** Where the workspace is, and where it ends. */
  readonly workspace: number;
  readonly arenaEnd: number;
  /** Set when the program has kernels for other threads: names in `Math` of what it imports. */
  readonly portable: readonly (string | null)[] | undefined;
  readonly codeBytes: number;
  /** Set for an arena that is not to stay in the common memory. */
  readonly isLarge: boolean;
}

type Imports = (environment: Environment) => WebAssembly.Imports;

/** There is no block left in the common memory. */
class NoRoom extends Error {}

export class Runner implements HostExecutable {
  readonly codeBytes: number;
  readonly #module: WebAssembly.Module;
  readonly #imports: Imports;
  readonly #views: Views;
  readonly #layout: Layout;
  /** What was started in the common memory. */
  #started: (() => void) | undefined;
  #exports: WebAssembly.Exports = {};
  readonly #exchangesBlocks: boolean;

  constructor(module: WebAssembly.Module, imports: Imports, views: Views, layout: Layout) {
    this.codeBytes = layout.codeBytes;
    this.#module = module;
    this.#imports = imports;
    this.#views = views;
    this.#layout = layout;
    this.#exchangesBlocks = [...layout.inputs, ...layout.outputs].some((id) => views.placed(id).slot !== undefined);
  }

  run(inputs: readonly TypedArray[]): TypedArray[] {
    this.#check(inputs);
    if (this.#layout.isLarge) return this.#runApart(inputs);
    try {
      return this.#runInCommon(inputs);
    } catch (error) {
      if (error instanceof NoRoom) return this.#runApart(inputs);
      throw error;
    }
  }

  #start(memory: WebAssembly.Memory): () => void {
    this.#views.move(memory);
    const { portable, workspace } = this.#layout;
    const isShared = portable !== undefined && memory === commonMemory();
    const offer = isShared ? this.#offerOf(portable) : () => 0;
    const instance = new WebAssembly.Instance(this.#module, this.#imports({ memory, workspace, offer }));
    this.#exports = instance.exports;
    return instance.exports.run as () => void;
  }

  #offerOf(imports: readonly (string | null)[]): Offer {
    const program = { id: newProgramId(), module: this.#module, imports };
    return (kernel, extent, steps) =>
      offer(program, this, kernel, this.#exports[`kernel${kernel}`] as KernelRange, extent, steps) ? 1 : 0;
  }

  #runInCommon(inputs: readonly TypedArray[]): TypedArray[] {
    const { arenaEnd } = this.#layout;
    ensure(arenaEnd);
    takeBack();
    this.#started ??= this.#start(commonMemory());
    return this.#exchangesBlocks ? this.#exchangeBlocks(inputs, this.#started) : this.#exchange(inputs, this.#started);
  }

  /** Copies all inputs in and all results out. */
  #exchange(inputs: readonly TypedArray[], run: () => void): TypedArray[] {
    const views = this.#views;
    const { inputs: inputIds, outputs: outputIds } = this.#layout;
    for (let i = 0; i < inputIds.length; i++) views.of(inputIds[i]).set(inputs[i]);
    run();
    return outputIds.map((id) => views.of(id).slice());
  }

  /** Takes the blocks of residents as they are, makes others for results, and borrows some for what lives elsewhere. */
  #exchangeBlocks(inputs: readonly TypedArray[], run: () => void): TypedArray[] {
    const views = this.#views;
    const { inputs: inputIds, outputs: outputIds } = this.#layout;
    const borrowed: number[] = [];
    const borrow = (bytes: number): number => {
      const address = takeBlock(bytes);
      if (address === undefined) throw new NoRoom();
      borrowed.push(address);
      return address;
    };
    try {
      for (const [i, id] of inputIds.entries()) {
        if (views.placed(id).slot !== undefined) {
          const resident = addressOf(inputs[i]);
          views.put(id, resident ?? borrow(inputs[i].byteLength));
          if (resident !== undefined) continue;
        }
        views.of(id).set(inputs[i]);
      }
      const residents = outputIds.map((id, o) => {
        const placed = views.placed(id);
        if (placed.slot === undefined || outputIds.indexOf(id) < o) return undefined;
        const resident = IS_SHARED ? makeResident(placed.dtype, placed.size) : undefined;
        if (IS_SHARED && resident === undefined) throw new NoRoom();
        views.put(id, resident === undefined ? borrow(byteLength(placed)) : addressOf(resident)!);
        return resident;
      });
      run();
      return outputIds.map((id, o) => residents[o] ?? views.of(id).slice());
    } finally {
      for (const address of borrowed) giveBlock(address);
    }
  }

  /** In a memory that is there for this run only. */
  #runApart(inputs: readonly TypedArray[]): TypedArray[] {
    const views = this.#views;
    const { inputs: inputIds, outputs: outputIds, arenaEnd } = this.#layout;
    let end = arenaEnd;
    const places = new Map<BufferId, number>();
    for (const id of [...inputIds, ...outputIds]) {
      const placed = views.placed(id);
      if (placed.slot === undefined || places.has(id)) continue;
      places.set(id, Math.ceil(end / 64) * 64);
      end = places.get(id)! + byteLength(placed) + SLACK_BYTES;
    }
    checkSize(end);
    const run = this.#start(ownMemory(end));
    this.#started = undefined;
    try {
      for (const [id, address] of places) views.put(id, address);
      for (const [i, id] of inputIds.entries()) views.of(id).set(inputs[i]);
      run();
      return outputIds.map((id) => views.of(id).slice());
    } finally {
      views.move(undefined);
    }
  }

  #check(inputs: readonly TypedArray[]): void {
    const { inputs: ids } = this.#layout;
    if (inputs.length !== ids.length) {
      throw new TypeError(`The program takes ${ids.length} inputs, but ${inputs.length} were given.`);
    }
    for (const [i, id] of ids.entries()) {
      const { dtype, size } = this.#views.placed(id);
      if (inputs[i].length !== size) {
        throw new TypeError(
          `Input ${i} of the program is ${dtype} of ${size} elements, but an array of ${inputs[i].length} was given.`,
        );
      }
    }
  }
}
