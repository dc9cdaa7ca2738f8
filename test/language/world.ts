/** @file A notebook of cells as the language worker sees it, asked by text instead of offsets. */
import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import path from "node:path";
import ts from "typescript";
import { answer, type CellQuestion } from "../../extension/language/worker/answers.ts";
import { Disk } from "../../extension/language/worker/disk.ts";
import { NotebookProgram } from "../../extension/language/worker/notebook-program.ts";
import { shippedTypes } from "../../extension/language/worker/options.ts";
import type { CellLanguage, CellText, LanguageQuestions, Place } from "../../protocol/language.ts";

const shipped = shippedTypes(path.resolve("dist/types"));
const registry = ts.createDocumentRegistry(true, path.resolve("."));

type Extra<Q extends CellQuestion> = Omit<LanguageQuestions[Q]["ask"], "notebook" | "cell" | "offset">;

export class World {
  readonly disk = new Disk(shipped.folder);
  readonly program: NotebookProgram;
  cells: CellText[] = [];
  #lastCell = 0;

  constructor(texts: readonly string[], folder = tmpdir()) {
    this.program = new NotebookProgram({ name: "world.ipynb", folder, shipped, disk: this.disk, registry });
    this.set(texts.map((text) => this.newCell(text)));
  }

  newCell(text: string, language: CellLanguage = "typescript"): CellText {
    return { uri: `cell:${++this.#lastCell}`, language, text };
  }

  /** Returns the indices of the cells whose problems may be others now. */
  set(cells: readonly CellText[]): number[] {
    this.cells = [...cells];
    const affected = this.program.update(cells);
    return this.cells.flatMap(({ uri }, index) => (affected.has(uri) ? [index] : []));
  }

  edit(index: number, text: string): number[] {
    return this.set(this.cells.map((cell, at) => (at === index ? { ...cell, text } : cell)));
  }

  /** Asks at the `|` of `where`, which without it is a piece of the cell's text. */
  ask<Q extends CellQuestion>(
    question: Q,
    index: number,
    where = "|",
    extra?: Extra<Q>,
  ): LanguageQuestions[Q]["answer"] {
    const cell = this.cells[index];
    const found = cell.text.indexOf(where.replace("|", ""));
    assert.ok(found >= 0, `"${where}" is not in cell ${index}`);
    const offset = found + Math.max(0, where.indexOf("|"));
    return this.answer(question, { notebook: "n", cell: cell.uri, offset, ...extra } as LanguageQuestions[Q]["ask"]);
  }

  answer<Q extends CellQuestion>(question: Q, ask: LanguageQuestions[Q]["ask"]): LanguageQuestions[Q]["answer"] {
    return answer(this.program, question, ask) as LanguageQuestions[Q]["answer"];
  }

  /** `TS2304 name: message` of each error and warning of a cell. */
  problems(index: number): string[] {
    const shown = this.ask("problems", index).filter(({ severity }) => severity !== "suggestion");
    return shown.map(({ code, message, span }) => {
      const text = this.cells[index].text.slice(span.start, span.start + span.length);
      return `TS${code} ${text}: ${message}`;
    });
  }

  allProblems(): string[] {
    return this.cells.flatMap((_, index) => this.problems(index));
  }

  /** The hover's signature. */
  typeOf(index: number, where: string): string | undefined {
    return this.ask("hover", index, where)?.signature;
  }

  completionsAt(index: number, where: string) {
    return this.ask("completions", index, where)?.entries ?? [];
  }

  /** A place as `cell index: text`, or the file's name. */
  show(place: Place): string {
    if ("file" in place) return path.basename(place.file);
    const index = this.cells.findIndex(({ uri }) => uri === place.cell);
    const { text } = this.cells[index];
    const line = text.slice(0, place.span.start).split("\n").length;
    return `${index}:${line} ${text.slice(place.span.start, place.span.start + place.span.length)}`;
  }

  /** The texts of all cells after a rename. */
  renamed(index: number, where: string, name: string): string[] {
    const edits = this.ask("rename", index, where);
    return this.cells.map(({ uri, text }) => {
      const own = edits.filter(({ place }) => "cell" in place && place.cell === uri);
      own.sort((a, b) => b.place.span.start - a.place.span.start);
      return own.reduce((outcome, { place: { span }, prefix, suffix }) => {
        const end = span.start + span.length;
        return outcome.slice(0, span.start) + prefix + name + suffix + outcome.slice(end);
      }, text);
    });
  }
}
