/**
 * @file Functions of one or two float32 in WGSL. The language's own are too loose to build on (exp and log within a few
 * units in the last place, sin and cos by absolute error alone, tanh overflows). docs/webgpu.md says how far each is off.
 */
import { BITS } from "./bits.ts";
import { EXPONENTIAL } from "./exponential.ts";
import { HYPERBOLIC } from "./hyperbolic.ts";
import { INTEGERS } from "./integers.ts";
import { POWERS } from "./powers.ts";
import { SPECIAL } from "./special.ts";
import type { WgslFunctions } from "./table.ts";
import { TRIGONOMETRIC } from "./trigonometric.ts";

export const FUNCTIONS: WgslFunctions = {
  ...BITS,
  ...EXPONENTIAL,
  ...HYPERBOLIC,
  ...TRIGONOMETRIC,
  ...POWERS,
  ...SPECIAL,
  ...INTEGERS,
};

/** The code of some functions and of all that they call, each after what it needs. */
export function functionsCode(names: Iterable<string>): string {
  const done = new Set<string>();
  const parts: string[] = [];
  const add = (name: string): void => {
    if (done.has(name)) return;
    done.add(name);
    const { needs = [], code } = FUNCTIONS[name];
    for (const each of needs) add(each);
    parts.push(code);
  };
  for (const name of names) add(name);
  return parts.join("\n");
}
