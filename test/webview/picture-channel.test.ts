/** @file Questions on their way to a session: how many at a time, in which order, what becomes of those that wait. */
import assert from "node:assert/strict";
import type { TileRequest } from "../../protocol/exploring.ts";
import type { PictureQuestion } from "../../protocol/picture-messages.ts";
import { PictureChannel } from "../../webview/data/picture-channel.ts";
import { Dropped, type Tile } from "../../webview/data/source.ts";
import { TileCache } from "../../webview/data/tile-cache.ts";

const tileOf = (row: number): TileRequest => ({
  handle: "h",
  axes: { rows: [0], columns: [1], at: [0, 0] },
  level: 0,
  row,
  column: 0,
  rows: 1,
  columns: 1,
});
/** Lets promises settle. */
const turn = () => new Promise((done) => setImmediate(done));

suite("picture channel", () => {
  let posted: PictureQuestion[];
  let hear: (message: unknown) => void;
  let channel: PictureChannel;

  setup(() => {
    posted = [];
    const post = (question: PictureQuestion) => posted.push(question);
    channel = new PictureChannel({
      post,
      listen: (listener) => {
        hear = listener;
      },
    });
  });

  const rows = () => posted.flatMap((question) => (question.type === "tile" ? [question.request.row] : []));
  const answer = (place: number, status: object = { status: "tile", data: "" }) =>
    hear({ type: posted[place].type, id: posted[place].id, answer: status });

  test("four tiles are under way, and then the one asked for last comes first", async () => {
    for (let row = 0; row < 7; row++) void channel.tile(tileOf(row));
    assert.deepEqual(rows(), [0, 1, 2, 3]);
    answer(0);
    answer(2);
    assert.deepEqual(rows(), [0, 1, 2, 3, 6, 5]);
  });

  test("facts do not wait for tiles, nor tiles for facts", () => {
    const request = { handle: "h", axes: tileOf(0).axes, meaning: "hessian" } as const;
    for (let i = 0; i < 5; i++) void channel.facts(request);
    for (let row = 0; row < 5; row++) void channel.tile(tileOf(row));
    void channel.facts(request);
    assert.deepEqual(
      posted.map(({ type }) => type),
      [...new Array(5).fill("facts"), ...new Array(4).fill("tile"), "facts"],
    );
  });

  test("what nobody wants any more is never sent, and an answer that comes all the same harms nothing", async () => {
    const abort = new AbortController();
    const dropped = [0, 1, 2, 3, 4].map((row) => channel.tile(tileOf(row), { signal: abort.signal }));
    abort.abort();
    for (const each of dropped) await assert.rejects(each, Dropped);
    for (const place of [0, 1, 2, 3]) answer(place);
    assert.deepEqual(rows(), [0, 1, 2, 3]);
    const next = channel.tile(tileOf(9));
    answer(4);
    assert.deepEqual(await next, { status: "tile", data: "" });
    await assert.rejects(channel.tile(tileOf(10), { signal: abort.signal }), Dropped);
    assert.equal(posted.length, 5);
  });

  test("what is answered busy waits, says so, and is asked again when no cell runs", async () => {
    let waits = 0;
    const abort = new AbortController();
    const patient = channel.tile(tileOf(1), { onBusy: () => waits++ });
    const impatient = channel.tile(tileOf(2), { signal: abort.signal });
    answer(0, { status: "busy" });
    answer(1, { status: "busy" });
    await turn();
    assert.deepEqual([waits, posted.length], [1, 2]);
    abort.abort();
    await assert.rejects(impatient, Dropped);
    hear({ type: "session-idle" });
    assert.deepEqual(rows(), [1, 2, 1]);
    answer(2, { status: "gone" });
    assert.deepEqual(await patient, { status: "gone" });
  });

  test("messages that are none of ours are not minded", async () => {
    const asked = channel.tile(tileOf(0));
    for (const message of [undefined, null, 7, {}, { type: "tile", id: -1 }, { type: "facts", id: posted[0].id }]) {
      hear(message);
    }
    answer(0);
    assert.deepEqual(await asked, { status: "tile", data: "" });
  });
});

suite("tile cache", () => {
  test("keeps what was used last, within its bound", () => {
    const tile = (): Tile => ({ entries: new Float32Array(10), from: 0, stride: 10, rows: 1, columns: 10 });
    const cache = new TileCache(100);
    const [a, b, c] = [tile(), tile(), tile()];
    cache.set("a", a);
    cache.set("b", b);
    assert.equal(cache.get("a"), a);
    cache.set("c", c);
    assert.deepEqual([cache.get("a"), cache.get("b"), cache.get("c")], [a, undefined, c]);
  });
});
