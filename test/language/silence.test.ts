import assert from "node:assert/strict";
import { isCell, isSilenced } from "../../extension/typescript-plugin/silent-notebooks.ts";

suite("VS Code's own TypeScript", () => {
  const cell = (path: string) => `^/vscode-notebook-cell/ts-nul-authority${path}#W0sZmlsZQ==`;

  test("is silent about cells of our notebooks, and about no others", () => {
    const ours = { notebooks: ["/home/me/a b.ipynb", "Untitled-1.ipynb"] };
    assert.ok(isSilenced(cell("/home/me/a b.ipynb"), ours));
    assert.ok(isSilenced(cell("/home/me/a%20b.ipynb"), ours));
    assert.ok(isSilenced(cell("/Untitled-1.ipynb"), ours));
    assert.ok(!isSilenced(cell("/home/me/other.ipynb"), ours));
    assert.ok(!isSilenced("/home/me/a b.ipynb.ts", ours));
    assert.ok(!isSilenced("/home/me/helper.ts", ours));
  });

  test("is silent about all cells until it is told whose they are, and never about files", () => {
    assert.ok(isSilenced(cell("/home/me/other.ipynb"), undefined));
    assert.ok(!isSilenced("/home/me/100%.ts", undefined));
    assert.ok(isCell(cell("/x.ipynb")) && !isCell("/x.ipynb"));
  });
});
