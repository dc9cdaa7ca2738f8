/** @file Programs whose inputs have half precision on the device: read as they are, or widened first where they are copied. */
import type { BufferSpec, Copy, LoopProgram } from "../../loops/ir.ts";

/**
 * The program for inputs of which those marked have half precision, and the copies that come before its kernels: for inputs
 * that the program has elsewhere too, in its arena or as a result.
 */
export function withHalves(
  program: LoopProgram,
  halves: readonly boolean[],
): { readonly program: LoopProgram; readonly widened: readonly Copy[] } {
  const buffers: BufferSpec[] = [...program.buffers];
  const widened: Copy[] = [];
  const inputs = program.inputs.map((id, i) => {
    if (!halves[i]) return id;
    const { dtype, size, apart } = buffers[id];
    const half: BufferSpec = { dtype, size, offset: 0, apart: true, half: true };
    if (apart && !program.outputs.includes(id)) {
      buffers[id] = half;
      return id;
    }
    buffers.push(half);
    const from = { buffer: buffers.length - 1, offset: 0, advance: 0 };
    widened.push({ from, to: { buffer: id, offset: 0, advance: 0 }, size });
    return from.buffer;
  });
  return { program: { ...program, buffers, inputs }, widened };
}
