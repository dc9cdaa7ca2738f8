/** @file A shader put together, and the step of a program that runs it. */
import type { Binding, Bindings } from "./bindings.ts";
import type { Calls } from "./expression.ts";
import { functionsCode } from "./functions/functions.ts";

/** One shader over some workgroups. */
export interface Dispatch {
  readonly kind: "dispatch";
  readonly code: string;
  readonly bindings: readonly Binding[];
  readonly groups: number;
  /** How many times, one after the other; the shader is told which time it is. */
  readonly times: number;
  /** Whether the shader asks how often something was done before: itself (`times`), or the loop around it. */
  readonly counts: boolean;
}

export interface ShaderParts {
  readonly bindings: Bindings;
  readonly calls: Calls;
  /** Invocations of a workgroup. */
  readonly width: number;
  readonly groups: number;
  /** Of the function; `group` is the number of the workgroup, `lane` that of the invocation in it (both u32). */
  readonly body: readonly string[];
  /** Declarations of the module. */
  readonly declarations?: readonly string[];
  readonly times?: number;
  readonly counts?: boolean;
}

const COUNT = `@group(1) @binding(0) var<uniform> count_low: vec4u;
@group(1) @binding(1) var<uniform> count_high: vec4u;`;

export function shader({ bindings, calls, width, groups, body, declarations = [], ...rest }: ShaderParts): Dispatch {
  const { times = 1, counts = times > 1 } = rest;
  const code = [
    bindings.declarations(),
    ...(counts ? [COUNT] : []),
    functionsCode(calls),
    ...declarations,
    `@compute @workgroup_size(${width})`,
    "fn main(@builtin(workgroup_id) wg: vec3u, @builtin(num_workgroups) all: vec3u, @builtin(local_invocation_index) lane: u32) {",
    "  let group = wg.y * all.x + wg.x;",
    `  if (group >= ${groups}u) { return; }`,
    ...(counts ? ["  let count = i32(count_low.x + count_high.x);"] : []),
    ...body.map((line) => `  ${line}`),
    "}",
  ].join("\n");
  return { kind: "dispatch", code, bindings: bindings.list, groups, times, counts };
}
