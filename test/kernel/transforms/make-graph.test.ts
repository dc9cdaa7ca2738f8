/** @file makeGraph: the text, the data behind it, names, constants, other transforms inside, and no values. */
import assert from "node:assert/strict";
import { inspect } from "node:util";
import {
  compilationCount,
  cond,
  eye,
  grad,
  jvp,
  makeGraph,
  ones,
  randn,
  StructureError,
  scan,
  type Tensor,
  TraceError,
  tensor,
  vmap,
  zeros,
} from "../../../kernel/index.ts";
import { assertThrows } from "../support/near.ts";

/** The text without the indentation of this file. */
const text = (graph: { toString(): string }): string[] => graph.toString().split("\n");

suite("makeGraph", () => {
  test("prints one line per operation, inputs called what the function calls them", () => {
    const graph = makeGraph((weight: Tensor, x: Tensor) => weight.matmul(x).tanh())(ones([16, 8]), ones([8]));
    assert.deepEqual(text(graph), [
      "{ (weight: float32[16,8], x: float32[8]) =>",
      "    a: float32[16] = dot weight x contract=[[1],[0]]",
      "    b: float32[16] = tanh a",
      "  in b }",
    ]);
    assert.equal(inspect(graph), graph.toString());
  });

  test("is plain data too", () => {
    const f = (x: Tensor): Tensor => x.sum(0).exp();
    const { nodes, inputs, constants, outputs } = makeGraph(f)(ones([2, 3], { dtype: "float64" }));
    assert.deepEqual(nodes, [
      { name: "x", op: null, inputs: [], params: {}, shape: [2, 3], dtype: "float64" },
      { name: "a", op: "sum", inputs: [0], params: { axes: [0] }, shape: [3], dtype: "float64" },
      { name: "b", op: "exp", inputs: [1], params: {}, shape: [3], dtype: "float64" },
    ]);
    assert.deepEqual({ inputs, constants, outputs }, { inputs: [0], constants: [], outputs: [2] });
  });

  test("takes and returns trees; letters avoid the names of parameters", () => {
    const f = (a: { w: Tensor; "b 1": [Tensor, number] }): unknown => ({ y: a.w.mul(a["b 1"][0]), z: [a.w, null] });
    assert.deepEqual(text(makeGraph(f)({ w: ones([2]), "b 1": [ones([2]), 4] })), [
      '{ (a.w: float32[2], a["b 1"][0]: float32[2], a["b 1"][1]: float32[]) =>',
      '    b: float32[2] = mul a.w a["b 1"][0]',
      "  in {y: b, z: [a.w, null]} }",
    ]);
  });

  test("names arguments that are taken apart by their place, and those after them by name", () => {
    const f = ({ w, b }: { w: Tensor; b: Tensor }, x: Tensor, [y] = [x, x.mul(x)], z = x): Tensor =>
      w.mul(x).add(b).mul(y).mul(z);
    const one = ones([]);
    assert.equal(
      text(makeGraph(f)({ w: one, b: one }, one, [one, one], one))[0],
      "{ (input0.w: float32[], input0.b: float32[], x: float32[], input2[0]: float32[], input2[1]: float32[], z: float32[]) =>",
    );
  });

  test("lists what the function closes over as constants, however they came about", () => {
    const data = randn([3]);
    const lazy = data.square();
    const known = data.exp();
    known.dataSync();
    const f = (x: Tensor): Tensor =>
      x
        .mul(lazy)
        .add(known)
        .mul(0.3)
        .add(1)
        .add(tensor([5, 6, 7]));
    const graph = makeGraph(f)(ones([3]));
    assert.deepEqual(text(graph), [
      "{ (x: float32[3]) =>",
      "    a: float32[3] = constant",
      "    b: float32[3] = constant",
      "    c: float32[] = constant value=0.3",
      "    d: float32[3] = constant",
      "    e: float32[3] = mul x a",
      "    f: float32[3] = add e b",
      "    g: float32[3] = broadcast c",
      "    h: float32[3] = mul f g",
      "    i: float32[3] = full value=1",
      "    j: float32[3] = add h i",
      "    k: float32[3] = add j d",
      "  in k }",
    ]);
    assert.deepEqual(graph.constants, [1, 2, 3, 4]);
  });

  test("shows the structure of literal tensors, wherever they were made", () => {
    const unit = eye(2);
    const lines = text(makeGraph((x: Tensor) => x.add(unit))(ones([2, 2])));
    assert.deepEqual(lines.slice(1, 3), [
      "    a: float32[2] = full value=1",
      "    b: float32[2,2] = diagonalEmbed a p=0 q=1",
    ]);
  });

  test("keeps what is computed inside from constants, even when it is read there", () => {
    const w = tensor([1, 2]);
    const f = (x: Tensor): Tensor => {
      const scale = w.square();
      assert.deepEqual(scale.toArray(), [1, 4]);
      return x.mul(scale);
    };
    assert.deepEqual(text(makeGraph(f)(ones([2]))).slice(1), [
      "    a: float32[2] = constant",
      "    b: float32[2] = mul a a",
      "    c: float32[2] = mul x b",
      "  in c }",
    ]);
  });

  test("leaves out what the result does not need, and may have nothing to do", () => {
    const f = (x: Tensor, _unused: Tensor): Tensor => {
      x.exp();
      return x;
    };
    const graph = makeGraph(f)(ones([2]), ones([3]));
    assert.deepEqual(text(graph), ["{ (x: float32[2], _unused: float32[3]) =>", "  in x }"]);
    assert.deepEqual([graph.inputs, graph.outputs], [[0, 1], [0]]);
  });

  test("shows derivatives and maps as the operations they become", () => {
    const cube = (x: Tensor): Tensor => x.mul(x).mul(x).sum();
    const gradient = makeGraph((x: Tensor) => grad(cube)(x))(ones([3]));
    assert.ok(gradient.nodes.length > 3);
    assert.ok(gradient.nodes.every(({ op }) => op === null || op === "mul" || op === "add" || op === "full"));
    const pushed = makeGraph((x: Tensor, v: Tensor) => jvp((x: Tensor) => x.sin(), [x], [v])[1])(ones([3]), ones([3]));
    assert.deepEqual(text(pushed).slice(1), ["    a: float32[3] = cos x", "    b: float32[3] = mul v a", "  in b }"]);
    const mapped = makeGraph(vmap((x: Tensor) => x.sum()))(ones([4, 3]));
    assert.deepEqual(text(mapped), ["{ (x: float32[4,3]) =>", "    a: float32[4] = sum x axes=[1]", "  in a }"]);
  });

  test("has letters enough", () => {
    const f = (x: Tensor): Tensor => {
      let y = x;
      for (let i = 0; i < 26 * 27; i++) y = y.sin();
      return y;
    };
    const names = makeGraph(f)(ones([])).nodes.map(({ name }) => name);
    assert.equal(new Set(names).size, names.length);
    assert.deepEqual([names[1], names[25], names[26], names.at(-1)], ["a", "z", "aa", "aaa"]);
  });

  test("computes nothing, and gives no values inside or after", () => {
    const before = compilationCount();
    let leaked: Tensor | undefined;
    const keep = (x: Tensor): Tensor => {
      leaked = x.atan().sinh();
      return leaked;
    };
    makeGraph(keep)(ones([7, 11]));
    assert.equal(compilationCount(), before);
    assertThrows(() => leaked!.toArray(), TraceError, "toArray()", "a call of makeGraph that has ended");
    assertThrows(
      () => makeGraph((x: Tensor) => x.mul(x.item()))(tensor(2)),
      TraceError,
      "item()",
      "inside makeGraph",
      "where(",
    );
    assertThrows(
      () => makeGraph((x: Tensor) => void x)(tensor(2)),
      StructureError,
      "makeGraph",
      "Is a return missing?",
    );
  });

  test("shows the body of a loop as a graph in the graph", () => {
    const f = (x: Tensor, w: Tensor): Tensor => scan((x, u) => [x.mul(u).sin(), null], x, w)[0];
    assert.deepEqual(text(makeGraph(f)(ones([]), ones([3]))), [
      "{ (x: float32[], w: float32[3]) =>",
      "    a: (float32[], float32[3]) = scan x w length=3 reverse=false carries=1 sequences=1",
      "      body = { (a: float32[], b: float32[]) =>",
      "          c: float32[] = mul a b",
      "          d: float32[] = sin c",
      "        in [d] }",
      "    b: float32[] = result a index=0",
      "  in b }",
    ]);
    const g = (x: Tensor): Tensor =>
      cond(
        x.gt(0),
        (x) => x.exp(),
        () => zeros([]),
        x,
      );
    assert.deepEqual(text(makeGraph(g)(ones([]))).slice(3, 10), [
      "    c: (float32[]) = branch b x",
      "      yes = { (a: float32[]) =>",
      "          b: float32[] = exp a",
      "        in [b] }",
      "      no = { (a: float32[]) =>",
      "          b: float32[] = full value=0",
      "        in [b] }",
    ]);
  });
});
