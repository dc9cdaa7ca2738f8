/**
 * @file Code for the expressions of a nest, at one point or at a few neighbouring points at once. A value that does not
 * change in the inner loops is computed outside them; a value that is used twice is computed once.
 */
import { bytesPerElement } from "../../../dtype.ts";
import type { Affine, Expr, Index, Store } from "../../../loops/ir.ts";
import { inOrder, operands, storeRoots } from "../../../loops/walk.ts";
import type { FunctionBuilder } from "../code/function.ts";
import type { ModuleBuilder } from "../code/module.ts";
import { type Placed, pushAddress } from "../memory/placed.ts";
import { affineLevel, isTrivial, type Loop, strideOf } from "./expression.ts";
import { Pointers, Walk } from "./pointers.ts";
import {
  SCALAR_LOAD,
  SCALAR_STORE,
  SCALAR_TYPE,
  scalarBinary,
  scalarCast,
  scalarConst,
  scalarUnary,
} from "./scalar-code.ts";
import {
  bytesFromMask,
  extract,
  LANE_LOAD,
  LANE_STORE,
  type Lanes,
  maskFromBytes,
  splat,
  vectorBinary,
  vectorCast,
  vectorConst,
  vectorLoad,
  vectorSelect,
  vectorStore,
  vectorUnary,
} from "./vector-code.ts";

/** What code is written into, and for which buffers. */
export interface Target {
  readonly module: ModuleBuilder;
  readonly buffers: readonly Placed[];
  /** Makes the workspace that a kernel finds while it runs, each thread its own, at least so large. */
  workspace(bytes: number): void;
  /** Address of so many bytes that all threads see while a kernel runs. */
  common(bytes: number): number;
}

/** The loop whose steps are taken several at a time. */
export interface VectorLoop {
  readonly position: number;
  readonly lanes: Lanes;
}

/** Expressions and stores that are evaluated inside the loops up to `depth`. */
export interface Body {
  readonly depth: number;
  readonly values: readonly Expr[];
  readonly stores: readonly Store[];
}

export interface Nest {
  readonly loops: readonly Loop[];
  readonly bodies: readonly Body[];
  readonly vector?: VectorLoop;
  /** Loads that must stay where they are, since the nest writes what they read. */
  readonly pinned?: ReadonlySet<Expr>;
}

/** Whether and how a piece of code handles neighbouring points: `copies` vectors, one after the other. */
export type Width = { readonly copies: number } | "scalar";

interface Remembered {
  readonly memo: Map<Expr, number>;
  readonly e: Expr;
}

export class PointCode {
  readonly f: FunctionBuilder;
  /** Locals that hold the finished accumulator, one for scalar code or one per vector. */
  accumulators: readonly number[] = [];

  readonly #target: Target;
  readonly #loops: readonly Loop[];
  readonly #vector: VectorLoop | undefined;
  readonly #pointers: Pointers;
  readonly #walks = new Map<Placed, Map<Index, Walk>>();
  /** Locals with the addresses of buffers of which the place is known only at run time. */
  readonly #origins = new Map<Placed, number>();
  readonly #levels = new Map<Expr, number>();
  readonly #uses = new Map<Expr, number>();
  /** What each copy of a vector body computes for itself; anything else is the same in all lanes. */
  readonly #varying = new Set<Expr>();
  /** Values to compute on entering each depth, since deeper code uses them. */
  readonly #hoisted: Set<Expr>[];
  /** Those of them that are the same in all lanes and needed as vectors. */
  readonly #splatted = new Set<Expr>();

  readonly #scalars = new Map<Expr, number>();
  readonly #splats = new Map<Expr, number>();
  readonly #vectors: Map<Expr, number>[] = [];
  #journal: Remembered[] = [];

  constructor(f: FunctionBuilder, target: Target, nest: Nest) {
    this.f = f;
    this.#target = target;
    this.#loops = nest.loops;
    this.#vector = nest.vector;
    this.#pointers = new Pointers(f);
    this.#hoisted = nest.loops.map(() => new Set<Expr>());
    this.#analyse(nest);
    this.#declare(nest);
  }

