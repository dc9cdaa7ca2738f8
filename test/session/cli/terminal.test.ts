/** @file How a run looks on a terminal that can be written over, and in a log. */
import assert from "node:assert/strict";
import type { NumberedCell } from "../../../extension/cli/notebook-file.ts";
import { Terminal } from "../../../extension/cli/terminal.ts";
import { delay } from "../harness.ts";

const cell: NumberedCell = {
  cell: { cell_type: "code", id: "a", metadata: {}, source: "fit(model)" },
  number: 2,
  code: "\nfit(model)\n",
};
const RESULT = { kind: "result", bundle: { "text/plain": "42" } } as const;

/** What a terminal of this kind was sent for one cell. */
function sent(screen: { readonly isTTY?: boolean; readonly columns?: number }, environment: NodeJS.ProcessEnv): string {
  let text = "";
  const write = (part: string) => {
    text += part;
  };
  const terminal = new Terminal({ write, ...screen }, environment);
  terminal.started(cell, 8);
  terminal.question("How many?");
  terminal.started(cell, 8);
  terminal.finished(cell, [RESULT], { status: "ok", durationMs: 1234 });
  return text;
}

suite("the terminal of a run", () => {
  test("shows a bar while a cell runs, and takes it away before anything else is written", () => {
    const bar = "\r\x1b[2K███░░░░░░░░░░░░░░░░░░░░░ 2/8  0 ms  fit(model)";
    const text = sent({ isTTY: true, columns: 80 }, { NO_COLOR: "1" });
    const line = `  [2]  fit(model)${" ".repeat(54)} 1.2 s\n`;
    assert.equal(text, `${bar}\r\x1b[2K       How many?\n${bar}\r\x1b[2K${line}       42\n`);
  });

  test("says how far the work of the cell is, in place of its code", async () => {
    let text = "";
    const write = (part: string) => {
      text += part;
    };
    const terminal = new Terminal({ write, isTTY: true, columns: 120 }, { NO_COLOR: "1" });
    const steps = { label: "steps", done: 1, total: 4, unit: "", state: "running", seconds: 2 } as const;
    terminal.started(cell, 8);
    terminal.progressed({ version: 1, kind: "progress", bars: [steps] });
    for (const end = Date.now() + 5000; !text.includes("25 %") && Date.now() < end; ) await delay(20);
    assert.match(text, /2\/8 .*steps .*25 %/);
    text = "";
    terminal.progressed(undefined);
    terminal.started({ ...cell, number: 3 }, 8);
    assert.match(text, /3\/8 .*fit\(model\)$/);
    terminal.finished(cell, [], { status: "ok", durationMs: 5 });
  });

  test("never writes a bar that would take two lines", () => {
    const [, bar] = sent({ isTTY: true, columns: 30 }, {}).split("\r\x1b[2K");
    assert.equal(bar.length, 29);
  });

  test("colours only where colours are wanted", () => {
    assert.ok(sent({ isTTY: true }, {}).includes("\x1b[2m1.2 s\x1b[0m"));
    assert.ok(!sent({ isTTY: true }, { NO_COLOR: "1" }).includes("\x1b[2m"));
  });

  for (const [where, screen, environment] of [
    ["a pipe", {}, {}],
    ["CI, terminal or not", { isTTY: true }, { CI: "true" }],
    ["a terminal that cannot be written over", { isTTY: true }, { TERM: "dumb" }],
  ] as const) {
    test(`${where} gets plain lines`, () => {
      const text = sent(screen, environment);
      assert.ok(!text.includes("\x1b") && !text.includes("\r"));
      assert.match(text, /^ {7}How many\?\n {2}\[2\] {2}fit\(model\) +1\.2 s\n {7}42\n$/);
    });
  }
});
