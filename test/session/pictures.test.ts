/** @file What the extension host answers to pictures, whatever the session says, and whoever asks. */
import assert from "node:assert/strict";
import { answerPicture, isPictureQuestion, type PictureSession } from "../../extension/pictures/answer.ts";
import type { PictureQuestion } from "../../protocol/picture-messages.ts";

suite("answers to pictures", () => {
  const axes = { rows: [0], columns: [1], at: [0, 0] };
  const facts: PictureQuestion = { type: "facts", id: 7, request: { handle: "h", axes, meaning: "jacobian" } };
  const session = (state: PictureSession["state"], answer: () => Promise<undefined>): PictureSession => ({
    state,
    tile: answer,
    facts: answer,
  });

  test("without a session, or with one that ended, the numbers are gone", async () => {
    const gone = { type: "facts", id: 7, answer: { status: "gone" } };
    assert.deepEqual(await answerPicture(undefined, facts), gone);
    assert.deepEqual(
      await answerPicture(
        session("stopped", async () => undefined),
        facts,
      ),
      gone,
    );
  });

  test("an interrupt that got in the way is a reason to ask again", async () => {
    const { answer } = await answerPicture(
      session("busy", async () => undefined),
      facts,
    );
    assert.deepEqual(answer, { status: "busy" });
  });

  test("nothing is thrown", async () => {
    const { answer } = await answerPicture(
      session("idle", () => Promise.reject(new Error("the pipe broke"))),
      facts,
    );
    assert.deepEqual(answer, { status: "failed", message: "the pipe broke" });
  });

  test("only questions are passed on", () => {
    assert.ok(isPictureQuestion(facts));
    const others = [null, 1, "tile", {}, { ...facts, id: "7" }, { ...facts, request: null }, { ...facts, type: "run" }];
    for (const other of others) assert.equal(isPictureQuestion(other), false, JSON.stringify(other));
  });
});
