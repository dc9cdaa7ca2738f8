/**
 * @file WebGPU over messages. A session has none of its own where it runs inside VS Code's Electron, but the notebook's page
 * has: the session says what is to be done there, and the page answers what was asked. Commands are done in order.
 */

/** Names an object on the page, as the session numbered it. The page's `GPU` itself is 0. */
export type GraphicsObject = number;

/** In arguments: an object by its number, or bytes by their place in the batch. */
export type GraphicsReference = { readonly object: GraphicsObject } | { readonly bytes: number };

/** Calls a method of an object, or forgets one. */
export type GraphicsCommand =
  | {
      readonly on: GraphicsObject;
      readonly call: string;
      /** JSON, with references where objects and bytes stand. */
      readonly with: readonly unknown[];
      /** What comes back gets this number. */
      readonly as?: GraphicsObject;
      /** What comes back is sent, in an answer with this number. */
      readonly ask?: number;
    }
  | { readonly forget: GraphicsObject };

export interface GraphicsBatch {
  readonly commands: readonly GraphicsCommand[];
  /** Base64. */
  readonly bytes: readonly string[];
}

export type GraphicsAnswer =
  | { readonly to: number; readonly value: unknown; readonly bytes?: string }
  | { readonly to: number; readonly error: { readonly name: string; readonly message: string } }
  /** The device is gone. */
  | { readonly lost: GraphicsObject; readonly message: string };
