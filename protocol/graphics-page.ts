/**
 * @file What the extension host and a notebook's page say to each other about the page's graphics processor. A page has a
 * name of its own, made when it was loaded; a session that computes there has a link to it, by which its objects are its own.
 */
import type { GraphicsAnswer, GraphicsBatch } from "./graphics.ts";

export type HostToPage =
  /** Whoever hears it says `graphics-here`. */
  | { readonly type: "graphics-who" }
  /** Answered by `graphics-opened`. */
  | { readonly type: "graphics-open"; readonly page: string; readonly link: string }
  | { readonly type: "graphics-batch"; readonly page: string; readonly link: string; readonly batch: GraphicsBatch }
  /** What was made by this link is not needed any more. */
  | { readonly type: "graphics-end"; readonly page: string; readonly link: string };

export type PageToHost =
  /** Said when the page is loaded too. */
  | { readonly type: "graphics-here"; readonly page: string }
  /** `problem`: why it cannot compute, as a sentence. */
  | { readonly type: "graphics-opened"; readonly page: string; readonly link: string; readonly problem?: string }
  | {
      readonly type: "graphics-answer";
      readonly page: string;
      readonly link: string;
      readonly answer: GraphicsAnswer;
    };
