/** @file VS Code's own JavaScript debugger in cells: breakpoints, steps, variables, and ways to end it. */
import assert from "node:assert/strict";
import * as vscode from "vscode";
import {
  alive,
  closeAll,
  codeCells,
  cotangent,
  errorOf,
  inWorkspace,
  openCells,
  plainText,
  run,
  start,
  until,
} from "./notebooks.ts";
import { shoot } from "./window.ts";

const command = vscode.commands.executeCommand;

interface Frame {
  readonly id: number;
  readonly name: string;
  readonly line: number;
  readonly source?: { readonly path?: string; readonly name?: string };
}

/** Where the debugger stands. */
interface Stop {
  readonly session: vscode.DebugSession;
  readonly threadId: number;
  readonly frames: readonly Frame[];
}

suite("debugging cells", function () {
  // A debug session of VS Code takes a while to come and to go.
  this.timeout(120_000);
  let stops: { session: vscode.DebugSession; threadId: number }[] = [];
  let running: readonly vscode.DebugSession[] = [];
  let listening: vscode.Disposable;

  suiteSetup(() => {
    const { registerDebugAdapterTrackerFactory, onDidStartDebugSession, onDidTerminateDebugSession } = vscode.debug;
    listening = vscode.Disposable.from(
      registerDebugAdapterTrackerFactory("pwa-node", {
        createDebugAdapterTracker: (session) => ({
          onDidSendMessage(message: { event?: string; body?: { threadId: number } }) {
            if (message.event === "stopped" && message.body) stops.push({ session, threadId: message.body.threadId });
          },
        }),
      }),
      onDidStartDebugSession((session) => {
        running = [...running, session];
      }),
      onDidTerminateDebugSession((session) => {
        running = running.filter((other) => other !== session);
      }),
    );
  });
  suiteTeardown(() => listening.dispose());
  setup(() => {
    stops = [];
  });
  teardown(async () => {
    vscode.debug.removeBreakpoints(vscode.debug.breakpoints);
    await vscode.debug.stopDebugging();
    await until("debugging to end", () => running.length === 0);
    await closeAll();
  });

  /** The next stop that has not been looked at. */
  async function stop(): Promise<Stop> {
    const { session, threadId } = await until("the debugger to stop", () => stops.shift());
    const { stackFrames } = (await session.customRequest("stackTrace", { threadId, levels: 20 })) as {
      stackFrames: readonly Frame[];
    };
    return { session, threadId, frames: stackFrames };
  }

  async function step(from: Stop, how: "next" | "stepIn" | "stepOut"): Promise<Stop> {
    await from.session.customRequest(how, { threadId: from.threadId });
    return stop();
  }

  async function go({ session, threadId }: Stop): Promise<void> {
    await session.customRequest("continue", { threadId });
  }

  async function evaluate({ session, frames }: Stop, expression: string): Promise<string> {
    const answer = await session.customRequest("evaluate", { expression, frameId: frames[0].id, context: "repl" });
    return answer.result;
  }

  /** `0:2` for line 2 (counted from 1) of cell 0 (counted from 0); of a file its name and line. */
  function placeOf(notebook: vscode.NotebookDocument, { source, line }: Frame): string {
    const index = notebook.getCells().findIndex(({ document }) => document.uri.toString() === source?.path);
    return `${index < 0 ? source?.path?.split("/").at(-1) : index}:${line}`;
  }

  function breakAt(uri: vscode.Uri, line: number): void {
    const place = new vscode.Location(uri, new vscode.Position(line - 1, 0));
    vscode.debug.addBreakpoints([new vscode.SourceBreakpoint(place)]);
  }

  test("a breakpoint stops the cell, and again after an edit; steps, variables and the console work", async () => {
    const notebook = await openCells(
      "const factor: number = 3;\nfunction times(x: number): number {\n  const product = x * factor;\n  return product;\n}",
      "enum Kind { A }\nlet n = 2;\nn = times(n);\nn + Kind.A",
    );
    await run(notebook, 0);
    const [, cell] = codeCells(notebook);
    breakAt(cell.document.uri, 3);
    const debugging = command("cotangent.debugCell", cell);
    let now = await stop();
    assert.equal(placeOf(notebook, now.frames[0]), "1:3");
    assert.equal(await evaluate(now, "n + factor"), "5");
    now = await step(now, "stepIn");
    assert.deepEqual(
      now.frames.slice(0, 2).map((frame) => placeOf(notebook, frame)),
      ["0:3", "1:3"],
    );
    assert.equal(now.frames[0].source?.name, "cell 1");
    assert.equal(await evaluate(now, "x"), "2");
    await shoot("debug-stopped");
    now = await step(now, "next");
    assert.equal(await evaluate(now, "product"), "6");
    now = await step(now, "stepOut");
    assert.equal(placeOf(notebook, now.frames[0]), "1:4");
    assert.equal(await evaluate(now, "n = 10"), "10");
    await go(now);
    await debugging;
    assert.equal(plainText(cell), "10");
    await until("debugging to end with the cell", () => running.length === 0);

    const edit = new vscode.WorkspaceEdit();
    edit.insert(cell.document.uri, new vscode.Position(0, 0), "// A line more.\n");
    await vscode.workspace.applyEdit(edit);
    const again = command("cotangent.debugCell", cell);
    now = await stop();
    assert.equal(placeOf(notebook, now.frames[0]), "1:4");
    await go(now);
    await again;
    assert.equal(plainText(cell), "6");
  });

  test("a notebook's variables are a scope of their own", async () => {
    const notebook = await openCells("const mine = 1;\ndebugger;");
    const debugging = command("cotangent.debugCell", notebook.cellAt(0));
    const now = await stop();
    const { scopes } = await now.session.customRequest("scopes", { frameId: now.frames[0].id });
    const scope = scopes.find(({ name }: { name: string }) => name === "Notebook");
    const { variables } = await now.session.customRequest("variables", scope);
    assert.deepEqual(
      variables.map(({ name, value }: { name: string; value: string }) => [name, value]),
      [["mine", "1"]],
    );
    await go(now);
    await debugging;
  });

  test("a file beside the notebook has its breakpoints too", async () => {
    const helper = inWorkspace("debugged.ts");
    const text =
      "export interface Point {\n  x: number;\n}\n\nexport function shift(p: Point): number {\n  return p.x + 1;\n}\n";
    await vscode.workspace.fs.writeFile(helper, new TextEncoder().encode(text));
    const notebook = await openCells('import { shift } from "./debugged";\nshift({ x: 1 })');
    breakAt(helper, 6);
    const debugging = command("cotangent.debugCell", notebook.cellAt(0));
    const now = await stop();
    assert.deepEqual(
      now.frames.slice(0, 2).map((frame) => placeOf(notebook, frame)),
      ["debugged.ts:6", "0:2"],
    );
    assert.equal(await evaluate(now, "p.x"), "1");
    await go(now);
    await debugging;
    assert.equal(plainText(notebook.cellAt(0)), "2");
  });

  test("an uncaught error stops where it is thrown, a caught one does not", async () => {
    const notebook = await openCells(
      "try {\n  throw new Error('caught');\n} catch {}\nawait 0;\nconst lost = 'b';\nthrow new RangeError(lost);",
    );
    await command("cotangent.attachDebugger");
    // Not the one that VS Code started, but the debugger's own below it.
    const session = await until("the debugger", () => running.find(({ parentSession }) => parentSession));
    await session.customRequest("setExceptionBreakpoints", { filters: ["uncaught"] });
    start(notebook, 0);
    const now = await stop();
    assert.equal(placeOf(notebook, now.frames[0]), "0:6");
    assert.equal(await evaluate(now, "lost"), "'b'");
    await go(now);
    await until("the cell to fail", () => notebook.cellAt(0).executionSummary?.success === false);
    assert.equal(errorOf(notebook.cellAt(0)).name, "RangeError");
    assert.equal(running.length, 2, "the debugger left with the cell though it came by itself");
  });

  test("Interrupt ends a cell that stands at a breakpoint and keeps the variables", async () => {
    const notebook = await openCells("let kept = 1;\ndebugger;\nkept = 2;", "kept");
    const debugging = command("cotangent.debugCell", notebook.cellAt(0));
    await stop();
    await command("cotangent.interrupt");
    await debugging;
    assert.equal(notebook.cellAt(0).executionSummary?.success, false);
    await run(notebook, 1);
    assert.equal(plainText(notebook.cellAt(1)), "1");
  });

  test("Restart Session ends a cell that stands at a breakpoint, and the debugging", async () => {
    const api = await cotangent();
    const notebook = await openCells("debugger;", "1 + 1");
    const debugging = command("cotangent.debugCell", notebook.cellAt(0));
    await stop();
    const pid = api.sessionPid(notebook) ?? 0;
    await command("cotangent.restart");
    await debugging;
    await until("debugging to end", () => running.length === 0);
    assert.ok(!alive(pid));
    assert.equal(await run(notebook, 1), true);
  });

  test("ending the debugging lets a stopped cell go on", async () => {
    const notebook = await openCells("debugger;\n'went on'");
    await command("cotangent.attachDebugger");
    start(notebook, 0);
    await stop();
    await vscode.debug.stopDebugging();
    await until("the cell to end", () => plainText(notebook.cellAt(0)) === "'went on'");
  });

  test("Run by Line stops at each line of the cell and nowhere else", async () => {
    const api = await cotangent();
    const notebook = await openCells(
      "function twice(x: number) {\n  return 2 * x;\n}",
      'import { tensor } from "cotangent";\n// A remark.\nconst a = [1, 2].map(twice);\nawait 0;\nfunction later() {}\n\nconst t = tensor(a);\nt.sum().item()',
    );
    await run(notebook, 0);
    const cell = notebook.cellAt(1);
    const debugging = command("cotangent.runByLine", cell);
    // The import is the first thing that runs; a remark, a declaration and an empty line do nothing.
    for (const expected of [1, 3, 4, 7, 8]) {
      const line = await until("a line to stand at", () => api.lineOf(notebook));
      assert.equal(line, expected);
      if (expected === 4) await shoot("debug-run-by-line");
      await command("cotangent.runNextLine", cell);
    }
    await debugging;
    assert.equal(plainText(cell), "6");
  });
});
