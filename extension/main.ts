/** @file What VS Code loads: puts the parts of the extension together. */
import path from "node:path";
import * as vscode from "vscode";
import { SessionClient } from "./client/session-client.ts";
import { selectBackend } from "./commands/backend.ts";
import { attachDebugger, debugCell, runByLine, runNextLine } from "./commands/debug.ts";
import { reportEnvironment } from "./commands/environment.ts";
import { openExplorer, pinInline } from "./commands/explorer.ts";
import { exportOnnx } from "./commands/export-onnx.ts";
import { exportResult } from "./commands/export-result.ts";
import { ask, askArgument, askInputs, clearInline } from "./commands/inline.ts";
import { newNotebook } from "./commands/new-notebook.ts";
import { interrupt, restart, runCellsAbove } from "./commands/session.ts";
import { openTutorial, runTutorial } from "./commands/tutorial.ts";
import {
  clearFilter,
  copyName,
  copyValue,
  filterVariables,
  showInCell,
  showVariables,
  sortVariables,
} from "./commands/variables.ts";
import { NotebookDebugger } from "./debug/notebook-debugger.ts";
import { WebGPUOffer } from "./graphics/offer.ts";
import { GraphicsPages } from "./graphics/pages.ts";
import { Inline } from "./inline/inline.ts";
import type { Question } from "./inline/question.ts";
import type { InlineResult } from "./inline/results.ts";
import { LanguageClient } from "./language/client.ts";
import { startLanguage } from "./language/features.ts";
import { Controller } from "./notebook/controller.ts";
import type { NewSession } from "./notebook/new-session.ts";
import { sessionSettings } from "./notebook/settings.ts";
import { Status } from "./notebook/status.ts";
import { announceUntrusted } from "./notebook/trust.ts";
import { Explorer, type ShownExplorer } from "./panel/explorer.ts";
import { answerRenderer } from "./pictures/renderer-messages.ts";
import { type ShownVariables, VariablesView } from "./variables/variables-view.ts";

/** As package.json names it. */
const RENDERER_ID = "cotangent-renderer";

/** What other extensions, and the tests, get of ours. */
export interface CotangentApi {
  /** Process id of the notebook's session; undefined while it has none. */
  sessionPid(notebook: vscode.NotebookDocument): number | undefined;
  /** The line, counted from 1, at which a cell that runs by line stands. */
  lineOf(notebook: vscode.NotebookDocument): number | undefined;
  /** What the Variables view shows now. */
  shownVariables(): ShownVariables;
  /** Process ids of the sessions that run functions of ordinary files. */
  fileSessionPids(): readonly number[];
  /** What stands at the ends of a document's lines. */
  inlineResults(document: vscode.TextDocument): readonly InlineResult[];
  /** What the Jacobian explorer shows; undefined while it is closed. */
  shownExplorer(): ShownExplorer | undefined;
  /** What the status bar says of the notebook in front; undefined when it says nothing. */
  shownStatus(): string | undefined;
}

