/** @file A debugger at the session's engine: where cells stop, what can be seen there, and how they end. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import path from "node:path";
import type { InspectorConnection } from "../../extension/client/session-client.ts";
import { cellOfFile } from "../../extension/debug/cell-file.ts";
import { SourceMap } from "../../extension/session/rewrite/source-map.ts";
import { decodeVlq } from "../../extension/session/rewrite/vlq.ts";
import type { InspectorReply } from "../../protocol/inspector.ts";
import { TestNotebook } from "./harness.ts";

interface CallFrame {
  readonly callFrameId: string;
  readonly functionName: string;
  readonly url: string;
  readonly location: { readonly scriptId: string; readonly lineNumber: number; readonly columnNumber: number };
  readonly scopeChain: readonly { readonly type: string; readonly object: { readonly objectId: string } }[];
}
interface Paused {
  readonly reason: string;
  readonly callFrames: readonly CallFrame[];
}

/** Speaks the inspector's protocol as a debugger does. */
class TestDebugger {
  readonly #connection: InspectorConnection;
  readonly #answers = new Map<number, (reply: InspectorReply) => void>();
  readonly #maps = new Map<string, string>();
  readonly #paused: Paused[] = [];
  #onPaused: ((paused: Paused) => void) | undefined;
  #onMap: ((script: { scriptId: string; json: string }) => void) | undefined;
  #lastId = 0;
  ended = false;

  constructor(notebook: TestNotebook) {
    const connection = notebook.client.inspect({
      onReply: (reply) => this.#receive(reply),
      onEnd: () => {
        this.ended = true;
      },
    });
    assert.ok(connection);
    this.#connection = connection;
  }

  async post<Result = object>(method: string, params?: object): Promise<Result> {
    const id = ++this.#lastId;
    const reply = await new Promise<InspectorReply>((resolve) => {
      this.#answers.set(id, resolve);
      this.#connection.send({ id, method, params });
    });
    if ("error" in reply) throw new Error(`${method}: ${reply.error.message}`);
    return (reply as unknown as { result: Result }).result;
  }

  paused(): Promise<Paused> {
    const waiting = this.#paused.shift();
    if (waiting) return Promise.resolve(waiting);
    return new Promise((resolve) => {
      this.#onPaused = resolve;
    });
  }

  /** `cell:line` for a frame, line and all counted from 1, by the source map of its script. */
  place({ location }: CallFrame): string {
    const json = this.#maps.get(location.scriptId);
    assert.ok(json, "the frame is in no cell");
    const source = (JSON.parse(json) as { sources: string[] }).sources[0];
    const position = new SourceMap(json).toSource({ line: location.lineNumber, column: location.columnNumber });
    assert.ok(position, "the frame is at a place that nobody wrote");
    const file = decodeURIComponent(new URL(source).pathname);
    return `${cellOfFile(file) ?? path.basename(file)}:${position.line + 1}`;
  }

  /** The next script with a source map of ours. */
  nextMap(): Promise<{ scriptId: string; json: string }> {
    return new Promise((resolve) => {
      this.#onMap = resolve;
    });
  }

  async evaluate(expression: string, { callFrameId }: CallFrame): Promise<unknown> {
    const params = { callFrameId, expression, returnByValue: true };
    const { result } = await this.post<{ result: { value: unknown } }>("Debugger.evaluateOnCallFrame", params);
    return result.value;
  }

  end(): void {
    this.#connection.end();
  }

  #receive(reply: InspectorReply): void {
    if ("id" in reply) this.#answers.get(reply.id)?.(reply);
    else if (reply.method === "Debugger.scriptParsed") {
      const { scriptId, sourceMapURL } = reply.params as { scriptId: string; sourceMapURL: string };
      const [start, data] = sourceMapURL.split(";base64,");
      if (start !== "data:application/json") return;
      const json = Buffer.from(data, "base64").toString();
      this.#maps.set(scriptId, json);
      this.#onMap?.({ scriptId, json });
      this.#onMap = undefined;
    } else if (reply.method === "Debugger.paused") {
      const paused = reply.params as Paused;
      if (this.#onPaused) this.#onPaused(paused);
      else this.#paused.push(paused);
      this.#onPaused = undefined;
    }
  }
}

