/** @file Copies a block of a matrix into panels, the order in which the tiles of a product read it. */
import { bytesPerElement } from "../../dtype.ts";
import type { Callable, FunctionBuilder } from "./function.ts";
import type { ModuleBuilder } from "./module.ts";

export interface Panels {
  readonly dtype: "float32" | "float64";
  /** Elements side by side in a panel; a multiple of the lanes of a vector. */
  readonly width: number;
  /** Width of the last panel if it is a narrower one, else 0; the rest of it is filled with zeros. */
  readonly edge: number;
  /** Element strides in the matrix: across a panel, and along it. */
  readonly across: number;
  readonly along: number;
}

/** Adds `bytes` to the address on the stack; what can be left to the instruction's constant is returned. */
export function ahead(f: FunctionBuilder, bytes: number): number {
  if (bytes >= 0) return bytes;
  f.i32(bytes).op("i32.add");
  return 0;
}

/** A function `(from, to, length, columns)` that packs `columns` columns of `length` elements each. */
export function packer(module: ModuleBuilder, panels: Panels): Callable {
  const { dtype, width, edge, across } = panels;
  const size = bytesPerElement(dtype);
  const f = module.define(["i32", "i32", "i32", "i32"], []);
  const [from, to, length, columns] = [0, 1, 2, 3];
  const whole = onePanel(module, panels, width);
  f.block(() => {
    f.loop(() => {
      f.get(columns).i32(width).op("i32.lt_s").branchIf(1);
      f.get(from).get(to).get(length).call(whole);
      f.get(from)
        .i32(width * across * size)
        .op("i32.add")
        .set(from);
      f.get(to)
        .get(length)
        .i32(width * size)
        .op("i32.mul")
        .op("i32.add")
        .set(to);
      f.get(columns).i32(width).op("i32.sub").set(columns);
      f.branch(0);
    });
  });
  if (edge > 0) {
    const last = onePanel(module, panels, edge);
    f.get(columns).if(() => f.get(from).get(to).get(length).call(last));
  }
  return f;
}

/** A function `(from, to, length)` that packs one panel of which `filled` columns exist. */
function onePanel(module: ModuleBuilder, { dtype, width, across, along }: Panels, filled: number): Callable {
  const size = bytesPerElement(dtype);
  const lanes = 16 / size;
  const f = module.define(["i32", "i32", "i32"], []);
  const [from, to, length] = [0, 1, 2];
  const gathered = f.local("v128");
  f.repeat({ local: length }, () => {
    for (let first = 0; first < width; first += lanes) {
      f.get(to);
      const count = Math.min(lanes, filled - first);
      if (across === 1 && count > 0) {
        // Elements past the edge are read too; nothing is made of them.
        f.get(from).memory("v128.load", first * size);
      } else {
        f.i32x4(0).set(gathered);
        for (let lane = 0; lane < count; lane++) {
          f.get(from);
          const offset = ahead(f, (first + lane) * across * size);
          f.get(gathered).laneMemory(size === 4 ? "v128.load32_lane" : "v128.load64_lane", offset, lane);
          f.set(gathered);
        }
        f.get(gathered);
      }
      f.memory("v128.store", first * size);
    }
    f.get(from)
      .i32(along * size)
      .op("i32.add")
      .set(from);
    f.get(to)
      .i32(width * size)
      .op("i32.add")
      .set(to);
  });
  return f;
}
