/** @file What people meet on the graphics processor besides numbers: reading, places, refusals, and a device that is lost. */

import { Processor } from "../../../kernel/backends/webgpu/device/processor.ts";
import {
  allclose,
  argmax,
  backendName,
  benchmarkAsync,
  checkGrads,
  cholesky,
  cumsum,
  deviceGet,
  eye,
  grad,
  jit,
  loseWebGPU,
  matmul,
  nonzero,
  randn,
  searchsorted,
  setDefaultBackend,
  sort,
  type Tensor,
  Timer,
  tensor,
  useBackend,
  webgpuInfo,
} from "../../../kernel/index.ts";
import { noise, whole } from "./noise.ts";

export const messageOf = async (body: () => unknown): Promise<string> => {
  try {
    await body();
    return "nothing was thrown";
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  }
};

const x = (): Tensor => tensor([[1, -2, 0.5]]);

/** What reading says before and after the numbers came. */
export async function reading(): Promise<Record<string, unknown>> {
  await setDefaultBackend("webgpu");
  const y = x().mul(3).add(1);
  const early = {
    toArray: await messageOf(() => y.toArray()),
    item: await messageOf(() => y.sum().item()),
    dataSync: await messageOf(() => y.dataSync()),
    text: await messageOf(() => `${y}`),
    operator: await messageOf(() => Number(y.sum()) + 1),
    loop: await messageOf(() => [...y][0].toArray()),
  };
  const numbers = Array.from(await y.data());
  return { early, numbers, late: y.toArray(), shape: y.shape, name: backendName(), known: webgpuInfo() !== null };
}

/** How often numbers are read from the device for a result and what is computed on the way to it. */
export async function reads(): Promise<Record<string, number>> {
  await setDefaultBackend("webgpu");
  const readsOf = async (body: () => Tensor): Promise<number> => {
    const { mapAsync } = GPUBuffer.prototype;
    let count = 0;
    GPUBuffer.prototype.mapAsync = function (...how) {
      count++;
      return mapAsync.apply(this, how);
    };
    try {
      await body().data();
    } finally {
      GPUBuffer.prototype.mapAsync = mapAsync;
    }
    return count;
  };
  const large = matmul(x().transpose(), x()).reshape([9]);
  return {
    lines: await readsOf(() =>
      cumsum(sort(large), 0)
        .add(argmax(large, 0))
        .add(searchsorted(sort(large), large)),
    ),
    decomposition: await readsOf(() =>
      cholesky(
        eye(3)
          .mul(40)
          .add(large.reshape([3, 3])),
      ),
    ),
  };
}

/** Numbers that are kept in half precision, read in every way that a program reads its inputs. */
export async function halves(): Promise<Record<string, unknown>> {
  await setDefaultBackend("webgpu");
  const exact = tensor([0.1, -1e5, 65504, 3e-8, -0, Number.NaN, 1 / 3]);
  const kept = await exact.to("webgpu", { storage: "float16" });
  const numbers = Array.from(await kept.data());
  const fresh = await exact.to("webgpu", { storage: "float16" });
  const doubled = Array.from(await fresh.mul(2).data());
  const w = await noise([70, 40]).to("webgpu", { storage: "float16" });
  const x = noise([40, 3], 2);
  const product = await matmul(w, x).data();
  const gradient = await grad((v: Tensor) => matmul(w, v).tanh().sum())(x).data();
  const passed = jit((a: Tensor) => [a, a.sum(1)])(w) as [Tensor, Tensor];
  const [same, sums] = await Promise.all(passed.map((each) => each.data()));
  const sortedHere = await cholesky(await eye(3).mul(2).to("webgpu", { storage: "float16" })).data();
  useBackend("wasm");
  const v = noise([40, 3], 2);
  const here = tensor(await w.data()).reshape([70, 40]);
  const expected = matmul(here, v).dataSync();
  const off = (got: ArrayLike<number>, right: ArrayLike<number>): number =>
    Math.max(...Array.from(right, (value, i) => Math.abs(value - got[i])));
  return {
    numbers,
    doubled,
    product: off(product, expected),
    gradient: off(gradient, grad((u: Tensor) => matmul(here, u).tanh().sum())(v).dataSync()),
    same: off(same, here.dataSync()),
    sums: off(sums, here.sum(1).dataSync()),
    sortedHere: Array.from(sortedHere),
    rounded: off(here.dataSync(), noise([70, 40]).dataSync()),
    place: await messageOf(() => exact.to("wasm", { storage: "float16" })),
    type: await messageOf(() => whole([3], 2).to("webgpu", { storage: "float16" })),
    unknown: await messageOf(() => exact.to("webgpu", { storage: "float8" as "float16" })),
  };
}

