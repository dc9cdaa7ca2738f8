/** @file Numbers for tests on the graphics processor that look random, the same each time. */
import { type Tensor, tensor } from "../../../kernel/index.ts";

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, extent) => product * extent, 1);

/** Between −0.9 and 1.1. */
export const noise = (shape: readonly number[], seed = 1): Tensor =>
  tensor(Float32Array.from({ length: sizeOf(shape) }, (_, i) => 0.1 + Math.sin(i * 12.9898 + seed * 78.233))).reshape([
    ...shape,
  ]);

/** Whole numbers from 0 up to below `below`. */
export const whole = (shape: readonly number[], below: number): Tensor =>
  tensor(Int32Array.from({ length: sizeOf(shape) }, (_, i) => (i * 7919 + 13) % below)).reshape([...shape]);
