// Every bundle of the product. `node esbuild.js` builds all of them into dist/.
import { cp, rm } from "node:fs/promises";
import * as esbuild from "esbuild";
import { writeDeclarations } from "./build/declarations.js";

/**
 * Node code imports the kernel as "cotangent" and gets dist/kernel.js, the very file that a cell's
 * `import … from "cotangent"` loads: one instance, so that `instanceof Tensor` holds on both sides.
 * @type {import("esbuild").Plugin}
 */
const sharedKernel = {
  name: "shared-kernel",
  setup(build) {
    build.onResolve({ filter: /^cotangent$/ }, () => ({ path: "./kernel.js", external: true }));
  },
};

/**
 * TypeScript is a file of its own: large, slow to load, and wanted only when a cell is compiled.
 * @type {import("esbuild").Plugin}
 */
const sharedTypeScript = {
  name: "shared-typescript",
  setup(build) {
    build.onResolve({ filter: /^typescript$/ }, () => ({ path: "./typescript.cjs", external: true }));
  },
};

/**
 * onnxruntime is a file of its own: wanted only when a cell computes with it. It finds its WebAssembly beside itself.
 * @type {import("esbuild").Plugin}
 */
const sharedOnnxRuntime = {
  name: "shared-onnxruntime",
  setup(build) {
    build.onResolve({ filter: /^onnxruntime-web$/ }, () => ({ path: "./onnxruntime.js", external: true }));
  },
};

/** @type {import("esbuild").BuildOptions} */
const shared = { bundle: true, sourcemap: true, logLevel: "warning", legalComments: "none" };

/** @type {import("esbuild").BuildOptions} */
const node = { ...shared, platform: "node", target: "node20", format: "esm", plugins: [sharedKernel] };

/** @type {import("esbuild").BuildOptions} */
const browser = { ...shared, platform: "browser", target: "es2022", format: "esm", minify: true };

/** @type {import("esbuild").BuildOptions[]} */
const bundles = [
  // "neutral": an import of a Node module would be a build error, so the kernel runs in a browser too.
  {
    ...shared,
    platform: "neutral",
    target: "es2022",
    format: "esm",
    entryPoints: ["kernel/index.ts"],
    outfile: "dist/kernel.js",
  },
  // Split, so that what a session needs only after it is ready (TypeScript, displays) is loaded only then.
  {
    ...node,
    plugins: [sharedKernel, sharedTypeScript, sharedOnnxRuntime],
    entryPoints: {
      session: "extension/session/main.ts",
      supervisor: "extension/session/supervisor.ts",
      facts: "extension/session/facts/worker.ts",
    },
    outdir: "dist",
    splitting: true,
  },
  // Split for the same reason: of the commands, only some need TypeScript.
  {
    ...node,
    plugins: [sharedKernel, sharedTypeScript],
    entryPoints: { cli: "extension/cli/main.ts" },
    outdir: "dist",
    splitting: true,
    chunkNames: "cli-[name]-[hash]",
  },
  {
    ...node,
    plugins: [],
    format: "cjs",
    minify: true,
    sourcemap: false,
    entryPoints: ["typescript"],
    outfile: "dist/typescript.cjs",
  },
  {
    ...node,
    plugins: [sharedTypeScript],
    entryPoints: ["extension/language/worker/main.ts"],
    outfile: "dist/language.js",
  },
  { ...node, plugins: [], sourcemap: false, entryPoints: ["onnxruntime-web"], outfile: "dist/onnxruntime.js" },
  // CommonJS: tsserver requires it. It finds the bundle through node_modules (see the plugin's package.json).
  {
    ...node,
    format: "cjs",
    sourcemap: false,
    entryPoints: ["extension/typescript-plugin/plugin.ts"],
    outfile: "dist/typescript-plugin.cjs",
  },
  // CommonJS: VS Code hands out the module "vscode" through require.
  { ...node, format: "cjs", entryPoints: ["extension/main.ts"], outfile: "dist/extension.cjs", external: ["vscode"] },
  { ...browser, entryPoints: ["webview/renderer.ts"], outfile: "dist/renderer.js" },
  { ...browser, entryPoints: ["webview/panel/main.ts"], outfile: "dist/panel.js" },
  // Inlined in an exported page: a classic script, so that it needs no second file.
  { ...browser, format: "iife", sourcemap: false, entryPoints: ["webview/page.ts"], outfile: "dist/page.js" },
];

const started = performance.now();
await rm("dist", { recursive: true, force: true });
const building = Promise.all(bundles.map((options) => esbuild.build(options)));
writeDeclarations("dist/types");
// Not bundled: parts of its text go into the modules that `cotangent export` writes.
await cp("extension/cli/export/notebook-globals.ts", "dist/notebook-globals.ts");
// onnxruntime's WebAssembly: the smaller of its builds, for processors.
for (const extension of ["mjs", "wasm"]) {
  const file = `ort-wasm-simd-threaded.${extension}`;
  await cp(`node_modules/onnxruntime-web/dist/${file}`, `dist/${file}`);
}
await building;
console.log(`built ${bundles.length} bundles in ${Math.round(performance.now() - started)} ms`);
