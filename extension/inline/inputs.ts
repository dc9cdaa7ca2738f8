/** @file With which arguments a function is differentiated: those of its example, or those the person gave before. */
import * as vscode from "vscode";
import type { DifferentiableFunction } from "../../protocol/language.ts";
import type { AskedFunction } from "./question.ts";

const KEY = "cotangent.inputs";

interface Remembered {
  readonly inputs?: string;
  readonly argnum?: number;
}

export class FunctionInputs {
  readonly #memory: vscode.Memento;

  constructor(memory: vscode.Memento) {
    this.#memory = memory;
  }

  /** Asks where nothing is known; undefined when the person closes the box. */
  async of(document: vscode.TextDocument, asked: DifferentiableFunction): Promise<AskedFunction | undefined> {
    const known = this.known(document, asked);
    const inputs = known.inputs ?? (await this.askInputs(document, asked));
    return inputs === undefined ? undefined : { name: asked.name, inputs, argnum: known.argnum };
  }

  /** Without asking anyone. */
  known(document: vscode.TextDocument, asked: DifferentiableFunction): { inputs: string | undefined; argnum: number } {
    const { inputs = asked.example, argnum } = this.#remembered(document, asked.name);
    return { inputs, argnum: argnum ?? asked.parameters.findIndex(({ differentiable }) => differentiable) };
  }

  /** Lets the person write other arguments. */
  async askInputs(document: vscode.TextDocument, asked: DifferentiableFunction): Promise<string | undefined> {
    const { name, parameters } = asked;
    const required = parameters.filter(({ optional }) => !optional);
    const example = required.map(({ isTensor, type }) => (isTensor ? "randn([3])" : starting(type))).join(", ");
    const inputs = await vscode.window.showInputBox({
      title: `Inputs of ${name}(${parameters.map((each) => `${each.name}: ${each.type}`).join(", ")})`,
      prompt:
        "TypeScript, as between the parentheses of a call; remembered. An @example in the doc comment serves too.",
      value: this.#remembered(document, name).inputs ?? asked.example ?? example,
      ignoreFocusOut: true,
    });
    if (inputs === undefined) return undefined;
    await this.remember(document, name, { inputs });
    return inputs;
  }

  /** Lets the person choose the argument to differentiate with respect to. */
  async askArgument(document: vscode.TextDocument, asked: DifferentiableFunction): Promise<number | undefined> {
    const items = asked.parameters.flatMap(({ name, type, differentiable }, argnum) =>
      differentiable ? [{ label: name, description: type, argnum }] : [],
    );
    const title = `Differentiate ${asked.name} with respect to`;
    const chosen = await vscode.window.showQuickPick(items, { title });
    if (chosen) await this.remember(document, asked.name, { argnum: chosen.argnum });
    return chosen?.argnum;
  }

  #remembered(document: vscode.TextDocument, name: string): Remembered {
    return this.#memory.get<Record<string, Remembered>>(KEY, {})[keyOf(document, name)] ?? {};
  }

  async remember(document: vscode.TextDocument, name: string, changed: Remembered): Promise<void> {
    const all = this.#memory.get<Record<string, Remembered>>(KEY, {});
    const key = keyOf(document, name);
    await this.#memory.update(KEY, { ...all, [key]: { ...all[key], ...changed } });
  }
}

/** Cells of a notebook share their names. */
const keyOf = ({ uri }: vscode.TextDocument, name: string): string => `${uri.path}#${name}`;

/** Something to begin with that is of the type, where that is easy. */
function starting(type: string): string {
  if (type === "number") return "1";
  if (type === "boolean") return "true";
  if (type === "string") return '""';
  return type.endsWith("[]") ? "[randn([3])]" : "{}";
}
