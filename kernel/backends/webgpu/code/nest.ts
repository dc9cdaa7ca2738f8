/** @file The loop variables of a nest as a shader has them: an invocation's number, taken apart. */
import type { Affine } from "../../../loops/ir.ts";

/** Loops that are run through by one number. */
export interface Loops {
  readonly extents: readonly number[];
  /** For each, the loop variable of the kernel whose strides are its own. */
  readonly variables: readonly number[];
  readonly points: number;
}

/**
 * The loops from variable `first` on, those of extent 1 left out, and neighbours that every position goes through as if
 * they were one made one.
 */
export function loopsOf(extents: readonly number[], first: number, forms: readonly Affine[]): Loops {
  const kept: { extent: number; variable: number }[] = [];
  extents.forEach((extent, i) => {
    if (extent === 1) return;
    const variable = first + i;
    const outer = kept.at(-1);
    const isOne =
      outer !== undefined &&
      forms.every(({ strides }) => (strides[outer.variable] ?? 0) === (strides[variable] ?? 0) * extent);
    if (isOne) {
      outer.extent *= extent;
      outer.variable = variable;
    } else kept.push({ extent, variable });
  });
  return {
    extents: kept.map(({ extent }) => extent),
    variables: kept.map(({ variable }) => variable),
    points: extents.reduce((product, extent) => product * extent, 1),
  };
}

/** Lines that give each loop variable its value at the point with that number (an u32). */
export function decode({ extents, variables }: Loops, point: string, prefix = "q"): string[] {
  const lines: string[] = [];
  let rest = point;
  for (let i = extents.length - 1; i >= 0; i--) {
    const name = `v${variables[i]}`;
    if (i === 0) lines.push(`let ${name} = i32(${rest});`);
    else {
      lines.push(`let ${name} = i32(${rest} % ${extents[i]}u);`);
      lines.push(`let ${prefix}${i} = ${rest} / ${extents[i]}u;`);
      rest = `${prefix}${i}`;
    }
  }
  return lines;
}

/** A position as an i32. */
export function affineText({ offset, strides }: Affine, all: readonly Loops[]): string {
  const terms: string[] = [];
  for (const { variables } of all) {
    for (const v of variables) {
      const stride = strides[v] ?? 0;
      if (stride !== 0) terms.push(stride === 1 ? `v${v}` : `v${v} * ${stride}`);
    }
  }
  if (offset !== 0 || terms.length === 0) terms.push(`${offset}`);
  return terms.length === 1 && !terms[0].includes(" ") ? terms[0] : `(${terms.join(" + ")})`;
}
