/** @file Evaluates scripts on this thread through an inspector session of its own: top-level `await`, names that stay. */
import inspector from "node:inspector";
import { HOOK } from "./rewrite/names.ts";
import type { Position } from "./rewrite/positions.ts";

export type Outcome =
  | { readonly kind: "value" }
  /** `position` is the engine's, for what it refuses to compile; a thrown error has its place in its stack. */
  | { readonly kind: "thrown"; readonly thrown: unknown; readonly position?: Position }
  /** Stopped from outside by `Runtime.terminateExecution`. */
  | { readonly kind: "terminated" };

const OBJECT_GROUP = "cell";

export class Evaluator {
  readonly #session = new inspector.Session();

  constructor() {
    this.#session.connect();
  }

  /** `done` may never be called when the execution is terminated inside a promise callback. */
  evaluate(script: string, url: string, done: (outcome: Outcome) => void): void {
    const parameters: inspector.Runtime.EvaluateParameterType & { replMode: boolean } = {
      expression: `${script}\n//# sourceURL=${url}`,
      replMode: true,
      awaitPromise: true,
      objectGroup: OBJECT_GROUP,
    };
    this.#session.post("Runtime.evaluate", parameters, (error, answer) => {
      if (error) done({ kind: "terminated" });
      else if (!answer.exceptionDetails) done({ kind: "value" });
      else done(this.#outcomeOf(answer.exceptionDetails));
      // Or the inspector would keep every value and error it ever handed out.
      this.#session.post("Runtime.releaseObjectGroup", { objectGroup: OBJECT_GROUP });
    });
  }

  #outcomeOf({ exception, scriptId, lineNumber, columnNumber }: inspector.Runtime.ExceptionDetails): Outcome {
    if (!exception) return { kind: "terminated" };
    // Only an error of the compiler names the script.
    const position = scriptId === undefined ? undefined : { line: lineNumber, column: columnNumber };
    return { kind: "thrown", thrown: this.#valueOf(exception), position };
  }

  #valueOf(remote: inspector.Runtime.RemoteObject): unknown {
    if (remote.objectId === undefined) return primitiveOf(remote);
    let value: unknown;
    const receiver = globalThis as { [HOOK]?: { receive?: (received: unknown) => void } };
    const hooks = receiver[HOOK];
    if (!hooks) return remote.description;
    hooks.receive = (received) => {
      value = received;
    };
    this.#session.post("Runtime.callFunctionOn", {
      objectId: remote.objectId,
      functionDeclaration: `function () { "use strict"; ${HOOK}.receive(this); }`,
      objectGroup: OBJECT_GROUP,
    });
    return value;
  }
}

function primitiveOf({ type, value, unserializableValue }: inspector.Runtime.RemoteObject): unknown {
  if (unserializableValue === undefined) return value;
  return type === "bigint" ? BigInt(unserializableValue.slice(0, -1)) : Number(unserializableValue);
}
