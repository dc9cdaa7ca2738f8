/** @file The end of a session by its own hand. */

/** And with it what its cells have started, which is in its process group. */
export function endProcess(): never {
  try {
    process.kill(-process.pid, "SIGKILL");
  } catch {
    // Whoever started it gave it no group of its own.
  }
  process.kill(process.pid, "SIGKILL");
  throw new Error("unreachable");
}
