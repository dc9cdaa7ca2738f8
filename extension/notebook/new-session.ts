/** @file How the editor makes a session, be it for a notebook or for a file. */
import type * as vscode from "vscode";
import type { SessionClient } from "../client/session-client.ts";
import type { NotebookPlace } from "../graphics/pages.ts";

export interface WantedSession {
  /** The notebook or the file, whose settings hold. */
  readonly uri: vscode.Uri;
  /** Where its imports and its working directory start. */
  readonly directory: string;
  /** Ends the session; the next run starts a fresh one. */
  restart(): Promise<void>;
  /** Where the session can compute on a page; absent for what is shown in none. */
  readonly place?: NotebookPlace;
}

/** Makes what starts the process when it is first needed. */
export type NewSession = (wanted: WantedSession) => SessionClient;
