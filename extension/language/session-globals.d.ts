/** @file What a session puts beside Node's own globals, as cells see it. */

/** A place on the screen whose content can be replaced. */
interface DisplayHandle {
  update(value: unknown): void;
}

/** Shows a value in the output of the cell that is running: tensors, Jacobians and timings as pictures. */
declare function display(value: unknown): DisplayHandle;
