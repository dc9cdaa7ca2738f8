/** @file The compatibility table of transforms: each is measured by transforming what it made once more. */

import type { Tensor } from "../../../kernel/index.ts";
import * as k from "../../../kernel/index.ts";
import { of, plain, type Section } from "./entry.ts";
import { definite, small, vector, x, y } from "./samples.ts";

const loss = (a: Tensor): Tensor => a.mul(a.sin()).sum();
const curve = (a: Tensor): Tensor => a.tanh().mul(a);
const form = (a: Tensor): Tensor => a.matmul(definite).mul(a).sum().sin();

const derivatives: Section = {
  title: "Derivatives (marks: of what the transform returns)",
  entries: [
    of("grad", ["torch.func.grad", "jax.grad", "grad"], [x], k.grad(loss)),
    of(
      "valueAndGrad",
      ["torch.func.grad_and_value", "jax.value_and_grad", "valueAndGrad"],
      [x],
      k.valueAndGrad(loss),
      "value first, as in JAX; PyTorch has the gradient first",
    ),
    of(
      "vjp",
      ["torch.func.vjp", "jax.vjp", "vjp"],
      [x, y],
      (a, b) => k.vjp(curve, a)[1](b),
      "the pullback of one argument gives one value, not a tuple",
    ),
    of("jvp", ["torch.func.jvp", "jax.jvp", "jvp"], [x, y], (a, b) => k.jvp(curve, [a], [b])),
    of("linearize", ["torch.func.linearize", "jax.linearize", "linearize"], [x, y], (a, b) =>
      k.linearize(curve, a)[1](b),
    ),
    of(
      "jacrev",
      ["torch.func.jacrev", "jax.jacrev", "jacrev"],
      [vector],
      k.jacrev(curve),
      'structural zeros are exact: 0 · ∞ is 0, not NaN; strategy "vmap" for the plain composition',
    ),
    of(
      "jacfwd",
      ["torch.func.jacfwd", "jax.jacfwd", "jacfwd"],
      [vector],
      k.jacfwd(curve),
      "as jacrev; with chunkSize too",
    ),
    of(
      "jacobian",
      ["torch.autograd.functional.jacobian", "jax.jacobian", "jacobian"],
      [vector],
      k.jacobian(curve),
      "chooses the mode; jax.jacobian is jacrev; { structured: true } for a sparse matrix, { diagonal: true }",
    ),
    of("hessian", ["torch.func.hessian", "jax.hessian", "hessian"], [vector], k.hessian(loss)),
    of("hvp", ["torch.autograd.functional.hvp", "", ""], [x, y], (a, b) => k.hvp(form, [a], [b])),
    of("vhp", ["torch.autograd.functional.vhp", "", ""], [x, y], (a, b) => k.vhp(form, [a], [b])),
    plain(
      "checkGrads",
      ["torch.autograd.gradcheck", "jax.test_util.check_grads", ""],
      "both modes, any order, random directions",
    ),
    of(
      "checkpoint",
      ["torch.utils.checkpoint.checkpoint", "jax.checkpoint", ""],
      [x],
      k.checkpoint(curve),
      "no policies: all of the inside is computed again",
    ),
    of(
      "customJvp",
      ["torch.autograd.Function", "jax.custom_jvp", ""],
      [small],
      k.customJvp(
        (a: Tensor) => a.exp(),
        ([a], [t]) => [a.exp(), a.exp().mul(t)],
      ),
      "reverse mode by transposition; what is differentiated must be an argument",
    ),
    of(
      "customVjp",
      ["torch.autograd.Function", "jax.custom_vjp", ""],
      [small],
      k.customVjp(
        (a: Tensor) => a.exp(),
        (a) => [a.exp(), a.exp()],
        (e, ct) => [ct.mul(e)],
      ),
      "forward mode by transposition, which JAX does not have",
    ),
  ],
};

const others: Section = {
  title: "Mapping, compiling, control flow",
  entries: [
    of(
      "vmap",
      ["torch.func.vmap", "jax.vmap", "vmap"],
      [x],
      k.vmap(curve),
      'chunkSize as in PyTorch; randomness "error" by default, as there; no axis names for collectives',
    ),
    of(
      "jit",
      ["torch.compile", "jax.jit", "jit"],
      [x],
      k.jit(curve),
      "staticArgnums as in JAX; programs are cached by structure without it too",
    ),
    of(
      "scan",
      ["", "lax.scan", ""],
      [x, y],
      (a, b) => k.scan((carry, row) => [carry.mul(row).sin(), carry], a, k.stack([b, b])),
      "PyTorch has a prototype",
    ),
    of(
      "map",
      ["", "lax.map", ""],
      [x],
      (a) => k.map((row) => row.sin().sum(), a),
      "PyTorch has a prototype; no batch_size",
    ),
    of(
      "forLoop",
      ["", "lax.fori_loop", ""],
      [x],
      (a) => k.forLoop(0, 3, (_, value) => value.sin().mul(1.5), a),
      "bounds that are numbers: a scan; with a tensor as bound as whileLoop",
    ),
    of(
      "whileLoop",
      ["", "lax.while_loop", ""],
      [y],
      (a) =>
        k.whileLoop(
          (value) => value.sum().lt(40),
          (value) => value.mul(1.5),
          a,
        ),
      "forward mode only, as in JAX; PyTorch has a prototype",
    ),
    of(
      "cond",
      ["torch.cond", "lax.cond", ""],
      [x],
      (a) =>
        k.cond(
          a.sum().gt(0),
          (b) => b.sin(),
          (b) => b.cos(),
          a,
        ),
      "under vmap with a mapped test both are computed; a prototype in PyTorch",
    ),
    plain(
      "makeGraph",
      ["torch.fx.experimental.proxy_tensor.make_fx", "jax.make_jaxpr", "makeJaxpr"],
      "a graph to print or to inspect",
    ),
    plain(
      "explain",
      ["torch._dynamo.explain", "jax.jit(f).lower(…).cost_analysis", ""],
      "kernels, multiplications, bytes, counted and not measured",
    ),
  ],
};

