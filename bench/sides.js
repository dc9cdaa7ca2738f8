/** @file The sides of the benchmark: which there are, how each is started, and the columns that it fills. */
import { existsSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { Ended, Late, Peer } from "./peer.js";
import { findPython } from "./python.js";

const folder = import.meta.dirname;
const node = process.execPath;
const cores = os.availableParallelism();
/** Fused multiply-add was behind a flag until V8 11.4, which Node 20 is before. */
const RELAXED = process.versions.node.startsWith("20.") ? ["--experimental-wasm-relaxed-simd"] : [];
const inNode = (/** @type {string} */ file, /** @type {readonly string[]} */ flags = []) => [
  node,
  ...flags,
  path.join(folder, "peers", file),
];

/** Where `npm install --prefix bench` puts a package. @param {string} name */
const missingPackage = (name) =>
  existsSync(path.join(folder, "node_modules", name))
    ? ""
    : `${name} is not installed: \`npm install --prefix bench\` installs the version that bench/package.json names.`;

/**
 * Columns, in order. A side has one for each of its variants, or one for whichever it chose (jax-js with its jit or without).
 * @typedef {{ key: string, side: string, variant?: string, title: string }} Column
 * @type {readonly Column[]}
 */
export const COLUMNS = [
  { key: "webgpu", side: "webgpu", variant: "jit", title: "Cotangent, WebGPU" },
  { key: "ours", side: "ours", variant: "jit", title: "Cotangent" },
  { key: "ours, all threads", side: "ours-threads", variant: "jit", title: "all threads" },
  { key: "ours, traced", side: "ours", variant: "traced", title: "traced each call" },
  { key: "ours, onnxruntime", side: "ours-onnx", variant: "jit", title: "through onnxruntime" },
  {
    key: "ours, onnxruntime on WebGPU",
    side: "ours-onnx-webgpu",
    variant: "jit",
    title: "through onnxruntime, WebGPU",
  },
  { key: "ours, strict", side: "ours", variant: "strict", title: "without FMA" },
  { key: "limit", side: "limits", variant: "limit", title: "limit" },
  { key: "limit, strict", side: "limits", variant: "strict", title: "limit without FMA" },
  { key: "copy", side: "limits", variant: "copy", title: "copy" },
  { key: "jax-js", side: "jax-js", title: "jax-js" },
  { key: "tfjs", side: "tfjs", title: "tfjs" },
  { key: "onnxruntime", side: "onnxruntime", title: "onnxruntime-web" },
  { key: "pytorch, 1 thread", side: "pytorch", variant: "1 thread", title: "PyTorch, 1 thread" },
  { key: "pytorch", side: "pytorch", variant: "all threads", title: "PyTorch, all threads" },
  { key: "numpy", side: "numpy", title: "NumPy" },
  { key: "limit, WebGPU", side: "limits-webgpu", variant: "limit", title: "limit, WebGPU" },
  { key: "copy, WebGPU", side: "limits-webgpu", variant: "copy", title: "copy, WebGPU" },
  { key: "jax-js, WebGPU", side: "jax-js-webgpu", title: "jax-js, WebGPU" },
  { key: "onnxruntime, WebGPU", side: "onnxruntime-webgpu", title: "onnxruntime-web, WebGPU" },
  { key: "pytorch, CUDA", side: "pytorch-cuda", title: "PyTorch, CUDA" },
];

/** What others are compared with: of a run without WebGPU, and of one with it. */
export const isBase = (/** @type {string} */ key) => key === "ours" || key === "webgpu";

/** The column of a side's variant, if it is shown. @param {string} side @param {string} [variant] */
export const columnOf = (side, variant) =>
  COLUMNS.find((column) => column.side === side && (column.variant === undefined || column.variant === variant));

/** Columns that stay empty when a side has nothing to show. @param {string} side */
export const columnsOf = (side) => COLUMNS.filter((column) => column.side === side);

/** A peer that is started when first asked, and again after it ended, be it for taking too long. */
export class Side {
  /** @type {Peer | null} */
  peer = null;
  name = "";

  /** @param {string} key @param {{ command: readonly string[], env?: Record<string, string> }} how */
  constructor(key, { command, env }) {
    this.key = key;
    this.command = command;
    this.env = env;
  }

  async start() {
    if (this.peer) return;
    const [command, ...args] = this.command;
    this.peer = await Peer.start(command, args, this.env);
    this.name = this.peer.name;
  }

  /** @param {object} request @param {number} limit milliseconds */
  async ask(request, limit) {
    await this.start();
    try {
      return await this.peer.ask(request, limit);
    } catch (error) {
      if (error instanceof Late || error instanceof Ended) this.peer = null;
      throw error;
    }
  }

  stop() {
    this.peer?.stop();
    this.peer = null;
  }
}

/**
 * All sides that can be had, and why the others cannot. The first is the one that others are compared with.
 * @param {readonly string[] | null} wanted keys, or null for all
 * @param {boolean} onGPU whether the sides are those on WebGPU, and ours on WebAssembly
 */
export function sides(wanted, onGPU) {
  const python = findPython();
  const missingPython = python.torch ? "" : python.reason;
  /** @type {Record<string, { command: readonly string[], env?: Record<string, string>, missing?: string }>} */
  const known = onGPU
    ? {
        webgpu: { command: [...inNode("in-page.js"), "ours"] },
        ours: { command: [...inNode("ours.js", RELAXED), "1"] },
        "ours-onnx-webgpu": {
          command: [...inNode("in-page.js"), "ours-onnx"],
          missing: missingPackage("onnxruntime-web"),
        },
        "limits-webgpu": { command: [...inNode("in-page.js"), "limits"] },
        "jax-js-webgpu": { command: [...inNode("in-page.js"), "jax-js"], missing: missingPackage("@jax-js/jax") },
        "onnxruntime-webgpu": {
          command: [...inNode("in-page.js"), "onnxruntime"],
          missing: missingPackage("onnxruntime-web"),
        },
        "pytorch-cuda": {
          command: [python.cuda ?? "", path.join(folder, "peers", "pytorch.py"), "cuda"],
          missing: python.cuda ? "" : "no PyTorch here finds a graphics processor of CUDA",
        },
      }
    : {
        ours: { command: [...inNode("ours.js", RELAXED), "1"] },
        "ours-threads": {
          command: [...inNode("ours.js", RELAXED), "auto"],
          missing: cores > 1 ? "" : "there is one core",
        },
        "ours-onnx": { command: inNode("ours-onnx.js"), missing: missingPackage("onnxruntime-web") },
        limits: { command: inNode("limits.js", RELAXED) },
        "jax-js": { command: inNode("jax-js.js"), missing: missingPackage("@jax-js/jax") },
        tfjs: { command: inNode("tfjs.js"), missing: missingPackage("@tensorflow/tfjs") },
        onnxruntime: { command: inNode("onnxruntime.js"), missing: missingPackage("onnxruntime-web") },
        pytorch: { command: [python.torch ?? "", path.join(folder, "peers", "pytorch.py")], missing: missingPython },
        numpy: {
          command: [python.numpy ?? "", path.join(folder, "peers", "numpy_side.py")],
          env: { OPENBLAS_NUM_THREADS: "1", OMP_NUM_THREADS: "1", MKL_NUM_THREADS: "1" },
          missing: python.numpy ? "" : python.reason,
        },
      };
  const keys = Object.keys(known).filter(
    (key) => !wanted || key.startsWith("ours") || key === "webgpu" || wanted.includes(key),
  );
  const missing = keys.flatMap((key) => (known[key].missing ? [{ key, reason: known[key].missing }] : []));
  const found = keys.filter((key) => !known[key].missing).map((key) => new Side(key, known[key]));
  return { found, missing, known: Object.keys(known) };
}
