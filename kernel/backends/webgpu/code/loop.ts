/**
 * @file Loops whose end a compiler of WGSL sees. Engines guard a loop that might never end by counting its iterations, which
 * in a short loop costs as much as what it does; Dawn knows a loop to end when it counts by ones up to a value that was
 * fixed before it (Tint's loop analysis).
 */

const indented = (body: readonly string[]): string[] => body.map((line) => `    ${line}`);

/**
 * `name` (an u32) from `begin` in steps of `by` while below `end`. Those are expressions of u32; `begin` may be beyond `end`.
 */
export function steppedLoop(name: string, begin: string, end: string, by: number, body: readonly string[]): string[] {
  const length = begin === "0u" ? end : `(max(${end}, ${begin}) - (${begin}))`;
  return [
    "{",
    `  let ${name}_count = (${length} + ${by - 1}u) / ${by}u;`,
    `  for (var ${name}_index = 0u; ${name}_index < ${name}_count; ${name}_index = ${name}_index + 1u) {`,
    `    let ${name} = ${begin} + ${name}_index * ${by}u;`,
    ...indented(body),
    "  }",
    "}",
  ];
}

/** `name` (an u32) over the numbers below `total`, a multiple of `width`, which the invocations of a workgroup share. */
export const sharedLoop = (name: string, total: number, width: number, body: readonly string[]): string[] => [
  "{",
  `  for (var ${name}_index = 0u; ${name}_index < ${total / width}u; ${name}_index = ${name}_index + 1u) {`,
  `    let ${name} = lane + ${name}_index * ${width}u;`,
  ...indented(body),
  "  }",
  "}",
];
