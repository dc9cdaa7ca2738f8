/**
 * @file Running addresses of a loop nest. Every access with the same byte strides shares one local, advanced by the
 * loops; what differs between them is a constant that goes into the instruction. So a nest over arrays of one shape has
 * one running address, however many arrays there are.
 */
import type { FunctionBuilder } from "../code/function.ts";

/**
 * How an access moves: at the start it is `base`, counted from the address in the local `origin` where there is one, and
 * goes on by `strides` bytes per step of each loop, outermost first.
 */
export class Walk {
  readonly base: number;
  readonly strides: readonly number[];
  readonly origin: number | undefined;
  /** For each number of loops, a name of the part of the walk that they determine, and the last loop that moves it. */
  readonly prefixes: readonly { readonly key: string; readonly last: number }[];

  constructor(base: number, strides: readonly number[], origin?: number) {
    this.base = base;
    this.strides = strides;
    this.origin = origin;
    let prefix = { key: `${origin ?? ""}@${base}:`, last: -1 };
    const prefixes = [prefix];
    for (const [loop, stride] of strides.entries()) {
      if (stride !== 0) prefix = { key: `${prefix.key}${loop}*${stride},`, last: loop };
      prefixes.push(prefix);
    }
    this.prefixes = prefixes;
  }
}

interface Running {
  readonly local: number;
  readonly stride: number;
}

export class Pointers {
  readonly #f: FunctionBuilder;
  readonly #walks = new Map<string, Walk>();
  readonly #running = new Map<string, Running>();
  readonly #opened: string[][] = [];

  constructor(f: FunctionBuilder) {
    this.#f = f;
  }

  /** Announces a walk; must happen before its loops are opened. A walk with a step back must carry its base. */
  declare(walk: Walk): void {
    this.#walks.set(walk.prefixes[walk.strides.length].key, walk);
  }

  /** Sets up the addresses that loop `depth` moves; `begin` is a local with its first value, where that is not 0. */
  open(depth: number, begin?: number): void {
    const opened: string[] = [];
    const f = this.#f;
    for (const walk of this.#walks.values()) {
      const here = walk.prefixes[depth + 1];
      if (here.last !== depth || this.#running.has(here.key)) continue;
      this.push(walk, depth);
      if (begin !== undefined) f.get(begin).i32(walk.strides[depth]).op("i32.mul").op("i32.add");
      const local = f.local("i32");
      f.set(local);
      this.#running.set(here.key, { local, stride: walk.strides[depth] });
      opened.push(here.key);
    }
    this.#opened.push(opened);
  }

  /** Moves on by `steps` in the innermost open loop. */
  advance(steps: number): void {
    const f = this.#f;
    for (const key of this.#opened[this.#opened.length - 1]) {
      const { local, stride } = this.#running.get(key)!;
      f.get(local)
        .i32(stride * steps)
        .op("i32.add")
        .set(local);
    }
  }

  close(): void {
    for (const key of this.#opened.pop()!) {
      this.#f.release(this.#running.get(key)!.local);
      this.#running.delete(key);
    }
  }

  /** Pushes the position of `walk`, as far as the outermost `loops` loops determine it. */
  push(walk: Walk, loops = walk.strides.length): void {
    const { key, last } = walk.prefixes[loops];
    if (last >= 0) this.#f.get(this.#running.get(key)!.local);
    else if (walk.origin === undefined) this.#f.i32(walk.base);
    else {
      this.#f.get(walk.origin);
      if (walk.base !== 0) this.#f.i32(walk.base).op("i32.add");
    }
  }
}
