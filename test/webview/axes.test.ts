/** @file Axes laid out anew: entries go where they should, and keep their names. */
import assert from "node:assert/strict";
import { matrixDisplay } from "../../extension/session/display/matrix.ts";
import type { MatrixDisplay } from "../../protocol/display.ts";
import { arranged, axesOf, initialArrangement, moved } from "../../webview/data/axes.ts";
import type { EmbeddedSource } from "../../webview/data/embedded.ts";
import { EmbeddedTensor } from "../../webview/data/embedded-tensor.ts";
import { contentOf } from "../../webview/views/matrix/content.ts";
import { isVector } from "../../webview/views/matrix/vector.ts";
import { filled, hessian, weightJacobian } from "../gallery/fixtures.ts";

const counted = (...shape: number[]): MatrixDisplay => matrixDisplay(filled(shape, (i) => i));
const numbersOf = (size: number): Float32Array => Float32Array.from({ length: size }, (_, i) => i);

suite("axes", () => {
  test("any axes may be rows, columns and sliders", () => {
    const display = counted(2, 3, 4);
    const axes = axesOf(display);
    const entries = numbersOf(24);
    for (const arrangement of [
      { sliders: [2], rows: [0], columns: [1] },
      { sliders: [], rows: [1], columns: [0, 2] },
      { sliders: [0, 1, 2], rows: [], columns: [] },
    ]) {
      const found = arranged(entries, axes, arrangement);
      const order = [...arrangement.sliders, ...arrangement.rows, ...arrangement.columns];
      let at = 0;
      const visit = (index: number[], place: number): void => {
        if (place < 3) {
          for (let i = 0; i < axes[order[place]].extent; i++) {
            index[order[place]] = i;
            visit(index, place + 1);
          }
        } else assert.equal(found[at++], (index[0] * 3 + index[1]) * 4 + index[2]);
      };
      visit([0, 0, 0], 0);
    }
    assert.equal(arranged(entries, axes, initialArrangement(display)), entries);
  });

  test("an axis that is moved leaves its group; groups keep the order of the tensor", () => {
    const first = initialArrangement(counted(2, 3, 4));
    assert.deepEqual(first, { sliders: [0], rows: [1], columns: [2] });
    assert.deepEqual(moved(first, 0, "columns"), { sliders: [], rows: [1], columns: [0, 2] });
  });

  test("an entry keeps its name and value however the axes lie", () => {
    const tensor = hessian(3, 4);
    const display = matrixDisplay(tensor);
    const numbers = tensor.dataSync() as Float32Array;
    const source = new EmbeddedTensor(display, numbers);
    const names = (arrangement?: Parameters<typeof contentOf>[2]): Map<string, number> => {
      const content = contentOf(display, source, arrangement);
      const named = new Map<string, number>();
      for (let slice = 0; slice < content.source.slices; slice++) {
        for (let row = 0; row < content.source.rows; row++) {
          for (let column = 0; column < content.source.columns; column++) {
            const [value] = content.source.read(slice, {
              top: row,
              left: column,
              bottom: row + 1,
              right: column + 1,
            }) as Float32Array;
            named.set(content.describe(slice, { row, column, value }).split(" = ")[0], value);
          }
        }
      }
      return named;
    };
    const first = names();
    assert.equal(first.size, 48);
    assert.equal(first.get("∂²predict[2] / ∂x[1] ∂x[3]"), numbers[2 * 16 + 1 * 4 + 3]);
    for (const arrangement of [
      { sliders: [1], rows: [0], columns: [2] },
      { sliders: [], rows: [0, 1], columns: [2] },
    ]) {
      const again = names(arrangement);
      assert.deepEqual([...again].sort(), [...first].sort());
    }
  });

  test("titles and slices say which axes they are", () => {
    const display = matrixDisplay(weightJacobian(4));
    const tensor = new EmbeddedTensor(display, numbersOf(64));
    const content = contentOf(display, tensor, { sliders: [2], rows: [0], columns: [1] });
    assert.deepEqual(content.titles, { rows: "predict (4)", columns: "weight, axis 0 (4)" });
    assert.equal(content.sliceName(3), "weight[:, 3]");
    assert.equal(contentOf(display, tensor).titles.columns, "input weight[j, k]");
  });

  test("what came reduced stays as it came", () => {
    const display = counted(2048, 300);
    assert.equal(display.preview.pooled, true);
    const { rows, columns } = display.preview;
    const tensor = new EmbeddedTensor(display, new Float32Array(rows * columns));
    assert.equal(tensor.canBeArranged, false);
    assert.equal(tensor.whole(), undefined);
    assert.match(contentOf(display, tensor).describe(0, { row: 1, column: 0, value: 2 }), /^\[4–7, 0\]: largest 2$/);
  });

  test("a matrix without rows or columns to name is a vector; one of a single row is a matrix", () => {
    const vector = counted(7);
    assert.ok(isVector(contentOf(vector, new EmbeddedTensor(vector, numbersOf(7)))));
    const row = counted(1, 7);
    assert.ok(!isVector(contentOf(row, new EmbeddedTensor(row, numbersOf(7)))));
  });

  test("a stack opens with the first slice that is not next to nothing", () => {
    const display = matrixDisplay(filled([3, 2, 2], (i) => [1e-6, 5, 9][Math.floor(i / 4)]));
    const numbers = Float32Array.from({ length: 12 }, (_, i) => [1e-6, 5, 9][Math.floor(i / 4)]);
    const source = new EmbeddedTensor(display, numbers).arrange(initialArrangement(display)) as EmbeddedSource;
    assert.equal(source.opening, 1);
  });
});
