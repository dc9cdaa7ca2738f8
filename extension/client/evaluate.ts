/** @file One piece of code run in a session for its value: its outputs go nowhere. */
import type { MimeBundle, ProgressDisplay } from "../../protocol/display.ts";
import type { CellOutput, ErrorReport } from "../../protocol/session.ts";
import { FollowedProgress } from "./followed-progress.ts";
import type { ExecutableCell, SessionClient } from "./session-client.ts";

/** What became of it. What it printed on the way is not kept. */
export interface Evaluated {
  /** Absent for a value that is `undefined`. */
  readonly bundle?: MimeBundle;
  readonly error?: ErrorReport;
}

/** Told how far long work is, whenever that changes; undefined when there is nothing to show. */
export type ProgressWatcher = (progress: ProgressDisplay | undefined) => void;

export async function evaluateWith(
  client: SessionClient,
  code: ExecutableCell,
  watch?: ProgressWatcher,
): Promise<Evaluated> {
  const outputs: CellOutput[] = [];
  const progress = new FollowedProgress();
  const onOutput = (output: CellOutput) => {
    outputs.push(output);
    const before = progress.display;
    progress.note(output);
    if (progress.display !== before) watch?.(progress.display);
  };
  await client.execute(code, { onOutput });
  const result = outputs.find((output) => output.kind === "result");
  const error = outputs.find((output) => output.kind === "error");
  return { bundle: result?.bundle, error: error?.error };
}
