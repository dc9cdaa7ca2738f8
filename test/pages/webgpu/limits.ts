/** @file A graphics processor that shows a program less memory at once, or has none left. */
import { webgpuBackend } from "../../../kernel/backends/webgpu/backend.ts";
import type { Limits } from "../../../kernel/backends/webgpu/code/bindings.ts";
import { Processor } from "../../../kernel/backends/webgpu/device/processor.ts";
import { argsort, jacrev, matmul, scan, setDefaultBackend, type Tensor, useBackend } from "../../../kernel/index.ts";
import { setBackendOfPlace } from "../../../kernel/runtime/elsewhere.ts";
import { setBackend } from "../../../kernel/runtime/evaluate.ts";
import type { Finding } from "./checks.ts";
import { messageOf } from "./errors.ts";
import { noise } from "./noise.ts";
import { difference } from "./shapes.ts";

/** Each works on several arrays of 40 kB between its operands and its results. */
const cases: Record<string, () => Tensor> = {
  "products of products": () => {
    const [a, b] = [noise([100, 100]), noise([100, 100], 2)];
    const [c, d] = [matmul(a, b).tanh(), matmul(b, a).tanh()];
    return matmul(matmul(c, d), matmul(d, c)).mul(1e-3);
  },
  "folds of what is folded": () => {
    const a = noise([90, 110]);
    const b = a.sub(a.max(1, { keepDims: true })).exp();
    const c = b.div(b.sum(1, { keepDims: true }));
    return matmul(c, c.transpose()).add(matmul(b, b.transpose())).sum(0);
  },
  "a loop": () => {
    const [last] = scan(
      (x: Tensor, u: Tensor) => [matmul(matmul(x, x).tanh(), x).mul(u), x.sum()],
      noise([90, 90]),
      noise([3, 90], 2).mul(0.1),
    ) as [Tensor, Tensor];
    return last;
  },
  "a Jacobian": () =>
    jacrev((x: Tensor) => matmul(noise([150, 30]), matmul(noise([30, 9], 2), x).tanh()).tanh())(
      noise([9], 3),
    ) as Tensor,
  "an order whose pairs are too many": () => argsort(noise([1, 9000]), 1),
};

/** The cases where a binding shows at most 64 KiB, of an arena that is larger; and what is said of one larger array. */
export async function little(): Promise<{ readonly found: Finding[]; readonly large: string }> {
  const processor = await Processor.start(navigator.gpu);
  Object.assign(processor.limits as { -readonly [Name in keyof Limits]: Limits[Name] }, { bindingBytes: 64 * 1024 });
  const backend = webgpuBackend(processor);
  const found: Finding[] = [];
  for (const [what, make] of Object.entries(cases)) {
    useBackend("wasm");
    const expected = make().dataSync().slice();
    setBackend(backend);
    setBackendOfPlace(backend);
    const problem = await make()
      .data()
      .then((got) => difference(got, expected), String);
    if (problem !== null) found.push({ what, problem });
  }
  const large = await messageOf(() => noise([70_000]).mul(2).data());
  await setDefaultBackend("webgpu");
  return { found, large };
}

/** What is said when the device finds no memory for a program, of its result and of what is computed from that; and after. */
export async function exhausted(): Promise<Record<string, unknown>> {
  await setDefaultBackend("webgpu");
  const x = noise([4]);
  const { popErrorScope } = GPUDevice.prototype;
  GPUDevice.prototype.popErrorScope = async function () {
    await popErrorScope.call(this);
    return new GPUOutOfMemoryError("no room");
  };
  const y = x.add(1).evaluate();
  GPUDevice.prototype.popErrorScope = popErrorScope;
  const follows = y.mul(2).evaluate();
  const messages = [await messageOf(() => y.data()), await messageOf(() => follows.data())];
  return { messages, after: Array.from(await noise([4]).mul(0).add(2).data()) };
}
