/** @file Places in memory: what lives together lies apart, whatever the sizes and however many there are. */
import assert from "node:assert/strict";
import { type Block, place } from "../../../kernel/compiler/placement.ts";
import { uniform } from "../support/data.ts";

/** The most bytes that live at one step: no placement can take less. */
function peak(blocks: readonly Block[]): number {
  const change = new Map<number, number>();
  for (const { first, last, bytes } of blocks) {
    change.set(first, (change.get(first) ?? 0) + bytes);
    change.set(last + 1, (change.get(last + 1) ?? 0) - bytes);
  }
  let [now, most] = [0, 0];
  for (const step of [...change.keys()].sort((a, b) => a - b)) {
    now += change.get(step)!;
    most = Math.max(most, now);
  }
  return most;
}

/** Fails where two blocks that live at one step share bytes. */
function requireApart(blocks: readonly Block[], offsets: readonly number[]): void {
  const alive = new Set<number>();
  const order = blocks.map((_, i) => i).filter((i) => blocks[i].bytes > 0);
  for (const i of order.sort((a, b) => blocks[a].first - blocks[b].first)) {
    for (const other of alive) {
      if (blocks[other].last < blocks[i].first) {
        alive.delete(other);
        continue;
      }
      const isApart =
        offsets[i] + blocks[i].bytes <= offsets[other] || offsets[other] + blocks[other].bytes <= offsets[i];
      assert.ok(isApart, `blocks ${i} and ${other} share bytes`);
    }
    alive.add(i);
  }
}

function check(blocks: readonly Block[]): number {
  const { offsets, bytes } = place(blocks);
  requireApart(blocks, offsets);
  const end = Math.max(0, ...blocks.map((block, i) => offsets[i] + block.bytes));
  assert.ok(bytes >= end, `${bytes} bytes are said to be enough, but a block ends at ${end}`);
  assert.ok(bytes <= 3 * peak(blocks), `${bytes} bytes for a peak of ${peak(blocks)}`);
  return bytes;
}

suite("places in memory", () => {
  test("random blocks never share bytes while they live, and take little more than they must", () => {
    const stream = uniform(1);
    const next = (below: number): number => Math.floor(below * stream());
    for (const [count, steps] of [
      [1, 1],
      [10, 5],
      [200, 40],
      [2000, 500],
    ]) {
      for (let round = 0; round < 10; round++) {
        const blocks = Array.from({ length: count }, (): Block => {
          const first = next(steps);
          // Some live long, some are huge, some empty.
          const last = first + (next(4) === 0 ? next(steps) : next(4));
          return { first, last, bytes: 16 * (next(10) === 0 ? next(5000) : next(8)) };
        });
        check(blocks);
      }
    }
  });

  test("a chain of a hundred thousand steps takes two places", () => {
    const chain = Array.from({ length: 100_000 }, (_, i): Block => ({ first: i, last: i + 1, bytes: 64 }));
    assert.equal(check(chain), 128);
  });

  test("nothing is shared where all live together: exactly the sum", () => {
    const all = Array.from({ length: 3000 }, (_, i): Block => ({ first: 0, last: 1, bytes: 16 * ((i % 7) + 1) }));
    assert.equal(
      check(all),
      all.reduce((sum, { bytes }) => sum + bytes, 0),
    );
  });

  test("one stack: what comes last goes first, and holes are filled", () => {
    const count = 2000;
    const pyramid = Array.from({ length: count }, (_, i): Block => ({ first: i, last: 2 * count - i, bytes: 32 }));
    assert.equal(check(pyramid), 32 * count);
    assert.deepEqual(place([]), { offsets: [], bytes: 0 });
  });
});
