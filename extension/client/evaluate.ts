/** @file One piece of code run in a session for its value, with nobody watching it run. */
import type { MimeBundle } from "../../protocol/display.ts";
import type { CellOutput, ErrorReport } from "../../protocol/session.ts";
import type { ExecutableCell, SessionClient } from "./session-client.ts";

/** What became of it. What it printed on the way is not kept. */
export interface Evaluated {
  /** Absent for a value that is `undefined`. */
  readonly bundle?: MimeBundle;
  readonly error?: ErrorReport;
}

export async function evaluateWith(client: SessionClient, code: ExecutableCell): Promise<Evaluated> {
  const outputs: CellOutput[] = [];
  await client.execute(code, { onOutput: (output) => outputs.push(output) });
  const result = outputs.find((output) => output.kind === "result");
  const error = outputs.find((output) => output.kind === "error");
  return { bundle: result?.bundle, error: error?.error };
}