const trees: Section = {
  title: "Nested arguments",
  entries: [
    of("treeMap", ["torch.utils._pytree.tree_map", "jax.tree.map", "tree.map"], [x, y], (a, b) =>
      k.treeMap((c, d) => c.mul(d), { a, list: [b] }, { a: b, list: [a] }),
    ),
    of("treeLeaves", ["torch.utils._pytree.tree_leaves", "jax.tree.leaves", "tree.leaves"], [x, y], (a, b) =>
      k.treeLeaves({ a, list: [b] }),
    ),
    of(
      "ravel",
      ["torch.nn.utils.parameters_to_vector", "jax.flatten_util.ravel_pytree", ""],
      [x, y],
      (a, b) => k.ravel({ a, list: [b] })[0],
      "of a whole tree, with the way back; of one tensor see flatten",
    ),
  ],
};

const session: Section = {
  title: "The session",
  entries: [
    plain(
      "useBackend",
      ["torch.set_default_device", "jax.default_device", "defaultDevice"],
      '"wasm" or "reference", for everything that is evaluated from then on',
    ),
    plain(
      "setDefaultBackend",
      ["torch.set_default_device", "jax.default_device", "init"],
      "a promise: starts the graphics processor for WebGPU",
    ),
    plain("provideWebGPU", ["", "", ""], "for hosts without navigator.gpu"),
    plain(
      "provideOnnxRuntime",
      ["", "", ""],
      'where onnxruntime-web is, for the backends "onnx-wasm" and "onnx-webgpu"',
    ),
    plain("webgpuInfo", ["torch.cuda.get_device_name", "jax.devices", ""], "null before it was started"),
    plain("loseWebGPU", ["", "", ""], "to try what a lost device does"),
    plain("backendName", ["torch.get_default_device", "jax.default_backend", ""], ""),
    plain(
      "setFusedMultiplyAdd",
      ["", "", ""],
      "`false`: products are rounded before they are added, with the same bits on every machine",
    ),
    plain("fusedMultiplyAdd", ["", "", ""], "whether it is allowed, and the engine has it"),
    plain("setThreads", ["torch.set_num_threads", "", ""], "results do not depend on it"),
    plain("threads", ["torch.get_num_threads", "", ""], ""),
    plain(
      "setDefaultDtype",
      ["torch.set_default_dtype", "", ""],
      "float32 or float64, for what is made of plain numbers; jax has the switch `jax_enable_x64`",
    ),
    plain("defaultDtype", ["torch.get_default_dtype", "", ""], ""),
    plain("setPrintDigits", ["torch.set_printoptions", "jax.numpy.set_printoptions", ""], "digits behind the point"),
    plain("printDigits", ["torch.get_printoptions", "jax.numpy.get_printoptions", ""], ""),
    plain("memoryBudget", ["", "", ""], "bytes of one evaluation"),
    plain(
      "setMemoryBudget",
      ["torch.cuda.set_per_process_memory_fraction", "", ""],
      "work above it is chunked or refused",
    ),
    plain(
      "debugNumerics",
      ["torch.autograd.set_detect_anomaly", "jax.debug_nans", ""],
      "names the operation, the position and your line",
    ),
    plain("compilationCount", ["", "", ""], "programs compiled so far"),
    plain("compilations", ["", "", ""], "the last programs: operations, kernels, bytes, and how long compiling took"),
    plain("onProgress", ["", "", ""], "hears of long work: compiling, chunks, timings"),
    plain("compare", ["torch.utils.benchmark.Compare", "", ""], "of measurements that Timer made"),
    plain("benchmark", ["", "", ""], "several statements in turns, with intervals of their ratios"),
    plain("benchmarkAsync", ["", "", ""], "the same, waiting for devices, on several backends side by side"),
    plain(
      "deviceGet",
      ["torch.Tensor.cpu", "jax.device_get", ""],
      "of a whole tree, whose tensors stay on the device too",
    ),
    plain("isHere", ["torch.Tensor.is_cpu", "", ""], "also of a tensor that is not computed yet"),
    plain("describeMachine", ["", "", ""], "for the stamp of measurements; sessions of notebooks have done it"),
  ],
};

const models: Section = {
  title: "Models in the ONNX format",
  entries: [
    plain("exportOnnx", ["torch.onnx.export", "", ""], "derivatives can be exported too"),
    plain("importOnnx", ["", "", ""], "PyTorch writes ONNX files and does not read them"),
  ],
};

export const transformSections: readonly Section[] = [derivatives, others, trees, models, session];
