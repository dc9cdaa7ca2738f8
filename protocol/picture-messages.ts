/**
 * @file What a picture and the extension host say to each other: a webview (the notebook's renderer, the panel) asks for
 * the numbers behind a display, and the host asks the session that holds them. Every question gets one answer of its id.
 */
import type { FactsAnswer, FactsRequest, TileAnswer, TileRequest } from "./exploring.ts";

export type PictureQuestion =
  | { readonly type: "tile"; readonly id: number; readonly request: TileRequest }
  | { readonly type: "facts"; readonly id: number; readonly request: FactsRequest };

export type PictureAnswer =
  | { readonly type: "tile"; readonly id: number; readonly answer: TileAnswer }
  | { readonly type: "facts"; readonly id: number; readonly answer: FactsAnswer };

/** What the host tells without being asked: no cell runs now, so what was answered "busy" may be asked again. */
export interface SessionIdle {
  readonly type: "session-idle";
}

export type PictureMessage = PictureAnswer | SessionIdle;