suite("debugging", () => {
  let notebook: TestNotebook;
  let tool: TestDebugger;
  setup(async () => {
    notebook = new TestNotebook();
    await notebook.client.start();
    tool = new TestDebugger(notebook);
    await tool.post("Debugger.enable");
  });
  teardown(() => notebook.dispose());

  test("a statement of a cell stops, at its own line, with the variables of the notebook under their names", async () => {
    await notebook.run("const a = [1, 2];\nfunction twice(n: number) {\n  debugger;\n  return 2 * n;\n}");
    const running = notebook.run("enum E { X }\nlet b: number = 3;\nb += twice(b);\nb + E.X");
    const { callFrames } = await tool.paused();
    assert.deepEqual([tool.place(callFrames[0]), tool.place(callFrames[1])], ["test:1:3", "test:2:3"]);
    assert.equal(
      await tool.evaluate("JSON.stringify([a, b, n, typeof display])", callFrames[0]),
      '[[1,2],3,3,"function"]',
    );
    await tool.evaluate("b = 10", callFrames[0]);
    await tool.post("Debugger.resume");
    // `b += …` had read it.
    assert.equal((await running).text, "9");
  });

  test("a breakpoint is found by the source map, in what was moved and in what was transpiled", async () => {
    const source =
      "import { sep } from 'node:path';\nlet n = 0;\nfunction hoisted(x: number) {\n  n += x;\n  return n;\n}\nenum Kind { A = 2 }\nhoisted(Kind.A) + sep.length";
    // The session's own files, which it loads for its first cell, have source maps too.
    await notebook.run("0");
    for (const line of [2, 4, 5, 8]) {
      const url = tool.nextMap();
      const { breakpointId } = await tool.post<{ breakpointId: string }>("Debugger.setInstrumentationBreakpoint", {
        instrumentation: "beforeScriptWithSourceMapExecution",
      });
      const running = notebook.run(source);
      await tool.paused();
      const { scriptId, json } = await url;
      await tool.post("Debugger.removeBreakpoint", { breakpointId });
      const generated = firstOf(json, line - 1);
      await tool.post("Debugger.setBreakpoint", { location: { scriptId, ...generated } });
      await tool.post("Debugger.resume");
      const { callFrames } = await tool.paused();
      assert.equal(tool.place(callFrames[0]).split(":").at(-1), String(line));
      await tool.post("Debugger.resume");
      assert.equal((await running).text, "3");
    }
  });

  test("a file beside the notebook stops at its own line", async () => {
    const text = "export interface A {\n  x: number;\n}\nexport function f(a: A) {\n  debugger;\n  return a.x;\n}\n";
    writeFileSync(path.join(notebook.folder, "helper.ts"), text);
    const running = notebook.run("import { f } from './helper';\n\nf({ x: 4 })");
    const { callFrames } = await tool.paused();
    assert.deepEqual([tool.place(callFrames[0]), tool.place(callFrames[1])], ["helper.ts:5", "test:1:3"]);
    await tool.post("Debugger.resume");
    assert.equal((await running).text, "4");
  });

  for (const [what, code, line] of [
    ["thrown at once", "\nthrow new Error('x')", 2],
    ["thrown after an await", "await 0;\n\nthrow new Error('x')", 3],
    [
      "thrown in a function that is awaited",
      "const f = async () => {\n  await 0;\n  throw new Error('x');\n};\nawait f()",
      3,
    ],
  ] as const) {
    test(`an uncaught error stops: ${what}`, async () => {
      await tool.post("Debugger.setPauseOnExceptions", { state: "uncaught" });
      const running = notebook.run(code);
      const { reason, callFrames } = await tool.paused();
      assert.deepEqual([reason, tool.place(callFrames[0])], ["promiseRejection", `test:1:${line}`]);
      await tool.post("Debugger.resume");
      const { status, error } = await running;
      assert.deepEqual([status, error?.message, error?.location?.line], ["error", "x", line]);
    });
  }

  test("a caught error does not stop", async () => {
    await tool.post("Debugger.setPauseOnExceptions", { state: "uncaught" });
    const { text } = await notebook.run(
      "try { throw 1 } catch {}\ntry { await (async () => { await 0; throw 2 })() } catch {}\n'through'",
    );
    assert.equal(text, "'through'");
  });

  test("an interrupt ends a cell that stands, and keeps the variables", async () => {
    const running = notebook.run("let kept = 1;\ndebugger;\nkept = 2;");
    await tool.paused();
    assert.equal(await notebook.client.interrupt(), true);
    assert.equal((await running).status, "interrupted");
    assert.equal((await notebook.run("kept")).text, "1");
    const again = notebook.run("debugger;\nkept");
    await tool.paused();
    await tool.post("Debugger.resume");
    assert.equal((await again).text, "1");
  });

  test("a debugger comes in the middle of an endless loop, and an interrupt ends the loop as ever", async () => {
    tool.end();
    let comes: Promise<void> | undefined;
    const running = notebook.run("console.log('in');\nfor (;;) {\n  Math.sqrt(2);\n}", () => {
      tool = new TestDebugger(notebook);
      comes = tool
        .post("Debugger.enable")
        .then(() => tool.post("Debugger.pause"))
        .then(() => {});
    });
    while (!comes) await new Promise((resolve) => setTimeout(resolve, 10));
    await comes;
    const { callFrames } = await tool.paused();
    assert.match(tool.place(callFrames[0]), /^test:1:[234]$/);
    await tool.post("Debugger.resume");
    assert.equal(await notebook.client.interrupt(), true);
    assert.equal((await running).status, "interrupted");
  });

  test("a cell goes on when the debugger leaves it standing, and stops no more", async () => {
    const running = notebook.run("debugger;\n'on'");
    await tool.paused();
    tool.end();
    assert.equal((await running).text, "'on'");
    assert.equal((await notebook.run("debugger;\n'on'")).text, "'on'");
  });

  test("a restart ends a cell that stands, and the conversation", async () => {
    const running = notebook.run("debugger;");
    await tool.paused();
    await notebook.client.restart();
    assert.equal((await running).status, "stopped");
    assert.equal(tool.ended, true);
    assert.equal((await notebook.run("1")).text, "1");
  });

  test("computing threads start while a debugger looks on that wants to see every thread", async () => {
    await tool.post("NodeWorker.enable", { waitForDebuggerOnStart: true });
    const { text } = await notebook.run(
      'import { randn } from "cotangent";\nconst big = randn([600, 600]);\nbig.matmul(big).shape',
    );
    assert.match(text ?? "", /600/);
  });
});

/** Where the first piece of a line of the source has gone. */
function firstOf(json: string, line: number): { lineNumber: number; columnNumber: number } {
  const { mappings } = JSON.parse(json) as { mappings: string };
  const map = new SourceMap(json);
  const places = mappings.split(";").flatMap((text, lineNumber) => {
    let columnNumber = 0;
    return text.split(",").flatMap((segment) => {
      const fields = decodeVlq(segment);
      columnNumber += fields[0] ?? 0;
      const source = fields.length > 1 ? map.toSource({ line: lineNumber, column: columnNumber }) : undefined;
      return source?.line === line ? [{ lineNumber, columnNumber, from: source.column }] : [];
    });
  });
  const [first] = places.sort((a, b) => a.from - b.from);
  assert.ok(first, `nothing of line ${line + 1} is in the script`);
  return { lineNumber: first.lineNumber, columnNumber: first.columnNumber };
}
