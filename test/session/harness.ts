/** @file A notebook without an editor: cells typed in, what they show read back. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import {
  type ExecutionResult,
  SessionClient,
  type SessionClientOptions,
} from "../../extension/client/session-client.ts";
import type { CellOutput, ErrorReport } from "../../protocol/session.ts";

export const SESSION_PATH = path.resolve("dist/session.js");

export interface Shown extends ExecutionResult {
  readonly outputs: readonly CellOutput[];
  /** The text form of the result. */
  readonly text: string | undefined;
  readonly stdout: string;
  readonly stderr: string;
  readonly error: ErrorReport | undefined;
}

export class TestNotebook {
  readonly folder = mkdtempSync(path.join(tmpdir(), "cotangent-test-"));
  readonly client: SessionClient;
  #cells = 0;

  constructor(options: Partial<SessionClientOptions> = {}) {
    this.client = new SessionClient({ sessionPath: SESSION_PATH, directory: this.folder, ...options });
  }

  /** `onOutput` hears of outputs while the cell still runs. */
  async run(code: string, onOutput?: (output: CellOutput) => void): Promise<Shown> {
    const number = ++this.#cells;
    const outputs: CellOutput[] = [];
    const result = await this.client.execute(
      { uri: `test:${number}`, number, code },
      {
        onOutput(output) {
          outputs.push(output);
          onOutput?.(output);
        },
        // A person who takes all the time in the world.
        onInput: () => new Promise(() => {}),
      },
    );
    return { ...result, ...summary(outputs) };
  }

  /** Starts a cell and interrupts it when it has printed "running". Both have ended when this returns. */
  async runAndInterrupt(code: string): Promise<Shown> {
    let interrupted: Promise<unknown> | undefined;
    const shown = await this.run(`console.log("running");\n${code}`, (output) => {
      if (output.kind === "stream") interrupted ??= delay(30).then(() => this.client.interrupt());
    });
    await interrupted;
    return shown;
  }

  async dispose(): Promise<void> {
    await this.client.dispose();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export function summary(outputs: readonly CellOutput[]) {
  const text = (name: string) =>
    outputs.map((output) => (output.kind === "stream" && output.stream === name ? output.text : "")).join("");
  const result = outputs.find((output) => output.kind === "result");
  return {
    outputs,
    text: result?.bundle["text/plain"] as string | undefined,
    stdout: text("stdout"),
    stderr: text("stderr"),
    error: outputs.find((output) => output.kind === "error")?.error,
  };
}

export function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Polls, since a process takes a moment to go. */
export async function isGone(pid: number, withinMs = 5000): Promise<boolean> {
  for (const end = performance.now() + withinMs; performance.now() < end; await delay(20)) {
    if (!isAlive(pid)) return true;
  }
  return false;
}
