/** @file The answers to what the host asks about the session's variables. */
import { types } from "node:util";
import type { Variable, VariablesAnswer, VariableTextAnswer } from "../../../protocol/variables.ts";
import { readVariables } from "../evaluator.ts";
import type { NameKind } from "../rewrite/names.ts";
import { copyText } from "./copy-text.ts";
import { describe } from "./describe.ts";

/** A longer list is nothing to look through. */
const MOST_VARIABLES = 2000;
/** The next cell may be waiting: what is not described by then is only named. */
const TIME_MS = 500;

export class Variables {
  readonly #names: ReadonlyMap<string, NameKind>;

  constructor(names: ReadonlyMap<string, NameKind>) {
    this.#names = names;
  }

  list(): VariablesAnswer {
    const names = [...this.#names.keys()];
    const values = readVariables(names);
    const own = names
      .map((name, i) => ({ name, value: values[i] }))
      .filter(({ name, value }) => this.#names.get(name) !== "import" || !isLibraryCode(value));
    const end = performance.now() + TIME_MS;
    const variables = own.slice(0, MOST_VARIABLES).map(({ name, value }): Variable => {
      if (performance.now() < end) return describe(name, value);
      return {
        name,
        kind: "object",
        type: typeof value,
        preview: "not looked at yet, there was much to look at before it: refresh the list",
      };
    });
    return { status: "listed", variables, omitted: own.length - variables.length };
  }

  textOf(name: string): VariableTextAnswer {
    return this.#names.has(name) ? copyText(readVariables([name])[0]) : { status: "unknown" };
  }
}

/** Imported functions and whole modules would bury what the person made; imported data is shown. */
const isLibraryCode = (value: unknown): boolean => typeof value === "function" || types.isModuleNamespaceObject(value);
