/** @file Arithmetic on index forms: positions along one axis (or in a flat buffer) as functions of the loop variables. */
import type { Expr, Index } from "./ir.ts";

export const constantForm = (offset: number, variables: number): Index => ({
  offset,
  strides: new Array<number>(variables).fill(0),
});

/** The loop variable `v` itself. */
export function variableForm(v: number, variables: number): Index {
  const strides = new Array<number>(variables).fill(0);
  strides[v] = 1;
  return { offset: 0, strides };
}

/** `stride · value` for a value that is only known when the program runs. */
export const dynamicForm = (stride: number, value: Expr, variables: number): Index => ({
  ...constantForm(0, variables),
  dynamic: [{ stride, value }],
});

/** The value of a form, as an int32 expression. */
export function formValue({ offset, strides, dynamic = [] }: Index): Expr {
  const int = (value: number): Expr => ({ kind: "const", dtype: "int32", value });
  const op = (fn: "add" | "mul", x: Expr, y: Expr): Expr => ({ kind: "binary", dtype: "int32", fn, x, y });
  const affine: Expr = { kind: "iota", dtype: "int32", index: { offset, strides } };
  return dynamic.reduce<Expr>((sum, { stride, value }) => op("add", sum, op("mul", int(stride), value)), affine);
}

export function addForms(a: Index, b: Index): Index {
  const sum = { offset: a.offset + b.offset, strides: a.strides.map((stride, v) => stride + b.strides[v]) };
  return a.dynamic || b.dynamic ? { ...sum, dynamic: [...(a.dynamic ?? []), ...(b.dynamic ?? [])] } : sum;
}

export function scaleForm(a: Index, factor: number): Index {
  const scaled = { offset: a.offset * factor, strides: a.strides.map((stride) => stride * factor) };
  return a.dynamic
    ? { ...scaled, dynamic: a.dynamic.map((part) => ({ stride: part.stride * factor, value: part.value })) }
    : scaled;
}

export const shiftForm = (a: Index, by: number): Index => ({ ...a, offset: a.offset + by });

/** `Σ strides[d] · forms[d]`: a position along every axis becomes one in the flat buffer. */
export function flattenForms(forms: readonly Index[], strides: readonly number[], variables: number): Index {
  let offset = 0;
  const flat = new Array<number>(variables).fill(0);
  let dynamic: { readonly stride: number; readonly value: Expr }[] | undefined;
  for (let d = 0; d < forms.length; d++) {
    const factor = strides[d];
    if (factor === 0) continue;
    const form = forms[d];
    offset += factor * form.offset;
    for (let v = 0; v < variables; v++) flat[v] += factor * form.strides[v];
    if (form.dynamic !== undefined) {
      dynamic ??= [];
      for (const part of form.dynamic) dynamic.push({ stride: factor * part.stride, value: part.value });
    }
  }
  return dynamic === undefined ? { offset, strides: flat } : { offset, strides: flat, dynamic };
}

/** The forms of loops over every entry of a tensor: those over axes of extent 1 are left out. */
export function pointForms(shape: readonly number[]): { readonly forms: Index[]; readonly extents: number[] } {
  const extents = shape.filter((extent) => extent !== 1);
  let v = 0;
  const forms = shape.map((extent) =>
    extent === 1 ? constantForm(0, extents.length) : variableForm(v++, extents.length),
  );
  return { forms, extents };
}

/** The forms of a nest that visits every entry of a tensor: axis d is loop variable d. */
export const identityForms = (rank: number, variables = rank): Index[] =>
  Array.from({ length: rank }, (_, d) => variableForm(d, variables));
