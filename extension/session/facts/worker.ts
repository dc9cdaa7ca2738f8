/** @file Finds the facts of matrices, one after the other (see `facts-thread.ts`). */
import { parentPort } from "node:worker_threads";
import type { FactsAnswer } from "../../../protocol/exploring.ts";
import type { FactsTask } from "../relay.ts";
import { factsOf } from "./facts.ts";
import type { FoundFacts } from "./facts-thread.ts";

const supervisor = parentPort;
if (!supervisor) throw new Error("facts.js is a worker of session.js and does not run by itself.");

function answerOf({ matrix, meaning }: FactsTask): FactsAnswer {
  try {
    return { status: "facts", facts: factsOf(matrix, meaning) };
  } catch (error) {
    return { status: "failed", message: error instanceof Error ? error.message : String(error) };
  }
}

supervisor.on("message", (task: FactsTask) => {
  const found: FoundFacts = { id: task.id, answer: answerOf(task) };
  supervisor.postMessage(found);
});
