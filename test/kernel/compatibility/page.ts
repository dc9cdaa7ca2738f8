/** @file The text of docs/compatibility.md: the table with its marks, and what is missing. */
import type { Entry } from "./entry.ts";
import { type Mark, type Marks, measure, UNMEASURED } from "./measure.ts";
import { MISSING } from "./missing.ts";
import { TABLE } from "./table.ts";

const SIGNS: Record<Mark, string> = { yes: "✓", zero: "0", none: "–", no: "✗" };

const known = new Map<string, Marks>();

/** Measured once. */
export function marksOf({ name, example }: Entry): Marks {
  let marks = known.get(name);
  if (marks === undefined) {
    marks = example === null ? UNMEASURED : measure(example);
    known.set(name, marks);
  }
  return marks;
}

const cell = (text: string): string => text.replaceAll("|", "\\|");
const code = (name: string): string => (name === "" ? "" : `\`${cell(name)}\``);

function row(entry: Entry): string {
  const { forward, reverse, vmap, float64 } = marksOf(entry);
  const marks = [forward, reverse, vmap, float64].map((mark) => SIGNS[mark]);
  const names = [entry.name, entry.torch, entry.jax, entry.jaxJs].map(code);
  return `| ${[...names, ...marks, cell(entry.note)].join(" | ")} |`;
}

const shared = (peer: "torch" | "jax" | "jaxJs"): number =>
  TABLE.flatMap(({ entries }) => entries).filter((entry) => entry[peer] !== "").length;

export function compatibilityPage(): string {
  const sections = TABLE.map(
    ({ title, entries }) => `### ${title}

| here | PyTorch | JAX | jax-js | fwd | rev | vmap | f64 | differences |
|---|---|---|---|:-:|:-:|:-:|:-:|---|
${entries.map(row).join("\n")}
`,
  );
  const missing = MISSING.map(
    ({ title, entries }) => `### ${title}

| missing | elsewhere | instead |
|---|---|---|
${entries.map(({ names, peers, instead }) => `| ${names.map(code).join(", ")} | ${cell(peers)} | ${cell(instead)} |`).join("\n")}
`,
  );
  const count = TABLE.reduce((sum, { entries }) => sum + entries.length, 0);
  return `# Compatibility

Every function of the kernel beside PyTorch, JAX and jax-js: ${count} of them, of which ${shared("torch")} have a counterpart in PyTorch, ${shared("jax")} in JAX and ${shared("jaxJs")} in jax-js. Then what those have and the kernel does not.

The names on the left are the kernel's exports, and the marks are measured: a test (\`test/kernel/compatibility/\`) compares the list with the exports, runs each function on a small example, and compares this page with what it found. The names on the right are those of PyTorch 2 (looked up in an installed 1.13, and what came later in the documentation of 2.13), of JAX 0.10.2 and of \`@jax-js/jax\` 0.1.25 (both looked up in the published packages), as of November 2026. The same name does not promise the same options: the last column has what differs.

| mark | fwd, rev: forward and reverse mode | vmap | f64 |
|:-:|---|---|---|
| ✓ | agrees with finite differences | agrees with a loop | float64 in, float64 out |
| 0 | is 0 everywhere | | |
| ✗ | refused, with an error that says why | refused, with an error that says why | float32 out |
| – | nothing to differentiate | nothing to map | no floating numbers in |

\`F\` is \`torch.nn.functional\`, \`jnp\` \`jax.numpy\`, \`lax\` \`jax.lax\`, \`special\` \`jax.scipy.special\`, \`np\` jax-js's \`numpy\`. An empty place means that there is none, or that it takes several calls. For random draws the marks compare the two modes with each other, since the derivative of a draw is not that of its value, and vmap with \`randomness: "same"\`. All of it is measured on the WebAssembly backend; the reference backend has the same primitives.

## What there is

${sections.join("\n")}
## What there is not

${missing.join("\n")}
Regenerate this page with \`npm run docs:compatibility\`.
`;
}
