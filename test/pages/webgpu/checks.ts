/** @file What is checked of the graphics processor in a page: each family of primitives against its own plain definition. */
import {
  compilations,
  hessian,
  jacfwd,
  jacrev,
  setDefaultBackend,
  type Tensor,
  tensor,
  useBackend,
  vmap,
} from "../../../kernel/index.ts";
import { primitiveNames } from "../../../kernel/primitive.ts";
import { specials } from "../../kernel/primitives/elementwise-rows.ts";
import { applied, differentiable, inputsOf, isVaried, rowsOf, shapes } from "../../kernel/primitives/table.ts";
import { gridOf } from "../../kernel/support/grid.ts";

/** What differs where it should not. */
export interface Finding {
  readonly what: string;
  readonly problem: string;
}

interface Wanted {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
}

/** Float32 is compared to what doubles give for the same inputs. */
const TOLERANCE = 4e-6;

export function differenceOf(
  shape: readonly number[],
  got: ArrayLike<number>,
  wanted: Wanted,
  tolerance: number,
): string | null {
  if (shape.join() !== wanted.shape.join()) return `shape [${shape}], expected [${wanted.shape}]`;
  if (got.length !== wanted.data.length) return `${got.length} entries, expected ${wanted.data.length}`;
  for (let i = 0; i < got.length; i++) {
    const [x, y] = [got[i], wanted.data[i]];
    if (x === y || (Number.isNaN(x) && Number.isNaN(y))) continue;
    if (Math.abs(x - y) <= tolerance + tolerance * Math.abs(y) && Number.isFinite(y)) continue;
    return `entry ${i} is ${x}, expected ${y}`;
  }
  return null;
}

/** What the reference says of a computation on the same inputs. */
export function onReference(make: () => Tensor, backend: "webgpu" | "onnx-webgpu" = "webgpu"): Wanted {
  useBackend("reference");
  try {
    const { shape, dataSync } = bound(make());
    return { shape, data: Array.from(dataSync()) };
  } finally {
    useBackend(backend);
  }
}

/** Inputs whose numbers are here. */
export function here(make: () => readonly Tensor[], backend: "webgpu" | "onnx-webgpu" = "webgpu"): readonly Tensor[] {
  useBackend("wasm");
  try {
    return make().map((each) => each.evaluate());
  } finally {
    useBackend(backend);
  }
}

const bound = (x: Tensor): { shape: readonly number[]; dataSync: () => ArrayLike<number> } => ({
  shape: x.shape,
  dataSync: () => x.dataSync(),
});

export const textOf = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error);

/** Comparisons that are under way: the device is not waited for before the next one is asked for. */
class Comparisons {
  readonly #found: Finding[] = [];
  readonly #pending: Promise<void>[] = [];

  add(what: string, make: () => Tensor, wanted: Wanted, tolerance: number): void {
    try {
      const out = make();
      const { shape, dtype } = out;
      const compared = out.data().then(
        (data) => differenceOf(shape, data, wanted, dtype === "float32" ? tolerance : 0),
        (error: unknown) => textOf(error),
      );
      this.#pending.push(
        compared.then((problem) => {
          if (problem !== null) this.#found.push({ what, problem });
        }),
      );
    } catch (error) {
      this.#found.push({ what, problem: textOf(error) });
    }
  }

  async found(): Promise<Finding[]> {
    await Promise.all(this.#pending);
    const last = compilations().filter(({ backend }) => backend === "webgpu");
    if (last.length === 0) this.#found.push({ what: "all of it", problem: "nothing was compiled for WebGPU" });
    return this.#found;
  }
}

export const names = (): readonly string[] => primitiveNames();

/** The values of some primitives, in the shapes of the table that all backends are tested with. */
export async function values(some: readonly string[]): Promise<Finding[]> {
  await setDefaultBackend("webgpu");
  const all = new Comparisons();
  for (const name of some) {
    for (const row of rowsOf(name)) {
      const inputs = here(() => inputsOf(row, "float32"));
      const wanted = row.expected(inputs.map(gridOf));
      if (applied(name, row.params)(...inputs).dtype === "float64") continue;
      all.add(`${name} of ${shapes(row)}`, () => applied(name, row.params)(...inputs), wanted, TOLERANCE);
    }
  }
  return all.found();
}

/** NaN, infinities, zeros with signs and the edges of domains. */
export async function special(): Promise<Finding[]> {
  await setDefaultBackend("webgpu");
  const all = new Comparisons();
  for (const [name, list] of Object.entries(specials)) {
    for (const { dtypes, inputs, out } of list) {
      for (const dtype of dtypes) {
        if (dtype === "float64") continue;
        const given = inputs.map((entries) => tensor(Float64Array.from(entries), { dtype }));
        const data = out.map((value) => (dtype === "float32" ? Math.fround(value) : value));
        const what = `${name}(${inputs.map((entries) => `[${entries}]`).join(", ")}) in ${dtype}`;
        all.add(what, () => applied(name, {})(...given), { shape: [out.length], data }, 0);
      }
    }
  }
  return all.found();
}

/**
 * The derivatives against those of the reference: both modes, and the second one where the first is not constant. Of each
 * primitive the first row: the nodes that derivatives are made of are primitives themselves.
 */
export async function derivatives(some: readonly string[]): Promise<Finding[]> {
  await setDefaultBackend("webgpu");
  const all = new Comparisons();
  for (const name of some) {
    for (const row of rowsOf(name).slice(0, 1)) {
      if (name === "cast" || !differentiable(name, row)) continue;
      const f = applied(name, row.params);
      const inputs = here(() => inputsOf(row, "float32"));
      const argnums = row.inputs.findIndex(isVaried);
      if (argnums < 0 || f(...inputs).dtype !== "float32") continue;
      const of: Record<string, () => Tensor> = {
        jacrev: () => jacrev(f, { argnums })(...inputs),
        jacfwd: () => jacfwd(f, { argnums })(...inputs),
      };
      if (inputs.every(({ size }) => size <= 12)) {
        of.hessian = () => hessian((...args: Tensor[]) => f(...args).sum(), { argnums })(...inputs);
      }
      for (const [kind, make] of Object.entries(of)) {
        all.add(`${kind} of ${name} of ${shapes(row)}`, make, onReference(make), 3e-5);
      }
    }
  }
  return all.found();
}

/** vmap over the first axis of every input; of each primitive the first two rows. */
export async function batches(some: readonly string[]): Promise<Finding[]> {
  await setDefaultBackend("webgpu");
  const all = new Comparisons();
  for (const name of some) {
    for (const row of rowsOf(name).slice(0, 2)) {
      if (row.inputs.length === 0) continue;
      const axes = row.inputs.map(() => 0);
      const inputs = here(() => inputsOf(row, "float32", { size: 3, axes }));
      const make = (): Tensor => vmap(applied(name, row.params))(...inputs);
      if (make().dtype === "float64") continue;
      all.add(`vmap of ${name} of ${shapes(row)}`, make, onReference(make), TOLERANCE * 4);
    }
  }
  return all.found();
}
