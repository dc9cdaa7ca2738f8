/** @file Memory: growth under running programs, memories of one's own, and what cannot be had. */
import assert from "node:assert/strict";
import type { HostExecutable } from "../../../kernel/backends/executable.ts";
import { assemble } from "../../../kernel/backends/wasm/assemble.ts";
import { ARENA_BASE } from "../../../kernel/backends/wasm/memory/memory.ts";
import type { TypedArray } from "../../../kernel/dtype.ts";
import type { Kernel } from "../../../kernel/loops/ir.ts";
import { at, binary, constant, load, program } from "./build.ts";

/** x + 1, by a loop and by a host routine after it. */
function increments(size: number, host?: (x: TypedArray) => void, ownMemoryBytes?: number): HostExecutable {
  const kernels: Kernel[] = [
    {
      kind: "map",
      extents: [size],
      stores: [
        { buffer: 1, index: at([1]), value: binary("add", load("float32", 0, at([1])), constant("float32", 1)) },
      ],
    },
  ];
  if (host) kernels.push({ kind: "host", name: "test", inputs: [1], outputs: [1], run: ([x]) => host(x) });
  const p = program(
    [
      ["float32", size],
      ["float32", size],
    ],
    [0],
    [1],
    kernels,
  );
  return assemble(p, { ownMemoryBytes });
}

const check = (executable: HostExecutable, size: number, wanted: number): void => {
  const input = new Float32Array(size).fill(2);
  const [out] = executable.run([input]);
  assert.equal(out.length, size);
  assert.ok(out.every((value) => value === wanted));
  assert.ok(input.every((value) => value === 2));
};

suite("memory of WebAssembly programs", () => {
  test("a program still works after the shared memory has grown", () => {
    const sizes: number[] = [];
    const small = increments(100, (x) => {
      sizes.push(x.length);
      x[0] += 0;
    });
    check(small, 100, 3);
    const big = increments(5_000_000);
    check(big, 5_000_000, 3);
    check(small, 100, 3);
    check(big, 5_000_000, 3);
    assert.deepEqual(sizes, [100, 100]);
  });

  test("outputs are the caller's own", () => {
    const executable = increments(4);
    const [first] = executable.run([new Float32Array([1, 2, 3, 4])]);
    executable.run([new Float32Array(4)]);
    assert.deepEqual(first, new Float32Array([2, 3, 4, 5]));
    assert.notEqual(first.buffer.byteLength, 65536);
  });

  test("a program above the threshold has a memory of its own, anew at each run", () => {
    const seen: ArrayBufferLike[] = [];
    const own = increments(1000, (x) => seen.push(x.buffer), 4096);
    check(own, 1000, 3);
    check(own, 1000, 3);
    const shared = increments(1000, (x) => seen.push(x.buffer));
    check(shared, 1000, 3);
    assert.equal(new Set(seen).size, 3);
    assert.ok(seen[0].byteLength <= ARENA_BASE + 65536, "no larger than it needs");
  });

  test("more than WebAssembly can address is refused", () => {
    const p = { buffers: [], inputs: [], outputs: [], kernels: [], arenaBytes: 5e9 };
    assert.throws(() => assemble(p), {
      name: "MemoryError",
      message: /the program needs 4\.66 GiB, but a WebAssembly program can have 4 GiB\. Compute in chunks/,
    });
  });

  test("inputs that do not fit are refused", () => {
    const executable = increments(4);
    assert.throws(() => executable.run([]), /takes 1 inputs, but 0 were given/);
    assert.throws(() => executable.run([new Float32Array(3)]), /float32 of 4 elements, but an array of 3/);
  });

  test("nothing at all: no kernels, empty buffers, no loops", () => {
    check(increments(0), 0, 3);
    const p = program(
      [["int32", 1]],
      [],
      [0],
      [{ kind: "map", extents: [], stores: [{ buffer: 0, index: at([]), value: constant("int32", -7) }] }],
    );
    const executable = assemble(p);
    assert.deepEqual(executable.run([]), [new Int32Array([-7])]);
    assert.ok(executable.codeBytes > 8 && executable.codeBytes < 200);
  });
});
