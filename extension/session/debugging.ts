/**
 * @file A debugger's connection to the main thread, kept by the supervisor: so it can come while a cell is in an
 * endless loop, nothing listens on a port here, and the main thread does not know of it.
 */
import inspector from "node:inspector";
import type { InspectorCommand, InspectorReply } from "../../protocol/inspector.ts";

/**
 * Debuggers ask for the other threads too. Those are ours (this one, and those that compute), and a debugger makes new
 * ones wait at their start, which the main thread may not be able to wait for.
 */
const OTHER_THREADS = /^NodeWorker\./;

export class Debugging {
  readonly #reply: (reply: InspectorReply) => void;
  #session: inspector.Session | undefined;
  #paused = false;

  constructor(reply: (reply: InspectorReply) => void) {
    this.#reply = reply;
  }

  get isOpen(): boolean {
    return this.#session !== undefined;
  }

  /** The main thread stands still, at a breakpoint or the like. */
  get isPaused(): boolean {
    return this.#paused;
  }

  begin(): void {
    this.end();
    this.#session = new inspector.Session();
    this.#session.connectToMainThread();
    this.#session.on("Debugger.paused", () => {
      this.#paused = true;
    });
    this.#session.on("Debugger.resumed", () => {
      this.#paused = false;
    });
    this.#session.on("inspectorNotification", ({ method, params }: { method: string; params?: object }) =>
      this.#reply({ method, params }),
    );
  }

  receive({ id, method, params }: InspectorCommand): void {
    if (OTHER_THREADS.test(method)) {
      this.#reply({ id, result: {} });
      return;
    }
    this.#session?.post(method, params, (error, result) => {
      const { code, message } = (error ?? {}) as { code?: number; message?: string };
      this.#reply(error ? { id, error: { code, message: message ?? String(error) } } : { id, result: result ?? {} });
    });
  }

  /** A thread that stands still goes on. */
  end(): void {
    this.#session?.disconnect();
    this.#session = undefined;
    this.#paused = false;
  }
}
