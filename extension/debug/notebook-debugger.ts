/** @file VS Code's JavaScript debugger at the sessions of notebooks: attached on request, and gone with the debugging. */
import path from "node:path";
import * as vscode from "vscode";
import type { Controller } from "../notebook/controller.ts";
import { folderOf } from "../notebook/folder.ts";
import { namedByCell, namedByFile } from "./cell-sources.ts";
import { InspectorServer } from "./inspector-server.ts";
import { LineRun, type StoppedEvent } from "./line-run.ts";

/** The type under which VS Code's JavaScript debugger runs Node. */
const DEBUG_TYPE = "pwa-node";
/** In the configuration of our debug sessions: which attachment it is. The debugger hands it to no child. */
const ATTACHMENT = "cotangentAttachment";

/** What the variables of a notebook are to the engine, and what they are to a person. */
const SCRIPT_SCOPE = "Script";
const NOTEBOOK_SCOPE = "Notebook";

interface DebugMessage {
  readonly type: string;
  readonly command?: string;
  readonly event?: string;
  readonly success?: boolean;
  readonly arguments?: unknown;
  readonly body?: unknown;
}

/** The debugger at one notebook. */
interface Attachment {
  readonly id: number;
  readonly notebook: vscode.NotebookDocument;
  readonly server: InspectorServer;
  /** Settled when the breakpoints are set. */
  readonly ready: Promise<void>;
  readonly setReady: () => void;
  /** What VS Code started, and the debugger's own session for the process. */
  root?: vscode.DebugSession;
  target?: vscode.DebugSession;
  lineRun?: LineRun;
}

export class NotebookDebugger implements vscode.Disposable {
  readonly #controller: Controller;
  /** Ours and nobody's to stop at: the session's code and the kernel's. */
  readonly #ownFolder: string;
  readonly #attachments = new Map<number, Attachment>();
  readonly #subscriptions: readonly vscode.Disposable[];
  #lastId = 0;

  constructor(controller: Controller, ownFolder: string) {
    this.#controller = controller;
    this.#ownFolder = ownFolder;
    this.#subscriptions = [
      vscode.debug.registerDebugAdapterTrackerFactory(DEBUG_TYPE, {
        createDebugAdapterTracker: (session) => this.#track(session),
      }),
      vscode.debug.onDidTerminateDebugSession((session) => this.#forget(session)),
    ];
  }

  /** Attaches the debugger until the person ends it. Resolves when breakpoints hold. */
  async attach(notebook: vscode.NotebookDocument): Promise<void> {
    await this.#attachmentOf(notebook);
  }

  /** Runs a cell with its breakpoints. The debugger goes when the cell has ended, if it came for it. */
  async debugCell(cell: vscode.NotebookCell): Promise<void> {
    await this.#debug(cell, async () => {});
  }

