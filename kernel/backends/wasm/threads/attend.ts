/** @file What a thread does: it waits for an offer and takes chunks. */
import type { Message, Words } from "./words.ts";

interface Port {
  close(): void;
  addEventListener?(type: "message", listener: (event: { readonly data: Message }) => void): void;
  on?(type: "message", listener: (message: Message) => void): void;
}

/**
 * The program of a thread. It is started from its source text, so it refers to nothing outside itself.
 * @param spins how often to look before going to sleep
 */
export function attend(words: Words, generation: number, spins: number): void {
  const { process } = globalThis as {
    readonly process?: { getBuiltinModule?(name: string): { readonly parentPort?: Port } };
  };
  const port = process?.getBuiltinModule?.("node:worker_threads").parentPort ?? (globalThis as unknown as Port);
  const programs = new Map<number, WebAssembly.Exports>();
  let memory: WebAssembly.Memory;
  let control: Int32Array;
  let received = 0;

  const take = (message: Message): void => {
    if ("memory" in message) {
      memory = message.memory;
      control = new Int32Array(memory.buffer, words.address, words.length);
    } else if ("forget" in message) programs.delete(message.forget);
    else {
      const functions = message.imports.map((name, i) => [String(i), name === null ? () => 0 : Math[name as "sin"]]);
      const host = { ...Object.fromEntries(functions), memory, workspace: message.workspace, offer: () => 0 };
      programs.set(message.program, new WebAssembly.Instance(message.module, { host }).exports);
    }
  };

  const isCurrent = (): boolean => Atomics.load(control, words.generation) === generation;

  const work = (): void => {
    Atomics.add(control, words.active, 1);
    if (isCurrent() && Atomics.load(control, words.open) === 1) {
      const run = programs.get(control[words.program])?.[`kernel${control[words.kernel]}`] as
        | ((begin: number, end: number) => void)
        | undefined;
      const [extent, steps, chunks] = [control[words.extent], control[words.steps], control[words.chunks]];
      try {
        if (run !== undefined) {
          for (;;) {
            const chunk = Atomics.add(control, words.next, 1);
            if (chunk >= chunks) break;
            run(chunk * steps, Math.min(extent, (chunk + 1) * steps));
            Atomics.add(control, words.done, 1);
          }
        }
      } catch {
        Atomics.store(control, words.failed, 1);
      }
    }
    if (Atomics.sub(control, words.active, 1) === 1) Atomics.notify(control, words.active);
  };

  const serve = (): void => {
    // A message can only be received once this function has returned.
    while (isCurrent() && Atomics.load(control, words.sent) === received) {
      const seen = Atomics.load(control, words.epoch);
      if (Atomics.load(control, words.open) === 1) work();
      let left = spins;
      while (left > 0 && Atomics.load(control, words.epoch) === seen) left--;
      if (left === 0) Atomics.wait(control, words.epoch, seen);
    }
    if (!isCurrent()) port.close();
  };

  const listen = (message: Message): void => {
    received++;
    take(message);
    serve();
  };
  if (port.on) port.on("message", listen);
  else port.addEventListener?.("message", ({ data }) => listen(data));
}