export function activate(context: vscode.ExtensionContext): CotangentApi {
  const dist = (file: string) => path.join(context.extensionPath, "dist", file);
  const webgpu = new WebGPUOffer(context.globalStorageUri);
  const messaging = vscode.notebooks.createRendererMessaging(RENDERER_ID);
  const pages = new GraphicsPages(messaging);
  const newSession: NewSession = ({ uri, directory, restart, place }) => {
    const [sessionPath, webgpuFolder] = [dist("session.js"), webgpu.folder];
    const client = new SessionClient({
      sessionPath,
      directory,
      webgpuFolder,
      findGraphicsPage: place && ((listener) => pages.find(place, listener)),
      ...sessionSettings({ uri }),
    });
    client.onDidMissWebGPU((wantedBy) => void webgpu.missed({ uri, wantedBy, restart }));
    return client;
  };
  const controller = new Controller(context.extension, newSession);
  const variables = new VariablesView(controller);
  const status = new Status(controller);
  const log = vscode.window.createOutputChannel("Cotangent Language", { log: true });
  const language = new LanguageClient(dist("language.js"), dist("types"), log);
  const memory = context.workspaceState;
  const inline = new Inline({ client: language, controller, memory, newSession });
  const tool = new NotebookDebugger(controller, dist(""));
  const explorer = new Explorer({ inline, controller, dist: vscode.Uri.joinPath(context.extensionUri, "dist") });
  const register = vscode.commands.registerCommand;
  context.subscriptions.push(
    controller,
    status,
    announceUntrusted(controller),
    pages,
    answerRenderer(controller, messaging),
    variables,
    log,
    language,
    inline,
    tool,
    explorer,
    startLanguage({
      client: language,
      isOurs: (notebook) => controller.isOurs(notebook),
      onDidChange: controller.onDidChangeState,
    }),
    register("cotangent.ask", (question: Question, uri?: unknown, name?: unknown) => ask(inline, question, uri, name)),
    register("cotangent.computeJacobian", () => ask(inline, "jacobian")),
    register("cotangent.computeHessian", () => ask(inline, "hessian")),
    register("cotangent.checkGradients", () => ask(inline, "check")),
    register("cotangent.benchmarkFunction", () => ask(inline, "benchmark")),
    register("cotangent.askInputs", (uri?: unknown, name?: unknown) => askInputs(inline, uri, name)),
    register("cotangent.askArgument", (uri?: unknown, name?: unknown) => askArgument(inline, uri, name)),
    register("cotangent.clearInline", (uri?: unknown, name?: unknown) => clearInline(inline, uri, name)),
    register("cotangent.exportResult", (extension?: unknown, target?: unknown) =>
      exportResult(inline, extension, target),
    ),
    register("cotangent.exportOnnx", (what?: unknown, target?: unknown, uri?: unknown, name?: unknown) =>
      exportOnnx(inline, what, target, uri, name),
    ),
    register("cotangent.selectBackend", (name?: unknown) => selectBackend(name)),
    register("cotangent.fetchWebGPU", () => webgpu.fetch()),
    register("cotangent.reportEnvironment", () => reportEnvironment(context.extension, controller, webgpu)),
    register("cotangent.openExplorer", (at?: unknown, name?: unknown, question?: unknown) =>
      openExplorer(explorer, variables, at, name, question),
    ),
    register("cotangent.pinInline", (uri?: unknown, name?: unknown) => pinInline(inline, explorer, uri, name)),
    register("cotangent.newNotebook", () => newNotebook(controller)),
    register("cotangent.openTutorial", () => openTutorial(context, controller)),
    register("cotangent.runTutorial", () => runTutorial(context, controller)),
    register("cotangent.interrupt", () => interrupt(controller)),
    register("cotangent.restart", () => restart(controller)),
    register("cotangent.runCellsAbove", () => runCellsAbove(controller)),
    register("cotangent.debugCell", (cell?: unknown) => debugCell(tool, cell)),
    register("cotangent.runByLine", (cell?: unknown) => runByLine(tool, cell)),
    register("cotangent.runNextLine", (cell?: unknown) => runNextLine(tool, cell)),
    register("cotangent.attachDebugger", () => attachDebugger(tool, controller)),
    register("cotangent.showVariables", () => showVariables(variables)),
    register("cotangent.refreshVariables", () => variables.refresh()),
    register("cotangent.filterVariables", (text?: unknown) => filterVariables(variables, text)),
    register("cotangent.clearVariablesFilter", () => clearFilter(variables)),
    register("cotangent.sortVariables", (order?: unknown) => sortVariables(variables, order)),
    register("cotangent.copyVariableName", copyName),
    register("cotangent.copyVariableValue", (variable?: unknown) => copyValue(variables, variable)),
    register("cotangent.showVariableInCell", (variable?: unknown) => showInCell(variables, variable)),
  );
  return {
    sessionPid: (notebook) => controller.session(notebook)?.pid,
    lineOf: (notebook) => tool.lineOf(notebook),
    shownVariables: () => variables.shown,
    fileSessionPids: () => inline.evaluators.pids,
    inlineResults: (document) => inline.results.of(document),
    shownExplorer: () => explorer.shown,
    shownStatus: () => status.text,
  };
}
