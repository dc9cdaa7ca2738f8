/** @file What a picture asks, asked of the session that holds its numbers. Nothing is thrown: every question is answered. */
import type { FactsAnswer, FactsRequest, TileAnswer, TileRequest } from "../../protocol/exploring.ts";
import type { PictureAnswer, PictureQuestion } from "../../protocol/picture-messages.ts";
import type { SessionState } from "../client/session-client.ts";

/** A session as far as pictures need it. Its answers are undefined without a process, and when an interrupt intervened. */
export interface PictureSession {
  readonly state: SessionState;
  tile(request: TileRequest): Promise<TileAnswer | undefined>;
  facts(request: FactsRequest): Promise<FactsAnswer | undefined>;
}

/** `session` is undefined where none runs: its tensors are gone with it. */
export async function answerPicture(
  session: PictureSession | undefined,
  question: PictureQuestion,
): Promise<PictureAnswer> {
  const { id, type } = question;
  if (type === "tile") return { type, id, answer: await asked(session, (held) => held.tile(question.request)) };
  return { type, id, answer: await asked(session, (held) => held.facts(question.request)) };
}

type Unanswered = Extract<TileAnswer, FactsAnswer>;

async function asked<Answer>(
  session: PictureSession | undefined,
  ask: (session: PictureSession) => Promise<Answer | undefined>,
): Promise<Answer | Unanswered> {
  if (!session) return { status: "gone" };
  try {
    const answer = await ask(session);
    if (answer) return answer;
    return session.state === "stopped" || session.state === "disposed" ? { status: "gone" } : { status: "busy" };
  } catch (error) {
    return { status: "failed", message: error instanceof Error ? error.message : String(error) };
  }
}

/** What a webview sends may be anything: other scripts of a page can send too. */
export function isPictureQuestion(message: unknown): message is PictureQuestion {
  if (typeof message !== "object" || message === null) return false;
  const { type, id, request } = message as Record<string, unknown>;
  return (
    (type === "tile" || type === "facts") && Number.isSafeInteger(id) && typeof request === "object" && request !== null
  );
}
