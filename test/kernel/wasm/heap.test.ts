/** @file The heap of blocks: no two overlap, free ones join, and years of use leave it as good as new. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { Heap } from "../../../kernel/backends/wasm/memory/heap.ts";

const START = 1024;

/** Takes and gives back at random, checking against a plain list of blocks. */
function use(heap: Heap, next: (max: number) => number, steps: number, sizes: (max: number) => number): void {
  const held: { address: number; bytes: number }[] = [];
  for (let step = 0; step < steps; step++) {
    if (held.length > 0 && next(99) < 50) {
      const [gone] = held.splice(next(held.length - 1), 1);
      heap.give(gone.address);
      continue;
    }
    const bytes = sizes(next(1000));
    const address = heap.take(bytes);
    if (address === undefined) continue;
    assert.ok(address >= START && address % 64 === 0);
    for (const other of held) {
      assert.ok(address + bytes <= other.address || other.address + other.bytes <= address, "blocks overlap");
    }
    held.push({ address, bytes });
  }
  for (const { address } of held) heap.give(address);
}

suite("heap of blocks", () => {
  test("random use: blocks are apart, and everything comes back", () => {
    fc.assert(
      fc.property(fc.gen(), (gen) => {
        const heap = new Heap(START, START + 64 * 1024);
        use(
          heap,
          (max) => gen(fc.nat, { max }),
          200,
          (n) => 1 + n * 5,
        );
        assert.equal(heap.taken, 0);
        assert.equal(heap.top, START);
        // The whole range in one piece again.
        assert.equal(heap.take(64 * 1024), START);
      }),
      { numRuns: 200 },
    );
  });

  test("a million blocks of changing sizes: it does not wear out", () => {
    const room = 256 * 2 ** 20;
    const heap = new Heap(START, START + room);
    const held: number[] = [];
    let heldBytes = 0;
    const bytesOf = new Map<number, number>();
    let state = 1;
    const random = (): number => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state / 2 ** 32;
    };
    let refused = 0;
    for (let step = 0; step < 1_000_000; step++) {
      // At most half of the room is taken: what is refused then is lost to fragments.
      const bytes = Math.round(16384 * 2 ** (8 * random() ** 3));
      while (heldBytes + bytes > room / 2) {
        const i = Math.floor(random() * held.length);
        const address = held[i];
        held[i] = held[held.length - 1];
        held.pop();
        heldBytes -= bytesOf.get(address)!;
        heap.give(address);
      }
      const address = heap.take(bytes);
      if (address === undefined) {
        refused++;
        continue;
      }
      held.push(address);
      bytesOf.set(address, bytes);
      heldBytes += bytes;
    }
    assert.equal(refused, 0);
    assert.ok(heap.top < START + 0.75 * room, `it spread over ${heap.top} bytes for ${room / 2}`);
  });

  test("what does not fit is refused, what was not taken cannot be given back", () => {
    const heap = new Heap(START, START + 1024);
    assert.equal(heap.take(2000), undefined);
    const address = heap.take(1000)!;
    assert.equal(heap.take(64), undefined);
    heap.give(address);
    assert.throws(() => heap.give(address), /no block begins at/);
  });
});
