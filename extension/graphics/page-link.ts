/** @file One session on one page: what it asks is carried there, what the page answers back, and a page that goes is noticed. */
import * as vscode from "vscode";
import type { GraphicsBatch } from "../../protocol/graphics.ts";
import type { HostToPage } from "../../protocol/graphics-page.ts";
import type { GraphicsListener, GraphicsPage } from "../client/graphics-link.ts";

/** The first use may start the window's process for graphics. */
const OPENING_MS = 15_000;
const WATCH_MS = 2000;
/** Unheard so often, a page that nobody sees is taken for gone; one in sight may be busy. */
const MOST_SILENT = 3;
const MOST_SILENT_IN_SIGHT = 10;

export const OUT_OF_SIGHT =
  "The notebook's page could not be asked for its graphics processor: bring the notebook to the front, with the output below " +
  "the cell in sight, and run the cell again.";

interface LinkOptions {
  readonly id: string;
  readonly page: string;
  readonly editor: vscode.NotebookEditor;
  readonly listener: GraphicsListener;
  /** Whether there is such an editor. */
  post(editor: vscode.NotebookEditor, message: HostToPage): Promise<boolean>;
  ended(): void;
}

export class PageLink implements GraphicsPage {
  readonly #options: LinkOptions;
  #editor: vscode.NotebookEditor;
  #opened: ((problem: string | undefined) => void) | undefined;
  #isOver = false;
  /** Questions of the session that the page has not answered. */
  #unanswered = 0;
  /** The page may be gone. */
  #isDoubted = false;
  /** How often it was asked since it was heard last. */
  #silent = 0;
  #watch: NodeJS.Timeout | undefined;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#editor = options.editor;
  }

  get page(): string {
    return this.#options.page;
  }

  get editor(): vscode.NotebookEditor {
    return this.#editor;
  }

  /** Why the page cannot compute; undefined if it can. */
  async open(): Promise<string | undefined> {
    const { id: link, page } = this.#options;
    const problem = await new Promise<string | undefined>((resolve) => {
      const timer = setTimeout(() => this.#opened?.(OUT_OF_SIGHT), OPENING_MS);
      this.#opened = (said) => {
        clearTimeout(timer);
        this.#opened = undefined;
        resolve(said);
      };
      this.#post({ type: "graphics-open", page, link });
    });
    if (problem !== undefined) this.end();
    return problem;
  }

  opened(problem: string | undefined): void {
    this.#opened?.(problem);
  }

  answer(answer: Parameters<GraphicsListener["onAnswer"]>[0]): void {
    if ("to" in answer) this.#unanswered--;
    this.#options.listener.onAnswer(answer);
  }

  send(batch: GraphicsBatch): void {
    const { id: link, page } = this.#options;
    this.#unanswered += batch.commands.filter((command) => "ask" in command).length;
    this.#post({ type: "graphics-batch", page, link, batch });
    this.#startWatch();
  }

  end(): void {
    if (this.#isOver) return;
    const { id: link, page } = this.#options;
    this.#post({ type: "graphics-end", page, link });
    this.#close();
  }

  isHeard(editor: vscode.NotebookEditor): void {
    // VS Code has another object for an editor that was in the background.
    this.#editor = editor;
    this.#silent = 0;
    this.#isDoubted = false;
  }

  isGone(reason: string): void {
    if (this.#isOver) return;
    this.#close();
    if (this.#opened) this.#opened(OUT_OF_SIGHT);
    else this.#options.listener.onGone(reason);
  }

  /** Something happened after which the page may be gone. */
  doubt(): void {
    if (this.#isInSight) return;
    this.#isDoubted = true;
    if (this.#watch) return;
    this.#startWatch();
    this.#look();
  }

  get #isInSight(): boolean {
    return vscode.window.visibleNotebookEditors.includes(this.#editor);
  }

  #post(message: HostToPage): void {
    void this.#options.post(this.#editor, message).then((isThere) => {
      if (!isThere) this.isGone("the notebook's page was closed");
    });
  }

  #startWatch(): void {
    this.#watch ??= setInterval(() => this.#look(), WATCH_MS);
  }

  #look(): void {
    if (this.#unanswered === 0 && !this.#isDoubted) {
      this.#stopWatch();
      return;
    }
    if (this.#silent >= (this.#isInSight ? MOST_SILENT_IN_SIGHT : MOST_SILENT)) {
      this.isGone("the notebook's page was closed, or does not answer");
      return;
    }
    this.#silent++;
    this.#post({ type: "graphics-who" });
  }

  #stopWatch(): void {
    clearInterval(this.#watch);
    this.#watch = undefined;
    this.#silent = 0;
  }

  #close(): void {
    this.#isOver = true;
    this.#stopWatch();
    this.#options.ended();
  }
}
