/** @file What cells put below themselves, as the editor draws it, and what they ask. */
import assert from "node:assert/strict";
import * as vscode from "vscode";
import { closeAll, errorOf, openCells, outputs, plainText, run, start, stdout, until } from "./notebooks.ts";
import { canLook, lookUntil, shoot } from "./window.ts";

suite("outputs", () => {
  teardown(closeAll);

  test("clearOutput takes away what is shown, at once or when the next output is there", async () => {
    const notebook = await openCells(
      "console.log(1); display(2);\nawait new Promise((done) => setTimeout(done, 100)); clearOutput(); console.log(3);",
      "console.log(1);\nawait new Promise((done) => setTimeout(done, 100)); clearOutput({ wait: true }); console.log(2); console.log(3);",
    );
    await run(notebook, 0);
    await run(notebook, 1);
    const [first, second] = notebook.getCells();
    await until("the outputs", () => stdout(first) === "3\n" && stdout(second) === "2\n3\n");
    assert.deepEqual([first.outputs.length, second.outputs.length], [1, 1]);
  });

  test("a display is updated where it stands", async () => {
    const notebook = await openCells(
      "const shown = display(1);\nconsole.log('below');",
      "display.update(shown, 'new')",
    );
    await run(notebook, 0);
    await run(notebook, 1);
    await until("the update", () => plainText(notebook.cellAt(0)) === "'new'");
    assert.deepEqual([stdout(notebook.cellAt(0)), notebook.cellAt(1).outputs.length], ["below\n", 0]);
  });

  test("a million lines, cleared and updated ones too, leave an editor that goes on", async () => {
    const notebook = await openCells(
      "for (let i = 0; i < 1e6; i++) console.log(i);",
      "const bar = display(0); for (let i = 0; i <= 1e5; i++) { bar.update(i); }",
      "'done'",
    );
    assert.equal(await run(notebook, 0), true);
    const text = stdout(notebook.cellAt(0));
    assert.ok(text.startsWith("0\n1\n") && text.endsWith("999998\n999999\n") && text.length < 1_010_000);
    assert.match(text, /… \d+ lines \(\d+ characters\) left out …/);
    assert.equal(await run(notebook, 1), true);
    await until("the last update", () => plainText(notebook.cellAt(1)) === "100000");
    await run(notebook, 2);
    assert.equal(plainText(notebook.cellAt(2)), "'done'");
  });

  test("input asks in a box, and takes what is in it", async () => {
    const notebook = await openCells("const name = await input('Who?', { value: 'Ada' });\nname.length");
    start(notebook, 0);
    const cell = notebook.cellAt(0);
    if (canLook) await lookUntil(".quick-input-widget", ({ text, height }) => height > 0 && text.includes("Who?"));
    if (canLook) await shoot("input");
    await until("the answer", () => {
      void vscode.commands.executeCommand("workbench.action.acceptSelectedQuickOpenItem");
      return plainText(cell) === "3";
    });
  });

  test("a box that is closed is an error of the cell; an interrupt closes it", async () => {
    const notebook = await openCells("await input('Who?');", "await input('Again?');", "1 + 1");
    const [first, second] = notebook.getCells();
    start(notebook, 0);
    await until("the end of the first cell", () => {
      void vscode.commands.executeCommand("workbench.action.closeQuickOpen");
      return first.executionSummary?.success === false;
    });
    assert.match(errorOf(first).message, /closed without an answer/);
    start(notebook, 1);
    if (canLook) await lookUntil(".quick-input-widget", ({ text, height }) => height > 0 && text.includes("Again?"));
    await vscode.commands.executeCommand("cotangent.interrupt");
    await until("the end of the second cell", () => second.executionSummary?.success === false);
    if (canLook) await lookUntil(".quick-input-widget", ({ height }) => height === 0);
    await run(notebook, 2);
    assert.equal(plainText(notebook.cellAt(2)), "2");
  });

  test("each form of a value is there under its MIME type", async () => {
    const notebook = await openCells("html`<b>bold</b>`", "tex`x^2`", "[{ a: 1 }, { a: 2 }]");
    for (let i = 0; i < 3; i++) await run(notebook, i);
    assert.deepEqual(outputs(notebook.cellAt(0), "text/html"), ["<b>bold</b>"]);
    assert.deepEqual(outputs(notebook.cellAt(1), "text/latex"), ["$$\nx^2\n$$"]);
    assert.match(outputs(notebook.cellAt(2), "text/html")[0], /^<table>/);
  });

  if (canLook) {
    test("tagged texts, tables and pictures are drawn", async () => {
      const cells = [
        "html`<b class='mine'>bold</b> and <i style='color: tomato'>red</i>`",
        "md`**Mass** $E = mc^2$, a list:\n- one\n- two`",
        "tex`\\nabla f = \\begin{pmatrix} 1 & 2 \\\\ 3 & 4 \\end{pmatrix}`",
        "svg`<svg xmlns='http://www.w3.org/2000/svg' width='60' height='24'><circle class='drawn' cx='12' cy='12' r='10' fill='teal'/></svg>`",
        "Array.from({ length: 250 }, (_, i) => ({ step: i, loss: 1 / (i + 1), note: i % 2 ? 'odd' : 'even' })).slice(0, 4)",
      ];
      const notebook = await openCells(...cells);
      for (let i = 0; i < cells.length; i++) await run(notebook, i);
      await lookUntil("b.mine", ({ text }) => text === "bold");
      await lookUntil(".katex", ({ text }) => text.includes("mc"));
      await lookUntil("table td", ({ text }) => text === "even");
      await lookUntil("svg circle.drawn, img", ({ width }) => width > 0);
      await shoot("outputs");
    });
  }
});
