/** @file This page as one on which sessions compute: it says that it is here, and has a server for each that comes. */
import type { HostToPage, PageToHost } from "../../protocol/graphics-page.ts";
import { GraphicsServer } from "./server.ts";

/** What carries messages to the extension host and back. */
interface Messaging {
  post(message: PageToHost): void;
  listen(hear: (message: unknown) => void): void;
}

export function serveGraphics({ post, listen }: Messaging): void {
  // The page of before may have been this one, loaded anew: its objects are gone, so the name is another.
  const page = Math.random().toString(36).slice(2);
  const servers = new Map<string, GraphicsServer>();

  async function open(link: string): Promise<void> {
    const { gpu } = navigator as { gpu?: GPU };
    const problem = await problemOf(gpu);
    if (gpu && problem === undefined) {
      servers.set(link, new GraphicsServer(gpu, (answer) => post({ type: "graphics-answer", page, link, answer })));
    }
    post({ type: "graphics-opened", page, link, problem });
  }

  listen((message) => {
    const heard = message as HostToPage | null | undefined;
    if (heard?.type === "graphics-who") post({ type: "graphics-here", page });
    // The editor may show several pages, one after the other.
    else if (heard === null || heard === undefined || !("page" in heard) || heard.page !== page) return;
    else if (heard.type === "graphics-open") void open(heard.link);
    else if (heard.type === "graphics-batch") servers.get(heard.link)?.run(heard.batch);
    else if (heard.type === "graphics-end") {
      servers.get(heard.link)?.end();
      servers.delete(heard.link);
    }
  });
  post({ type: "graphics-here", page });
}

/** Why this page cannot compute; undefined if it can. */
async function problemOf(gpu: GPU | undefined): Promise<string | undefined> {
  if (gpu === undefined) return "This window has no WebGPU (no navigator.gpu).";
  try {
    if ((await gpu.requestAdapter()) !== null) return undefined;
  } catch {
    // The same to the person: there is none that can be used.
  }
  return "The WebGPU of this window finds no graphics processor that it can use (no driver, or one that is blocked).";
}
