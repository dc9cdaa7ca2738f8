import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { World } from "./world.ts";

interface StoredCell {
  readonly cell_type: string;
  readonly source: string | readonly string[];
}

suite("our own notebooks", () => {
  for (const name of readdirSync("examples").filter((file) => file.endsWith(".ipynb"))) {
    test(`${name} has no problem`, () => {
      const { cells }: { cells: StoredCell[] } = JSON.parse(readFileSync(path.join("examples", name), "utf8"));
      const code = cells.filter(({ cell_type }) => cell_type === "code");
      const world = new World(code.map(({ source }) => (typeof source === "string" ? source : source.join(""))));
      assert.deepEqual(world.allProblems(), []);
    });
  }
});
