/**
 * @file Stops the main thread's JavaScript or WebAssembly from the supervisor thread.
 *
 * `Runtime.terminateExecution` does it within milliseconds, unless it strikes inside a promise hook or Node's
 * handler of rejections: those swallow it, and the engine then takes it for still under way. The second way is the
 * debugger: pause, look where, and resume by terminating.
 */
import inspector from "node:inspector";

const OWN_FOLDER = new URL(".", import.meta.url).href;
const KERNEL = new URL("kernel.js", OWN_FOLDER).href;

export class Terminator {
  readonly #session = new inspector.Session();
  #debugging = false;
  /** From a pause until the resumption that terminates. */
  #pausing = false;

  constructor() {
    this.#session.connectToMainThread();
    this.#session.on("Debugger.paused", ({ params }) => this.#paused(params.callFrames[0]?.url ?? ""));
  }

  /** @param done it has struck, or one before it is still to strike: no later code falls victim to this one */
  terminate(done: () => void): void {
    this.#session.post("Runtime.terminateExecution", done);
  }

  /** To be repeated until it works. */
  terminateInDebugger(): void {
    if (!this.#debugging) this.#session.post("Debugger.enable");
    this.#debugging = true;
    // Another pause would stop it on its way out of a hook, before the place where it can be terminated.
    if (!this.#pausing) this.#session.post("Debugger.pause");
    this.#pausing = true;
  }

  /** The debugger would slow the cells down. */
  done(): void {
    if (this.#debugging) this.#session.post("Debugger.disable");
    this.#debugging = false;
    this.#pausing = false;
  }

  #paused(url: string): void {
    const isOurs = url.startsWith(OWN_FOLDER) && url !== KERNEL;
    // Our hooks and Node's would swallow it again; outside them it strikes.
    if (isOurs || url.startsWith("node:")) this.#session.post("Debugger.stepOut");
    else {
      this.#session.post("Debugger.resume", { terminateOnResume: true });
      this.#pausing = false;
    }
  }
}