/** Moving there and back, and what computes then. */
export async function places(): Promise<Record<string, unknown>> {
  await setDefaultBackend("wasm");
  const there = await x().to("webgpu");
  const y = there.exp();
  const early = await messageOf(() => y.toArray());
  const back = await y.to("wasm");
  const chosen = jit((a: Tensor) => a.square(), { backend: "webgpu" })(x());
  const refused = await messageOf(() => jit((a: Tensor) => a.square(), { backend: "wasm" })(there));
  const unknown = await messageOf(() => useBackend("cuda"));
  return {
    backend: backendName(),
    early,
    back: back.toArray(),
    chosenIsThere: await messageOf(() => chosen.toArray()),
    chosen: Array.from(await chosen.data()),
    refused,
    unknown,
  };
}

export async function refusals(): Promise<Record<string, string>> {
  await setDefaultBackend("webgpu");
  const draws = randn([3, 4]);
  return {
    // Drawn as doubles, here, and then float32 there.
    drawn: String((await draws.mul(2).sum().data()).length),
    converted: String((await tensor([0.5], { dtype: "float64" }).to("float32").mul(2).data())[0]),
    float64: await messageOf(() => x().to("float64").mul(2).data()),
    moved: await messageOf(() => tensor([1], { dtype: "float64" }).to("webgpu")),
  };
}

/** Freed tensors, and many that nobody frees. */
export async function memory(): Promise<Record<string, unknown>> {
  await setDefaultBackend("webgpu");
  const a = x().mul(2).evaluate();
  const b = a.add(1).evaluate();
  a.dispose();
  const gone = await messageOf(() => a.add(1).data());
  let w = tensor(new Float32Array(1000));
  for (let step = 0; step < 300; step++) w = w.add(1).evaluate();
  return { b: Array.from(await b.data()), gone, steps: (await w.data())[999] };
}

/** A device that goes, and the next one. */
export async function loss(): Promise<Record<string, unknown>> {
  await setDefaultBackend("webgpu");
  const here = x();
  const doubled = here.mul(2).evaluate();
  const read = here.mul(5).evaluate();
  await read.data();
  await loseWebGPU();
  const lost = await messageOf(() => doubled.data());
  const follows = await messageOf(() => doubled.add(1).data());
  const again = Array.from(await here.mul(2).data());
  const kept = Array.from(await read.add(1).data());
  const product = Array.from(await matmul(here, here.transpose()).data());
  return { lost, follows, again, kept, product };
}

/** Timing there, and the numbers of several tensors at once. */
export async function timing(): Promise<Record<string, unknown>> {
  await setDefaultBackend("webgpu");
  const size = 192;
  const a = await tensor(
    Float32Array.from({ length: size * size }, (_, i) => Math.sin(i)),
    {
      shape: [size, size],
    },
  ).to("webgpu");
  const product = (): Tensor => a.matmul(a).matmul(a);
  const refused = await messageOf(() => new Timer({ stmt: product }).timeit(3));
  const time = await new Timer({ stmt: product, label: "twice" }).timeitAsync(10);
  // The same by hand, each call with its numbers brought here.
  const start = performance.now();
  for (let i = 0; i < 3; i++) await product().data();
  const byHand = (performance.now() - start) / 3 / 1000;
  const startOfAsking = performance.now();
  const late = product().evaluate();
  const asking = (performance.now() - startOfAsking) / 1000;
  const { y, z } = await deviceGet({ y: late, z: [x().mul(2)] });
  const here = x();
  const { measurements, names, verdict } = await benchmarkAsync(
    { cube: () => here.pow(3) },
    { backends: ["wasm", "webgpu"], minRunTime: 0.05 },
  );
  return {
    refused,
    median: time.median,
    wait: time.wait,
    device: time.environment?.device,
    byHand,
    asking,
    known: [y.dataSync().length, z[0].toArray()],
    close: allclose(z[0], tensor([[2, -4, 1]])),
    names,
    backends: measurements.map(({ environment }) => environment?.backend),
    waits: measurements.map(({ wait }) => wait !== undefined),
    verdict,
    after: backendName(),
    positions: nonzero(z[0]).toArray(),
    // Computed here, as differences of float32 are no use.
    checked: await messageOf(() => checkGrads((v: Tensor) => v.tanh(), [x()])),
    elsewhere: await messageOf(() => benchmarkAsync({ f: () => a.add(1) }, { backends: ["wasm"], minRunTime: 0.01 })),
  };
}

/** In a page that has no WebGPU. */
export async function without(): Promise<{ message: string; value: number[] }> {
  const message = await messageOf(() => setDefaultBackend("webgpu"));
  return { message, value: Array.from(tensor([1]).mul(2).dataSync()) };
}

/** An interface that is there and has nothing behind it. */
export const noAdapter = (): Promise<string> =>
  messageOf(() => Processor.start({ requestAdapter: async () => null } as unknown as GPU));
