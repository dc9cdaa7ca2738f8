/** @file What the tests of the backend "onnx-webgpu" call in a page, by its name there. */
import * as ort from "onnxruntime-web/webgpu";
import {
  backendName,
  conv2d,
  grad,
  hessian,
  jacrev,
  jit,
  matmul,
  provideOnnxRuntime,
  setDefaultBackend,
  softmax,
  type Tensor,
  tensor,
  useBackend,
} from "../../../kernel/index.ts";
import { primitiveNames, primitiveOf } from "../../../kernel/primitive.ts";
import { applied, inputsOf, rowsOf, shapes } from "../../kernel/primitives/table.ts";
import { differenceOf, type Finding, here, onReference, textOf } from "../webgpu/checks.ts";
import { steps } from "../webgpu/tutorial.ts";

let asked = 0;

/** Starts it as a page of a person would, and twice at once. @returns how often the runtime was asked for, and what computes */
async function start(): Promise<{ asked: number; name: string }> {
  ort.env.wasm.wasmPaths = "./";
  ort.env.wasm.numThreads = 1;
  provideOnnxRuntime(async () => {
    asked++;
    return ort;
  });
  await Promise.all([setDefaultBackend("onnx-webgpu"), setDefaultBackend("onnx-webgpu")]);
  return { asked, name: backendName() };
}

const messageOf = async (body: () => unknown): Promise<string> => {
  try {
    await body();
    return "nothing was thrown";
  } catch (error) {
    return textOf(error).split("\n")[0];
  }
};

/** What a page says that has no WebGPU, and what computes then. */
async function without(): Promise<{ message: string; name: string }> {
  provideOnnxRuntime(async () => ort);
  return { message: await messageOf(() => setDefaultBackend("onnx-webgpu")), name: backendName() };
}

function wave(shape: readonly number[], seed: number): Tensor {
  const size = shape.reduce((product, extent) => product * extent, 1);
  const numbers = Float32Array.from({ length: size }, (_, i) => 0.1 + Math.sin(i * 12.9898 + seed * 78.233));
  return tensor(numbers).reshape([...shape]);
}

/** Which WGSL has with an error of up to 2⁻¹¹, and onnxruntime takes them from there. */
const CIRCULAR: ReadonlySet<string> = new Set(["sin", "cos", "tan", "asin", "acos"]);
/** Of which some rows ask for float64. */
const INTO_FLOAT64: ReadonlySet<string> = new Set(["full", "cast"]);

const attention = (q: Tensor, k: Tensor, v: Tensor): Tensor => matmul(softmax(matmul(q, k.transpose()), 1), v);

const convolved = (x: Tensor, w: Tensor): Tensor => conv2d(x, w, { stride: [2, 1], padding: 1 });

/** Of the tutorial what has a program of its own there; each is a session that emulation takes its time for. */
const STEPS = [
  "4: jacrev",
  "8: wide",
  "11: Jacobians of a batch",
  "12: Hessians of a batch",
  "13: a Hessian times a vector",
] as const;

const cases: Readonly<Record<string, () => Tensor>> = {
  ...Object.fromEntries(STEPS.map((name) => [name, steps[name]])),
  "a product of [70, 33] and [33, 130]": () => matmul(wave([70, 33], 1), wave([33, 130], 2)),
  "sums along rows of [300, 513]": () => wave([300, 513], 1).sum(1),
  "sums along columns of [300, 513]": () => wave([300, 513], 1).sum(0),
  "a convolution": () => convolved(wave([2, 3, 9, 8], 1), wave([4, 3, 3, 2], 2)),
  "the gradient of a convolution by its filters": () =>
    grad((w: Tensor, x: Tensor) => convolved(x, w).square().sum())(wave([4, 3, 3, 2], 2), wave([2, 3, 9, 8], 1)),
  "the Jacobian of attention": () =>
    jit(jacrev(attention, { argnums: 1 }))(wave([3, 4], 1), wave([5, 4], 2), wave([5, 2], 3)) as Tensor,
  "the Hessian of a function with gelu's distribution function": () =>
    hessian((x: Tensor) => x.ndtr().mul(x).sum())(wave([7], 1)),
};

/** Programs on onnxruntime, and on WebAssembly. */
async function programs(): Promise<Finding[]> {
  const found: Finding[] = [];
  for (const [what, make] of Object.entries(cases)) {
    useBackend("wasm");
    const out = make().evaluate();
    const wanted = { shape: out.shape, data: Array.from(out.dataSync()) };
    const scale = wanted.data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    useBackend("onnx-webgpu");
    try {
      const got = make();
      // Those are of sines.
      const tolerance = (what.startsWith("13:") ? 2 ** -10 : 2e-5) * Math.max(1, scale);
      const problem = differenceOf(got.shape, await got.data(), wanted, tolerance);
      if (problem !== null) found.push({ what, problem });
    } catch (error) {
      found.push({ what, problem: textOf(error) });
    }
  }
  return found;
}

/** Every primitive with a form on its first inputs, against its own definition. */
async function primitives(): Promise<Finding[]> {
  const found: Finding[] = [];
  for (const name of primitiveNames()) {
    if (primitiveOf({ name }).onnx === undefined) continue;
    for (const row of rowsOf(name).slice(0, 1)) {
      const what = `${name} of ${shapes(row)}`;
      try {
        const inputs = here(() => inputsOf(row, "float32"), "onnx-webgpu");
        const f = applied(name, row.params);
        const wanted = onReference(() => f(...inputs), "onnx-webgpu");
        const out = f(...inputs);
        const problem = differenceOf(out.shape, await out.data(), wanted, CIRCULAR.has(name) ? 2 ** -10 : 1e-5);
        if (problem !== null) found.push({ what, problem });
      } catch (error) {
        const problem = textOf(error);
        if (!(INTO_FLOAT64.has(name) && problem.includes("there is no float64 here"))) found.push({ what, problem });
      }
    }
  }
  return found;
}

/** What it says of float64, and what computes afterwards. */
async function refusals(): Promise<{ float64: string; early: string; converted: number[]; after: number[] }> {
  const x = tensor([1, 2]);
  return {
    float64: await messageOf(() => x.to("float64").exp().data()),
    early: await messageOf(() => x.mul(2).toArray()),
    // What becomes float32 is computed here first, as on the graphics processor.
    converted: Array.from(await tensor([0.5, 1.5], { dtype: "float64" }).to("float32").mul(2).data()),
    after: Array.from(await x.mul(3).data()),
  };
}

export const onnxInPage = { start, without, programs, primitives, refusals };
export type OnnxInPage = typeof onnxInPage;

Object.assign(globalThis, { onnxInPage });