  #analyse({ loops, bodies, pinned }: Nest): void {
    const vectorLoop = this.#vector && loops[this.#vector.position];
    const use = (e: Expr, by: { readonly level: number; readonly varying: boolean }): void => {
      this.#uses.set(e, (this.#uses.get(e) ?? 0) + 1);
      if (isTrivial(e)) return;
      const level = this.#levels.get(e)!;
      if (level < by.level) this.#hoisted[level].add(e);
      if (by.varying && !this.#varying.has(e)) this.#splatted.add(e);
    };
    for (const { depth, values, stores } of bodies) {
      const roots = [...values, ...stores.flatMap(storeRoots)];
      for (const e of inOrder(roots)) {
        if (this.#levels.has(e)) continue;
        let level = 0;
        let varying = false;
        if (e.kind === "load" || e.kind === "iota") {
          level = pinned?.has(e) ? depth : affineLevel(e.index, loops);
          varying = vectorLoop !== undefined && strideOf(e.index, vectorLoop) !== 0;
        } else if (e.kind === "accumulator") {
          level = depth;
          varying = this.#vector !== undefined && this.#vector.position < depth;
        }
        for (const operand of operands(e)) {
          level = Math.max(level, this.#levels.get(operand)!);
          varying ||= this.#varying.has(operand);
        }
        this.#levels.set(e, level);
        if (varying) this.#varying.add(e);
        for (const operand of operands(e)) use(operand, { level, varying });
      }
      const varying = this.#vector !== undefined && this.#vector.position < depth;
      for (const root of roots) use(root, { level: depth, varying });
    }
  }

  #declare({ bodies }: Nest): void {
    const order = inOrder(bodies.flatMap(({ values, stores }) => [...values, ...stores.flatMap(storeRoots)]));
    for (const e of order) {
      if (e.kind === "load") this.#pointers.declare(this.#walk(e.index, this.#target.buffers[e.buffer]));
      else if (e.kind === "iota") this.#pointers.declare(this.#count(e.index));
    }
    for (const { stores } of bodies)
      for (const store of stores) this.#pointers.declare(this.#walk(store.index, this.#target.buffers[store.buffer]));
  }

  #walk(index: Index, buffer: Placed): Walk {
    let walks = this.#walks.get(buffer);
    if (!walks) {
      walks = new Map();
      this.#walks.set(buffer, walks);
    }
    const known = walks.get(index);
    if (known) return known;
    const size = bytesPerElement(buffer.dtype);
    const strides = this.#loops.map((loop) => strideOf(index, loop) * size);
    // An instruction's constant is added without wrapping, so an address that goes below its start must hold it all.
    const base = !index.dynamic?.length && strides.some((stride) => stride < 0) ? fixedAddress(index, buffer) : 0;
    const walk = new Walk(base, strides, this.#origin(buffer));
    walks.set(index, walk);
    return walk;
  }

  /** Must first be asked for where the function begins, as declaring its walks does. */
  #origin(buffer: Placed): number | undefined {
    if (buffer.slot === undefined) return undefined;
    let local = this.#origins.get(buffer);
    if (local === undefined) {
      local = this.f.local("i32");
      pushAddress(this.f, buffer);
      this.f.set(local);
      this.#origins.set(buffer, local);
    }
    return local;
  }

