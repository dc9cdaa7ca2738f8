/**
 * @file The variables of a session as rows of a table, as the host shows them beside the notebook. What a row says is
 * found by looking alone: nothing is computed for it and none of the person's code runs.
 */

export type VariableKind =
  | "tensor"
  /** A Jacobian or Hessian that keeps its structure. */
  | "structured"
  | "number"
  | "boolean"
  | "text"
  | "function"
  | "class"
  | "array"
  | "typed-array"
  | "map"
  | "set"
  | "date"
  | "error"
  | "object"
  /** `undefined` and `null`. */
  | "nothing"
  | "symbol";

export interface Variable {
  readonly name: string;
  readonly kind: VariableKind;
  /** As a person would call it: "Tensor", "number", the name of a class. */
  readonly type: string;
  /** Of what has axes; an array has one. */
  readonly shape?: readonly number[];
  /** Entries of a map or set, properties of an object, characters of a text. */
  readonly count?: number;
  /** Type of the entries. */
  readonly dtype?: string;
  /** One short line. Empty where there is nothing to say beyond the type. */
  readonly preview: string;
  /** What the numbers in it take; absent where that is not known at a glance. */
  readonly bytes?: number;
  /** Set for a tensor whose value nobody has asked for yet: looking does not compute it. */
  readonly pending?: true;
}

export type VariablesAnswer =
  | {
      readonly status: "listed";
      /** In the order in which they were first declared. */
      readonly variables: readonly Variable[];
      /** Names that were too many to list. */
      readonly omitted: number;
    }
  /** A cell runs, and is not disturbed. */
  | { readonly status: "busy" };

export type VariableTextAnswer =
  /** `cut`: the text was too long and ends early. */
  | { readonly status: "text"; readonly text: string; readonly cut: boolean }
  | { readonly status: "busy" }
  /** No variable has the name. */
  | { readonly status: "unknown" }
  /** Writing it out threw: a tensor that cannot be computed, a `toString` of the person's own. */
  | { readonly status: "failed"; readonly message: string };
