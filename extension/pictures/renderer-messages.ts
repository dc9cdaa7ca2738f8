/** @file The notebook renderer's questions, routed to the session of the notebook that its editor shows. */
import * as vscode from "vscode";
import type { PictureMessage } from "../../protocol/picture-messages.ts";
import type { Controller } from "../notebook/controller.ts";
import { answerPicture, isPictureQuestion } from "./answer.ts";

const IDLE: PictureMessage = { type: "session-idle" };

export function answerRenderer(controller: Controller, messaging: vscode.NotebookRendererMessaging): vscode.Disposable {
  const send = (message: PictureMessage, editor: vscode.NotebookEditor) => messaging.postMessage(message, editor);
  return vscode.Disposable.from(
    messaging.onDidReceiveMessage(async ({ editor, message }) => {
      if (!isPictureQuestion(message)) return;
      const session = controller.session(editor.notebook);
      const answer = await answerPicture(session, message);
      await send(answer, editor);
      // The cell may have ended while the answer was on its way.
      if (answer.answer.status === "busy" && session?.state === "idle") await send(IDLE, editor);
    }),
    controller.onDidChangeState((notebook) => {
      const state = controller.session(notebook)?.state;
      // A session that ended answers too: that its numbers are gone.
      if (state === "busy" || state === "starting") return;
      for (const editor of vscode.window.visibleNotebookEditors) {
        if (editor.notebook === notebook) void send(IDLE, editor);
      }
    }),
  );
}
