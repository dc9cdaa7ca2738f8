/** @file What a running cell shows, collected as the outputs of a saved notebook. */
import type { CellOutput, ErrorReport } from "../../protocol/session.ts";
import { joined, type MimeData, type Output } from "./notebook-file.ts";

export class CellOutputs {
  readonly outputs: Output[] = [];
  readonly #executionCount: number;
  readonly #displays: Map<string, { data: MimeData }>;
  #clearsBeforeNext = false;

  /** `displays`: of the whole notebook, since a cell may update what an earlier one displays. */
  constructor(executionCount: number, displays: Map<string, { data: MimeData }>) {
    this.#executionCount = executionCount;
    this.#displays = displays;
  }

  add(output: CellOutput): void {
    if (output.kind === "clear") {
      if (!output.wait) this.outputs.length = 0;
      this.#clearsBeforeNext = output.wait;
      return;
    }
    if (output.kind === "remove") {
      const removed = this.#displays.get(output.displayId);
      const place = this.outputs.findIndex((each) => "data" in each && each.data === removed?.data);
      if (place >= 0) this.outputs.splice(place, 1);
      return;
    }
    if (this.#clearsBeforeNext && output.kind !== "update") {
      this.outputs.length = 0;
      this.#clearsBeforeNext = false;
    }
    switch (output.kind) {
      case "stream":
        this.#addText(output.stream, output.text);
        break;
      case "display": {
        const shown = { output_type: "display_data" as const, data: { ...output.bundle }, metadata: {} };
        this.#displays.set(output.displayId, shown);
        this.outputs.push(shown);
        break;
      }
      case "update": {
        const shown = this.#displays.get(output.displayId);
        if (shown) shown.data = { ...output.bundle };
        break;
      }
      case "result":
        this.outputs.push({
          output_type: "execute_result",
          data: { ...output.bundle },
          metadata: {},
          execution_count: this.#executionCount,
        });
        break;
      case "error":
        this.outputs.push(errorOutput(output.error));
        break;
    }
  }

  #addText(name: "stdout" | "stderr", text: string): void {
    const last = this.outputs.at(-1);
    if (last?.output_type === "stream" && last.name === name) last.text = joined(last.text) + text;
    else this.outputs.push({ output_type: "stream", name, text });
  }
}

function errorOutput({ name, message, text }: ErrorReport): Output {
  return { output_type: "error", ename: name, evalue: message, traceback: text.split("\n") };
}
