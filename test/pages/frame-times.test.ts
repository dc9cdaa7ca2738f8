/** @file How long a frame of a large matrix takes here: told, not judged, since machines differ. What is drawn is judged. */
import assert from "node:assert/strict";
import { build } from "esbuild";
import { launch, open } from "./browser.ts";

const ENTRY = `
import { EmbeddedSource } from "./webview/data/embedded.ts";
import { planFrame } from "./webview/drawing/frame.ts";
import { paint } from "./webview/drawing/painter.ts";
import { TileStore } from "./webview/drawing/tile-store.ts";
import { wholeOf, zoomed } from "./webview/drawing/viewport.ts";
Object.assign(window, { EmbeddedSource, planFrame, paint, TileStore, wholeOf, zoomed });
`;

/** What the script above puts into the page; the types are those of the modules. */
type Drawing = typeof import("../../webview/data/embedded.ts") &
  typeof import("../../webview/drawing/frame.ts") &
  typeof import("../../webview/drawing/painter.ts") &
  typeof import("../../webview/drawing/tile-store.ts") &
  typeof import("../../webview/drawing/viewport.ts");

suite("frame times", () => {
  test("a lone entry stays in sight from the whole of 8192 × 8192 down to itself", async function () {
    this.timeout(300_000);
    const browser = await launch();
    try {
      const { outputFiles } = await build({
        stdin: { contents: ENTRY, resolveDir: process.cwd(), loader: "ts" },
        bundle: true,
        write: false,
        format: "iife",
      });
      for (const side of [2048, 8192]) {
        for (const emulatesWebGL of [true, false]) {
          const { page } = await open(browser, "<!doctype html><title>frames</title>", { emulatesWebGL });
          await page.addScriptTag({ content: outputFiles[0].text });
          const found = await page.evaluate(async (side) => {
            const { EmbeddedSource, planFrame, paint, TileStore, wholeOf, zoomed } = window as unknown as Drawing;
            const entries = new Float32Array(side * side);
            for (let i = 0; i < entries.length; i++) entries[i] = (((i * 2654435761) >>> 0) / 2 ** 32 - 0.5) * 0.2;
            const at = { row: Math.floor(side * 0.7), column: Math.floor(side * 0.3) };
            entries[at.row * side + at.column] = -1;
            const source = new EmbeddedSource(entries, 1, side, side);
            const canvas = document.createElement("canvas");
            canvas.width = 640;
            canvas.height = 420;
            const context = canvas.getContext("2d")!;
            const scale = { kind: "diverging", low: -1, high: 1, curve: "linear", bend: 1 } as const;
            let arrived = (): void => {};
            const store = new TileStore(
              () => arrived(),
              () => {},
            );
            const started = performance.now();
            let view = wholeOf(source);
            while (!planFrame(source, 0, view, canvas, store).complete) {
              await new Promise<void>((resolve) => {
                arrived = resolve;
              });
            }
            const ready = performance.now() - started;
            const times: number[] = [];
            const seen: boolean[] = [];
            let painter = "";
            for (let frame = 0; frame < 60; frame++) {
              const began = performance.now();
              const plan = planFrame(source, 0, view, canvas, store);
              painter = paint(canvas, plan, scale);
              context.getImageData(0, 0, 1, 1);
              times.push(performance.now() - began);
              if (!plan.complete) await new Promise((resolve) => setTimeout(resolve, 50));
              if (frame % 10 === 0) {
                const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
                let isSeen = false;
                for (let i = 0; i < data.length; i += 4)
                  isSeen ||= data[i] < 20 && data[i + 2] > 80 && data[i + 2] < 120;
                seen.push(isSeen);
              }
              const centre = {
                x: (at.column + 0.5 - view.left) / view.across,
                y: (at.row + 0.5 - view.top) / view.down,
              };
              view = zoomed(view, 1.1, centre, source, canvas);
            }
            times.sort((a, b) => a - b);
            return { painter, ready, median: times[30], worst: times[59], seen };
          }, side);
          const { painter, ready, median, worst, seen } = found;
          const figures = [ready, median, worst].map((time) => time.toFixed(1));
          console.log(
            `      ${side} × ${side} by ${painter}: first frame after ${figures[0]} ms, then ${figures[1]} ms a frame (worst ${figures[2]})`,
          );
          assert.equal(painter, emulatesWebGL ? "webgl" : "canvas");
          assert.deepEqual(seen, new Array(6).fill(true));
          await page.context().close();
        }
      }
    } finally {
      await browser.close();
    }
  });
});
