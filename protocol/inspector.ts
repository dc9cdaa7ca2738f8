/**
 * @file What a debugger and the engine of a session tell each other: V8's inspector protocol, passed through by host
 * and supervisor. `params` and `result` are the protocol's own.
 */

export interface InspectorCommand {
  readonly id: number;
  readonly method: string;
  readonly params?: object;
}

export type InspectorReply =
  | { readonly id: number; readonly result: object }
  | { readonly id: number; readonly error: { readonly code?: number; readonly message: string } }
  | { readonly method: string; readonly params?: object };
