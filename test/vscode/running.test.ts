import assert from "node:assert/strict";
import * as vscode from "vscode";
import { DISPLAY_MIME, type MatrixDisplay } from "../../protocol/display.ts";
import {
  alive,
  closeAll,
  cotangent,
  open,
  openCells,
  outputs,
  plainText,
  run,
  runAll,
  start,
  stderr,
  stdout,
  until,
} from "./notebooks.ts";
import { canLook, lookUntil, reveal, shoot } from "./window.ts";

suite("running cells", () => {
  teardown(closeAll);

  test("variables, await, streams, imports and the last expression, across cells", async () => {
    const notebook = await open("basics.ipynb");
    await runAll(notebook);
    const [, declared, awaited, jacobian, helped] = notebook.getCells();

    assert.deepEqual(declared.outputs, []);
    assert.equal(plainText(awaited), "42");
    assert.equal(stdout(awaited), "point 20\nafter\n");
    assert.equal(stderr(awaited), "to stderr\n");
    // In the order in which the cell said it, and the value last.
    const kinds = awaited.outputs.map((output) => output.items[0].mime.split(".").at(-1));
    assert.deepEqual(kinds, ["stdout", "stderr", "stdout", "text/plain"]);

    assert.equal(jacobian.outputs.length, 1, "all forms of one value belong to one output");
    const mimes = jacobian.outputs[0].items.map((item) => item.mime);
    assert.deepEqual([...mimes].sort(), [DISPLAY_MIME, "image/png", "text/plain"].sort());
    const display = JSON.parse(outputs(jacobian, DISPLAY_MIME)[0]) as MatrixDisplay;
    assert.deepEqual(display.shape, [3, 3]);
    const entries = new Float32Array(Uint8Array.from(Buffer.from(display.preview.data, "base64")).buffer);
    assert.deepEqual([...entries], [2, 0, 0, 0, 4, 0, 0, 0, 6]);
    const png = jacobian.outputs[0].items.find((item) => item.mime === "image/png")?.data ?? new Uint8Array();
    assert.deepEqual([...png.subarray(0, 4)], [0x89, 0x50, 0x4e, 0x47]);

    assert.equal(plainText(helped), "'helped 42'");
    assert.deepEqual(
      [declared, awaited, jacobian, helped].map((cell) => cell.executionSummary?.executionOrder),
      [1, 2, 3, 4],
    );
  });

  test("const, let and class may be declared again by another run of their cell", async () => {
    const notebook = await openCells("const a = 1;\nlet b = 2;\nclass C {}\na + b");
    assert.equal(await run(notebook, 0), true);
    assert.equal(await run(notebook, 0), true);
    assert.equal(plainText(notebook.cellAt(0)), "3");
  });

  test("output appears while the cell still runs", async () => {
    const notebook = await openCells(
      'console.log("first");\nawait new Promise((resolve) => setTimeout(resolve, 60_000));',
    );
    const cell = notebook.cellAt(0);
    start(notebook, 0);
    await until("the first line", () => stdout(cell) === "first\n");
    assert.equal(cell.executionSummary?.timing?.endTime || undefined, undefined, "the cell has ended already");
    await vscode.commands.executeCommand("notebook.cancelExecution");
  });

  test("output of a timer comes after the cell's end, below its cell", async () => {
    const notebook = await openCells('setTimeout(() => console.log("late"), 300);\n"early"');
    const cell = notebook.cellAt(0);
    assert.equal(await run(notebook, 0), true);
    await until("the late line", () => stdout(cell) === "late\n");
    assert.equal(plainText(cell), "'early'");
    await until("the cell to be done again", () => cell.executionSummary?.success === true);
    assert.equal(cell.executionSummary?.executionOrder, 1);
  });

  test("a notebook keeps its outputs when it is saved", async () => {
    const notebook = await open("basics.ipynb");
    await runAll(notebook);
    assert.equal(await notebook.save(), true);
    const saved = JSON.parse(new TextDecoder().decode(await vscode.workspace.fs.readFile(notebook.uri)));
    const [bundle] = saved.cells[3].outputs;
    assert.deepEqual(bundle.data[DISPLAY_MIME].shape, [3, 3]);
    assert.equal(atob(bundle.data["image/png"].trim()).slice(1, 4), "PNG");
    assert.equal(saved.metadata.kernelspec.name, "cotangent");
    assert.equal(saved.cells[3].execution_count, 3);
  });

  test("two notebooks have two sessions, and a closed one ends", async () => {
    const api = await cotangent();
    const first = await openCells("const mine = 1;");
    await run(first, 0);
    const second = await openCells("typeof mine");
    await run(second, 0);
    assert.equal(plainText(second.cellAt(0)), "'undefined'");
    const pid = api.sessionPid(second);
    assert.ok(pid && pid !== api.sessionPid(first));
    await vscode.commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
    await until(`process ${pid} to end`, () => !alive(pid));
    assert.ok(alive(api.sessionPid(first) ?? 0));
  });

  if (canLook) {
    test("a Jacobian is drawn in the notebook", async () => {
      const notebook = await open("basics.ipynb");
      await runAll(notebook);
      reveal(notebook.cellAt(3));
      // Not any canvas: the editor draws its overview ruler on one.
      const picture = await lookUntil(".plot canvas", (canvas) => canvas.colours > 2);
      assert.ok(picture.width > 20 && picture.height > 20, `the picture is ${picture.width} × ${picture.height}`);
      await shoot("basics");
    });
  }
});