  /** Runs a cell and stops at each of its lines; see `runNextLine`. */
  async runByLine(cell: vscode.NotebookCell): Promise<void> {
    await this.#debug(cell, async (attachment) => {
      if (!attachment.target) return;
      attachment.lineRun = new LineRun(attachment.target, cell);
      await attachment.lineRun.begin();
    });
  }

  /** The next line of the cell that stands at one. */
  async runNextLine(cell: vscode.NotebookCell): Promise<void> {
    await this.#find(cell.notebook)?.lineRun?.next();
  }

  /** Where a cell that runs by line stands. */
  lineOf(notebook: vscode.NotebookDocument): number | undefined {
    return this.#find(notebook)?.lineRun?.line;
  }

  dispose(): void {
    for (const { root, server } of this.#attachments.values()) {
      if (root) void vscode.debug.stopDebugging(root);
      server.dispose();
    }
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  async #debug(cell: vscode.NotebookCell, prepare: (attachment: Attachment) => Promise<void>): Promise<void> {
    const { notebook } = cell;
    const wasAttached = this.#find(notebook) !== undefined;
    const attachment = await this.#attachmentOf(notebook);
    if (!attachment) return;
    try {
      await prepare(attachment);
      await this.#controller.run(notebook, [cell]);
    } finally {
      attachment.lineRun?.end();
      attachment.lineRun = undefined;
      if (!wasAttached && attachment.root) await vscode.debug.stopDebugging(attachment.root);
    }
  }

  #find(notebook: vscode.NotebookDocument): Attachment | undefined {
    return [...this.#attachments.values()].find((attachment) => attachment.notebook === notebook);
  }

  /** Undefined when VS Code could not attach; it has then said why. */
  async #attachmentOf(notebook: vscode.NotebookDocument): Promise<Attachment | undefined> {
    const known = this.#find(notebook);
    if (known) {
      await known.ready;
      return known;
    }
    const session = await this.#controller.openSession(notebook);
    const server = await InspectorServer.start((handlers) => session.inspect(handlers));
    const id = ++this.#lastId;
    let setReady = () => {};
    const ready = new Promise<void>((resolve) => {
      setReady = resolve;
    });
    const attachment: Attachment = { id, notebook, server, ready, setReady };
    this.#attachments.set(id, attachment);
    const started = await vscode.debug.startDebugging(
      vscode.workspace.getWorkspaceFolder(notebook.uri),
      this.#configuration(attachment),
      // Cells run as they stand in the editor: there is no need to save, nor to ask where to.
      { suppressSaveBeforeStart: true },
    );
    if (started) {
      await ready;
      return attachment;
    }
    this.#attachments.delete(id);
    server.dispose();
    return undefined;
  }

  #configuration({ id, notebook, server }: Attachment): vscode.DebugConfiguration {
    const own = `${this.#ownFolder.replaceAll("\\", "/")}/**`;
    return {
      type: DEBUG_TYPE,
      request: "attach",
      name: path.basename(notebook.uri.path),
      [ATTACHMENT]: id,
      websocketAddress: server.address,
      cwd: folderOf(notebook),
      autoAttachChildProcesses: false,
      restart: false,
      // The source maps of cells are in their scripts, and a script waits until its breakpoints are set.
      pauseForSourceMap: true,
      outFiles: [],
      resolveSourceMapLocations: ["**", `!${own}`],
      sourceMapRenames: false,
      enableContentValidation: false,
      skipFiles: ["<node_internals>/**", own],
      internalConsoleOptions: "neverOpen",
    };
  }

  #track(session: vscode.DebugSession): vscode.DebugAdapterTracker | undefined {
    const isRoot = session.parentSession === undefined;
    const { configuration } = session.parentSession ?? session;
    const attachment = this.#attachments.get(configuration[ATTACHMENT]);
    if (!attachment) return undefined;
    if (isRoot) attachment.root = session;
    else attachment.target = session;
    return {
      onWillReceiveMessage: (message: DebugMessage) => {
        namedByFile(message);
        if (message.command === "disconnect") keepProcess(message.arguments);
      },
      onDidSendMessage: (message: DebugMessage) => {
        namedByCell(message, (uri) => nameOfCell(attachment.notebook, uri));
        if (message.command === "scopes") nameScopes(message.body);
        // The debugger answers when it has set all breakpoints.
        if (!isRoot && message.type === "response" && message.command === "attach") attachment.setReady();
        if (message.event === "stopped") void attachment.lineRun?.stopped(message.body as StoppedEvent);
      },
    };
  }

  #forget(session: vscode.DebugSession): void {
    const attachment = this.#attachments.get(session.configuration[ATTACHMENT]);
    if (!attachment) return;
    this.#attachments.delete(attachment.id);
    attachment.server.dispose();
    // Nobody waits for breakpoints any more.
    attachment.setReady();
  }
}

/** However the debugging is ended, the session and its variables stay. */
function keepProcess(disconnecting: unknown): void {
  if (disconnecting) (disconnecting as { terminateDebuggee?: boolean }).terminateDebuggee = false;
}

function nameScopes(body: unknown): void {
  const { scopes = [] } = (body ?? {}) as { scopes?: { name: string }[] };
  for (const scope of scopes) if (scope.name === SCRIPT_SCOPE) scope.name = NOTEBOOK_SCOPE;
}

/** As errors call it: by the number of its run. */
function nameOfCell(notebook: vscode.NotebookDocument, uri: string): string {
  const cell = notebook.getCells().find(({ document }) => document.uri.toString() === uri);
  const number = cell?.executionSummary?.executionOrder;
  return number === undefined ? "cell" : `cell ${number}`;
}
