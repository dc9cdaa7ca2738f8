/** @file Answers to the questions of cells, line by line from standard input: a terminal or a pipe. */
import { createInterface, type Interface } from "node:readline";
import type { Readable } from "node:stream";
import type { InputAnswer, InputRequest } from "../../protocol/session.ts";

export class Answers {
  readonly #input: Readable;
  readonly #say: (text: string) => void;
  readonly #lines: string[] = [];
  readonly #waiting: ((answer: InputAnswer) => void)[] = [];
  #reader: Interface | undefined;
  #ended = false;

  /** @param say shows a question */
  constructor(input: Readable, say: (text: string) => void) {
    this.#input = input;
    this.#say = say;
  }

  /** An empty line is the value that the question came with. */
  async ask({ prompt, value }: InputRequest): Promise<InputAnswer> {
    this.#reader ??= this.#read();
    this.#say(`${prompt || "The cell asks for a line:"}${value && ` [${value}]`}`);
    const answer = await this.#next();
    return answer.status === "given" && answer.text === "" ? { status: "given", text: value } : answer;
  }

  /** Lets the process end. */
  close(): void {
    this.#reader?.close();
    this.#input.destroy();
  }

  #next(): Promise<InputAnswer> {
    const line = this.#lines.shift();
    if (line !== undefined) return Promise.resolve({ status: "given", text: line });
    if (this.#ended) return Promise.resolve(NOBODY);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #read(): Interface {
    const reader = createInterface({ input: this.#input, crlfDelay: Number.POSITIVE_INFINITY });
    reader.on("line", (text) => {
      const resolve = this.#waiting.shift();
      if (resolve) resolve({ status: "given", text });
      else this.#lines.push(text);
    });
    reader.on("close", () => {
      this.#ended = true;
      for (const resolve of this.#waiting.splice(0)) resolve(NOBODY);
    });
    return reader;
  }
}

const NOBODY: InputAnswer = {
  status: "unavailable",
  message:
    "standard input has no line for it. Run the notebook in a terminal and type the answer, " +
    "or pass the answers in, one on each line: cotangent run NOTEBOOK.ipynb < answers.txt",
};
