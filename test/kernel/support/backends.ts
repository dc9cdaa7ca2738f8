/** @file Running a body on each backend. */
import { backendName, useBackend } from "../../../kernel/index.ts";

export const BACKENDS = ["wasm", "reference"] as const;
export type BackendName = (typeof BACKENDS)[number];

/** Runs `body` with everything evaluated on that backend, then goes back to the one before. */
export function on<T>(backend: BackendName, body: () => T): T {
  const before = backendName();
  useBackend(backend);
  try {
    return body();
  } finally {
    useBackend(before);
  }
}

/** A test of the same name for each backend. What is lazy must be read inside the body. */
export function testEach(title: string, body: (backend: BackendName) => void): void {
  for (const backend of BACKENDS) test(`${title} (${backend})`, () => on(backend, () => body(backend)));
}
