/**
 * @file The pages in which VS Code shows notebooks, as graphics processors of their sessions. A page can compute once our
 * renderer is loaded in it; it says so then, and whenever it is asked. It goes without a word.
 */
import { randomUUID } from "node:crypto";
import * as vscode from "vscode";
import type { HostToPage, PageToHost } from "../../protocol/graphics-page.ts";
import type { GraphicsListener, GraphicsPage } from "../client/graphics-link.ts";
import { OUT_OF_SIGHT, PageLink } from "./page-link.ts";

/** An output that was drawn for the page's sake. */
export interface Drawn {
  readonly cell: vscode.NotebookCell;
  takeAway(): void;
}

/** The notebook of a session. */
export interface NotebookPlace {
  /** The one it is now: it may be saved under a name. */
  readonly notebook: vscode.NotebookDocument;
  /**
   * Draws something of ours below the cell that runs, for which VS Code loads our renderer. Undefined where no cell runs.
   */
  draw(): Drawn | undefined;
}

/** A page that is loaded answers within this, even on a busy machine. */
const ANSWER_MS = 500;
/** Until an output is drawn for the first time, if it is in sight. */
const DRAWING_MS = 2000;
/** And if it has to be brought into sight first. */
const LOADING_MS = 8000;
interface Found {
  readonly editor: vscode.NotebookEditor;
  readonly page: string;
}

interface Waiting {
  readonly notebook: vscode.NotebookDocument;
  found(found: Found): void;
}

export class GraphicsPages implements vscode.Disposable {
  readonly #messaging: vscode.NotebookRendererMessaging;
  /** By the names of the pages: where they were heard last. */
  readonly #heard = new Map<string, vscode.NotebookEditor>();
  readonly #waiting = new Set<Waiting>();
  readonly #links = new Map<string, PageLink>();
  readonly #subscriptions: vscode.Disposable;

  constructor(messaging: vscode.NotebookRendererMessaging) {
    this.#messaging = messaging;
    this.#subscriptions = vscode.Disposable.from(
      messaging.onDidReceiveMessage(({ editor, message }) => {
        if (isFromPage(message)) this.#hear(editor, message);
      }),
      // A tab that was closed takes its page along.
      vscode.window.onDidChangeVisibleNotebookEditors(() => {
        for (const link of this.#links.values()) link.doubt();
      }),
    );
  }

  /** For `FindGraphicsPage`. */
  async find(place: NotebookPlace, listener: GraphicsListener): Promise<GraphicsPage | string> {
    const found = await this.#search(place.notebook, ANSWER_MS);
    if (found) return this.#open(found, listener);
    const drawn = place.draw();
    if (!drawn) return "The notebook's page can compute only once a cell of it has run.";
    let loaded = await this.#search(place.notebook, DRAWING_MS);
    if (!loaded) {
      // VS Code draws what is in sight.
      reveal(drawn.cell);
      loaded = await this.#search(place.notebook, LOADING_MS);
    }
    const opened = loaded ? await this.#open(loaded, listener) : OUT_OF_SIGHT;
    if (typeof opened === "string") drawn.takeAway();
    return opened;
  }

  dispose(): void {
    this.#subscriptions.dispose();
    for (const link of [...this.#links.values()]) link.end();
  }

  #hear(editor: vscode.NotebookEditor, message: PageToHost): void {
    const { page } = message;
    this.#heard.set(page, editor);
    for (const link of [...this.#links.values()]) {
      if (link.page === page) link.isHeard(editor);
      else if (link.editor === editor) link.isGone("the notebook's page was loaded anew");
    }
    if (message.type === "graphics-here") {
      for (const waiting of this.#waiting) {
        if (waiting.notebook === editor.notebook) waiting.found({ editor, page });
      }
      return;
    }
    const link = this.#links.get(message.link);
    if (link?.page !== page) return;
    if (message.type === "graphics-opened") link.opened(message.problem);
    else link.answer(message.answer);
  }

  /** The first page of the notebook that says it is here. */
  #search(notebook: vscode.NotebookDocument, milliseconds: number): Promise<Found | undefined> {
    return new Promise((resolve) => {
      const end = (found?: Found): void => {
        clearTimeout(timer);
        this.#waiting.delete(waiting);
        resolve(found);
      };
      const timer = setTimeout(end, milliseconds);
      const waiting: Waiting = { notebook, found: end };
      this.#waiting.add(waiting);
      // Those in the background may be there as well.
      const editors = new Set([...vscode.window.visibleNotebookEditors, ...this.#heard.values()]);
      for (const editor of editors) {
        if (editor.notebook === notebook) void this.#post(editor, { type: "graphics-who" });
      }
    });
  }

  async #open({ editor, page }: Found, listener: GraphicsListener): Promise<GraphicsPage | string> {
    const id = randomUUID();
    const link = new PageLink({
      id,
      page,
      editor,
      listener,
      post: (to, message) => this.#post(to, message),
      ended: () => this.#links.delete(id),
    });
    this.#links.set(id, link);
    const problem = await link.open();
    return problem ?? link;
  }

  async #post(editor: vscode.NotebookEditor, message: HostToPage): Promise<boolean> {
    const isThere = await this.#messaging.postMessage(message, editor);
    if (isThere) return true;
    for (const [page, each] of this.#heard) if (each === editor) this.#heard.delete(page);
    return false;
  }
}

function reveal({ notebook, index }: vscode.NotebookCell): void {
  for (const editor of vscode.window.visibleNotebookEditors) {
    if (editor.notebook !== notebook) continue;
    editor.revealRange(
      new vscode.NotebookRange(index, index + 1),
      vscode.NotebookEditorRevealType.InCenterIfOutsideViewport,
    );
  }
}

/** What a webview sends may be anything: other scripts of a page can send too. */
function isFromPage(message: unknown): message is PageToHost {
  if (typeof message !== "object" || message === null) return false;
  const { type, page, link, answer } = message as Record<string, unknown>;
  if (typeof page !== "string") return false;
  if (type === "graphics-here") return true;
  if (typeof link !== "string") return false;
  return type === "graphics-opened" || (type === "graphics-answer" && typeof answer === "object" && answer !== null);
}