  #count(index: Affine): Walk {
    return new Walk(
      0,
      this.#loops.map((loop) => strideOf(index, loop)),
    );
  }

  get lanes(): Lanes {
    return this.#vector!.lanes;
  }

  // Loops

  openLoop(depth: number, begin?: number): void {
    this.#pointers.open(depth, begin);
  }

  advance(steps: number): void {
    this.#pointers.advance(steps);
  }

  closeLoop(): void {
    this.#pointers.close();
  }

  /** Forgets afterwards what `body` computed. */
  scope(body: () => void): void {
    const outer = this.#journal;
    this.#journal = [];
    body();
    for (const { memo, e } of this.#journal) {
      this.f.release(memo.get(e)!);
      memo.delete(e);
    }
    this.#journal = outer;
  }

  /** Computes what is constant in the loops below `depth` and used there. */
  hoist(depth: number, width: Width): void {
    if (depth >= this.#hoisted.length) return;
    for (const e of this.#hoisted[depth]) {
      if (width !== "scalar" && this.#varying.has(e)) {
        for (let copy = 0; copy < width.copies; copy++) this.keepVectors([e], copy);
        continue;
      }
      this.keepScalars([e]);
      if (this.#splatted.has(e) && !this.#splats.has(e)) {
        this.#splat(e);
        this.f.op("drop");
      }
    }
  }

  /** Computes `values` now, for code that follows at this point. */
  keepScalars(values: readonly Expr[]): void {
    for (const e of values) {
      if (isTrivial(e) || this.#scalars.has(e)) continue;
      this.scalar(e);
      this.#keep(this.#scalars, e, SCALAR_TYPE[e.dtype]);
      this.f.op("drop");
    }
  }

  keepVectors(values: readonly Expr[], copy: number): void {
    for (const e of values) {
      if (!this.#varying.has(e)) this.keepScalars([e]);
      else if (!isTrivial(e) && !this.#memo(copy).has(e)) {
        this.vector(e, copy);
        this.#keep(this.#memo(copy), e, "v128");
        this.f.op("drop");
      }
    }
  }

  #memo(copy: number): Map<Expr, number> {
    this.#vectors[copy] ??= new Map();
    return this.#vectors[copy];
  }

  /** Remembers the value on the stack, which stays there. */
  #keep(memo: Map<Expr, number>, e: Expr, type: "i32" | "i64" | "f32" | "f64" | "v128"): void {
    if (memo.has(e)) return;
    const local = this.f.local(type);
    this.f.tee(local);
    memo.set(e, local);
    this.#journal.push({ memo, e });
  }

  // Scalar code

  /** Pushes the value of `e` at the current point. */
  scalar(e: Expr): void {
    const { f } = this;
    const { module } = this.#target;
    const known = this.#scalars.get(e);
    if (known !== undefined) {
      f.get(known);
      return;
    }
    switch (e.kind) {
      case "const":
        scalarConst(f, e.dtype, e.value);
        return;
      case "accumulator":
        f.get(this.accumulators[0]);
        return;
      case "load": {
        const offset = this.#address(e.index, this.#target.buffers[e.buffer], 0);
        f.memory(SCALAR_LOAD[e.dtype], offset);
        break;
      }
      case "iota":
        this.#pointers.push(this.#count(e.index));
        if (e.index.offset !== 0) f.i32(e.index.offset).op("i32.add");
        break;
      case "unary":
        this.scalar(e.x);
        scalarUnary(f, module, e.fn, e.x.dtype);
        break;
      case "binary":
        this.scalar(e.x);
        this.scalar(e.y);
        scalarBinary(f, module, e.fn, e.x.dtype);
        break;
      case "select":
        this.scalar(e.yes);
        this.scalar(e.no);
        this.scalar(e.test);
        f.op("select");
        break;
      case "cast":
        this.scalar(e.x);
        scalarCast(f, e.x.dtype, e.dtype);
        break;
    }
    if (this.#uses.get(e)! > 1) this.#keep(this.#scalars, e, SCALAR_TYPE[e.dtype]);
  }

  /** Pushes an address; the constant to go with it in the instruction is returned. `shift` steps the vector loop. */
  #address(index: Index, buffer: Placed, shift: number): number {
    const { f } = this;
    const size = bytesPerElement(buffer.dtype);
    const walk = this.#walk(index, buffer);
    const ahead = shift === 0 ? 0 : shift * walk.strides[this.#vector!.position];
    const fixed = fixedAddress(index, buffer);
    this.#pointers.push(walk);
    if (index.dynamic?.length) {
      f.i32(fixed + ahead).op("i32.add");
      for (const part of index.dynamic) {
        this.scalar(part.value);
        f.i32(part.stride * size)
          .op("i32.mul")
          .op("i32.add");
      }
      return 0;
    }
    if (walk.strides.every((stride) => stride >= 0)) return fixed + ahead;
    if (ahead !== 0) f.i32(ahead).op("i32.add");
    return 0;
  }

  store(store: Store): void {
    const { f } = this;
    const buffer = this.#target.buffers[store.buffer];
    const offset = this.#address(store.index, buffer, 0);
    if (store.accumulate) {
      const address = f.local("i32");
      f.tee(address).get(address).memory(SCALAR_LOAD[buffer.dtype], offset);
      this.scalar(store.value);
      scalarBinary(f, this.#target.module, "add", buffer.dtype);
      f.release(address);
    } else this.scalar(store.value);
    f.memory(SCALAR_STORE[buffer.dtype], offset);
  }

  // Vector code

  /** Pushes the values of `e` at the `copy`-th group of neighbouring points. */
  vector(e: Expr, copy: number): void {
    const { f, lanes } = this;
    const { module } = this.#target;
    if (!this.#varying.has(e)) {
      this.#splat(e);
      return;
    }
    const memo = this.#memo(copy);
    const known = memo.get(e);
    if (known !== undefined) {
      f.get(known);
      return;
    }
    switch (e.kind) {
      case "accumulator":
        f.get(this.accumulators[copy]);
        return;
      case "load":
        this.#vectorLoad(e, copy);
        break;
      case "iota": {
        const stride = strideOf(e.index, this.#loops[this.#vector!.position]);
        this.#pointers.push(this.#count(e.index));
        f.op("i32x4.splat");
        const first = e.index.offset + copy * lanes * stride;
        f.i32x4(first, first + stride, first + 2 * stride, first + 3 * stride).op("i32x4.add");
        break;
      }
      case "unary":
        this.vector(e.x, copy);
        vectorUnary(f, module, e.fn, e.x.dtype, lanes);
        break;
      case "binary":
        this.vector(e.x, copy);
        this.vector(e.y, copy);
        vectorBinary(f, module, e.fn, e.x.dtype, lanes);
        break;
      case "select":
        this.vector(e.yes, copy);
        this.vector(e.no, copy);
        this.vector(e.test, copy);
        vectorSelect(f, e.dtype, lanes);
        break;
      case "cast":
        this.vector(e.x, copy);
        vectorCast(f, e.x.dtype, e.dtype, lanes);
        break;
    }
    if (this.#uses.get(e)! > 1) this.#keep(memo, e, "v128");
  }

  #splat(e: Expr): void {
    const known = this.#splats.get(e);
    if (known !== undefined) this.f.get(known);
    else if (e.kind === "const") vectorConst(this.f, e.dtype, e.value);
    else {
      this.scalar(e);
      splat(this.f, e.dtype, this.lanes);
      this.#keep(this.#splats, e, "v128");
    }
  }

  #vectorLoad(e: Extract<Expr, { kind: "load" }>, copy: number): void {
    const { f, lanes } = this;
    const buffer = this.#target.buffers[e.buffer];
    const stride = strideOf(e.index, this.#loops[this.#vector!.position]);
    const scattered = this.#varyingIndex(e.index);
    if (stride === 1 && !scattered) {
      vectorLoad(f, e.dtype, lanes, this.#address(e.index, buffer, copy * lanes));
      return;
    }
    const result = f.local("v128");
    f.i32x4(0).set(result);
    this.#eachAddress(e.index, buffer, copy, (lane, offset) => {
      f.get(result).laneMemory(LANE_LOAD[e.dtype], offset, lane).set(result);
    });
    f.get(result);
    if (e.dtype === "bool") maskFromBytes(f, lanes);
    f.release(result);
  }

  #varyingIndex(index: Index): boolean {
    return index.dynamic?.some((part) => this.#varying.has(part.value)) ?? false;
  }

  /** Calls `access` for each lane with its address on the stack. */
  #eachAddress(index: Index, buffer: Placed, copy: number, access: (lane: number, offset: number) => void): void {
    const { f, lanes } = this;
    const size = bytesPerElement(buffer.dtype);
    const step = strideOf(index, this.#loops[this.#vector!.position]) * size;
    const first = copy * lanes;
    if (!this.#varyingIndex(index)) {
      for (let lane = 0; lane < lanes; lane++) access(lane, this.#address(index, buffer, first + lane));
      return;
    }
    // The lanes' own parts of the address, in bytes.
    for (const [i, part] of index.dynamic!.entries()) {
      this.vector(part.value, copy);
      f.i32x4(part.stride * size).op("i32x4.mul");
      if (i > 0) f.op("i32x4.add");
    }
    const parts = f.local("v128");
    f.set(parts);
    this.#pointers.push(this.#walk(index, buffer));
    f.i32(fixedAddress(index, buffer) + first * step).op("i32.add");
    const start = f.local("i32");
    f.set(start);
    for (let lane = 0; lane < lanes; lane++) {
      f.get(start).get(parts);
      extract(f, "int32", lane);
      f.op("i32.add");
      if (lane * step !== 0) f.i32(lane * step).op("i32.add");
      access(lane, 0);
    }
    f.release(parts);
    f.release(start);
  }

  vectorStore(store: Store, copy: number): void {
    const { f, lanes } = this;
    const buffer = this.#target.buffers[store.buffer];
    const stride = strideOf(store.index, this.#loops[this.#vector!.position]);
    if (stride === 1 && !this.#varyingIndex(store.index)) {
      const offset = this.#address(store.index, buffer, copy * lanes);
      this.vector(store.value, copy);
      vectorStore(f, buffer.dtype, lanes, offset);
      return;
    }
    const value = f.local("v128");
    this.vector(store.value, copy);
    if (buffer.dtype === "bool") bytesFromMask(f, lanes);
    f.set(value);
    this.#eachAddress(store.index, buffer, copy, (lane, offset) => {
      f.get(value).laneMemory(LANE_STORE[buffer.dtype], offset, lane);
    });
    f.release(value);
  }
}

/** The address at which all loop variables are 0, counted from where the buffer is if that is known only at run time. */
const fixedAddress = (index: Affine, buffer: Placed): number =>
  (buffer.slot === undefined ? buffer.address : 0) + index.offset * bytesPerElement(buffer.dtype);
