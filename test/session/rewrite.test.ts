/**
 * @file The rewriter against the language: random cells must do what the same TypeScript does as an ordinary module,
 * and every place in them must be found again.
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { Edits } from "../../extension/session/rewrite/edits.ts";
import { randomSession } from "./random-cells.ts";
import { asCells, asModule } from "./traces.ts";

suite("rewriting", () => {
  test("random sessions do what one module does, and every place in their cells is found again", async () => {
    let sessions = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(1000), { minLength: 40, maxLength: 400 }), async (entropy) => {
        let used = 0;
        const cells = randomSession((count) => entropy[used++ % entropy.length] % count, String(++sessions));
        const { names, ...session } = await asCells(cells);
        const module = await asModule(cells, names);
        fc.pre(module !== undefined);
        assert.deepEqual(session, module, cells.join("\n=====\n"));
      }),
      { numRuns: 60, seed: 20240511, endOnFailure: true },
    );
  }).timeout(60_000);

  test("edits keep account of every character", () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1, maxLength: 30, unit: fc.constantFrom("a", "b", "\n") }),
        fc.array(fc.record({ at: fc.nat(29), length: fc.nat(5), replace: fc.boolean() }), { maxLength: 6 }),
        (source, changes) => {
          const edits = new Edits(source);
          let free = 0;
          const kept = [...source].map(() => true);
          for (const { at, length, replace } of changes.sort((a, b) => a.at - b.at)) {
            const start = Math.max(free, at);
            const end = Math.min(start + length, source.length);
            if (start >= end) continue;
            if (replace) edits.replace(start, end, "XYZ");
            else edits.wrap({ start, end }, "<", ">");
            if (replace) kept.fill(false, start, end);
            free = end;
          }
          const { text, toSource } = edits.apply([{ text: "PROLOGUE", anchor: 0 }], "EPILOGUE");
          const copied = [...text].flatMap((character, offset) =>
            /[ab\n]/.test(character) ? [[offset, character]] : [],
          );
          assert.deepEqual(
            copied.map(([offset, character]) => [toSource(offset as number), character]),
            [...source].flatMap((character, offset) => (kept[offset] ? [[offset, character]] : [])),
          );
        },
      ),
    );
  });
});
