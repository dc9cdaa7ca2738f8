/** @file A tensor that is larger than what travels, in the real editor: its numbers come from the session as they are seen. */
import assert from "node:assert/strict";
import { closeAll, openCells, run, start, until } from "./notebooks.ts";
import { canLook, lookUntil } from "./window.ts";

suite("streams", () => {
  teardown(closeAll);

  if (canLook) {
    /** A picture of what travels is square; the tensor itself is three high and two wide. */
    const isWhole = ({ width, height }: { width: number; height: number }) =>
      width > 0 && Math.abs(height / width - 1.5) < 0.05;

    test("a picture comes to all numbers of its tensor, and waits for a cell that runs", async () => {
      const notebook = await openCells(
        "import { arange } from 'cotangent';\narange(3000 * 2000).reshape([3000, 2000])",
      );
      await run(notebook, 0);
      const picture = await lookUntil(".plot canvas", isWhole);
      assert.ok(picture.colours > 16, `${picture.colours} colours`);
    });

    test("a picture that comes while a cell runs says so, and has its numbers afterwards", async () => {
      const notebook = await openCells(
        "import { arange } from 'cotangent';\ndisplay(arange(3000 * 2000).reshape([3000, 2000]));\nawait new Promise((end) => setTimeout(end, 4000));",
      );
      start(notebook, 0);
      await lookUntil(".note", ({ text }) => text.startsWith("A cell runs: the full numbers come when it is done"));
      const cell = notebook.cellAt(0);
      await until("the end of the cell", () => cell.executionSummary?.success);
      await lookUntil(".plot canvas", isWhole);
    });
  }
});
