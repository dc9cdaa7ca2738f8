/** @file Everything the main thread says to the host goes through here. */
import type { GraphicsBatch } from "../../protocol/graphics.ts";
import type { Answer, CellOutput, DoneStatus, InputRequest, WantedBy } from "../../protocol/session.ts";
import type { EndedBar } from "./progress/bars.ts";
import type { FactsTask, MainToSupervisor } from "./relay.ts";
import type { Run } from "./run.ts";
import { runBehind } from "./stack.ts";

export type Post = (message: MainToSupervisor) => void;

export class Outbox {
  readonly #post: Post;

  constructor(post: Post) {
    this.#post = post;
  }

  ready(): void {
    this.#post({ type: "ready", pid: process.pid });
  }

  prepared(): void {
    this.#post({ type: "prepared" });
  }

  interruptHandled(attempt: number): void {
    this.#post({ type: "interrupt-handled", attempt });
  }

  answer(answer: Answer): void {
    this.#post(answer);
  }

  webgpuMissing(wantedBy: WantedBy): void {
    this.#post({ type: "webgpu-missing", wantedBy });
  }

  wantGraphicsPage(): void {
    this.#post({ type: "graphics-page-wanted" });
  }

  graphics(batch: GraphicsBatch): void {
    this.#post({ type: "graphics", batch });
  }

  findFacts(task: FactsTask): void {
    this.#post({ type: "find-facts", task });
  }

  ask(run: Run, question: number, request: InputRequest): void {
    if (!run.interrupted) this.#post({ type: "input", id: run.id, question, request });
  }

  show(run: Run, output: CellOutput): void {
    if (run.interrupted) return;
    this.#post({ type: "output", id: run.id, output });
  }

  barEnded(run: Run, bar: EndedBar): void {
    if (!run.interrupted) this.#post({ type: "bar-ended", bar });
  }

  /** Console output of whatever code runs now. */
  print(stream: "stdout" | "stderr", text: string): void {
    const run = runBehind();
    if (!run || run.interrupted) return;
    const shown = run.budget.take(text);
    if (shown !== "") this.show(run, { kind: "stream", stream, text: shown });
  }

  done(run: Run, status: DoneStatus): void {
    const held = run.budget.finish();
    if (held !== "")
      this.#post({ type: "output", id: run.id, output: { kind: "stream", stream: "stdout", text: held } });
    this.#post({ type: "done", id: run.id, status, durationMs: performance.now() - run.startedAt });
  }

  /** Blocks until the supervisor has written everything; for the moment before the process exits. */
  flush(): void {
    const written = new Int32Array(new SharedArrayBuffer(4));
    this.#post({ type: "flush", written });
    Atomics.wait(written, 0, 0, 500);
  }
}
