/**
 * @file Offering WebGPU to the person, and fetching it when they accept: where a notebook wanted it and its page could not
 * compute either, and by the command.
 */
import path from "node:path";
import * as vscode from "vscode";
import type { WantedBy } from "../../protocol/session.ts";
import { chosenNode } from "../notebook/settings.ts";
import { fetchPackage, PUBLIC_REGISTRY } from "./fetch-package.ts";
import { FetchCancelled } from "./fetch-problem.ts";
import { megabytes, THIS_PLATFORM, WEBGPU } from "./package.ts";
import { folderFor, isFetched, withdraw } from "./storage.ts";

/** A session wanted WebGPU and did not find it. */
interface Missed {
  /** The notebook or file. */
  readonly uri: vscode.Uri;
  readonly wantedBy: WantedBy;
  restart(): Promise<void>;
}

export class WebGPUOffer {
  readonly #storage: string;
  /** Where sessions look for it, now or once it is fetched. */
  readonly folder: string;
  #fetching: Promise<void> | undefined;

  /** @param storage the folder that VS Code gives the extension, for all workspaces */
  constructor(storage: vscode.Uri) {
    this.#storage = vscode.Uri.joinPath(storage, "webgpu").fsPath;
    this.folder = folderFor(this.#storage, WEBGPU, THIS_PLATFORM);
  }

  get isFetched(): boolean {
    return isFetched(this.folder);
  }

  /** What can be done about it. */
  async missed({ uri, wantedBy, restart }: Missed): Promise<void> {
    if (!(await this.#offer())) return;
    if (wantedBy === "cell") {
      void vscode.window.showInformationMessage("WebGPU is here. Run the cell that asked for it again.");
      return;
    }
    const again = "Restart Session";
    const message = `WebGPU is here. ${path.basename(uri.path)} computes with it once its session is restarted.`;
    if ((await vscode.window.showInformationMessage(message, again)) === again) await restart();
  }

  /** The command: asks nothing more, since the person has. */
  async fetch(): Promise<void> {
    if (!this.isFetched) {
      if (await this.#fetch()) sayItIsHere();
      return;
    }
    const remove = "Remove It";
    const message = `WebGPU (${WEBGPU.name} ${WEBGPU.version}) is here already, in ${this.folder}.`;
    if ((await vscode.window.showInformationMessage(message, remove)) !== remove) return;
    try {
      await withdraw(this.#storage, this.folder);
      vscode.window.setStatusBarMessage("Cotangent: WebGPU is removed.", 5000);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const remedy = "Restart the sessions that compute with it, and remove it again.";
      void vscode.window.showErrorMessage(`WebGPU was not removed. ${remedy} (${reason})`);
    }
  }

  /** Whether it is here afterwards. VS Code closes an offer when the same one is made again. */
  async #offer(): Promise<boolean> {
    if (process.versions.electron !== undefined && chosenNode() === undefined) {
      await offerToChooseNode();
      return false;
    }
    // A session that asked just before it was there.
    if (this.#fetching || this.isFetched) return false;
    const fetch = `Fetch WebGPU (${megabytes(WEBGPU.bytes)})`;
    const message =
      "This window has no WebGPU that a notebook could use. Sessions may have one without it, by a part that is not on this " +
      `machine yet: Dawn, the WebGPU of Chromium. It is fetched once, for all notebooks, from ${hostOf(registry())}.`;
    return (await vscode.window.showInformationMessage(message, fetch)) === fetch && this.#fetch();
  }

  /** Whether it is here afterwards. */
  async #fetch(): Promise<boolean> {
    this.#fetching ??= this.#fetchWithProgress().finally(() => {
      this.#fetching = undefined;
    });
    try {
      await this.#fetching;
      return true;
    } catch (error) {
      return await this.#failed(error);
    }
  }

  async #fetchWithProgress(): Promise<void> {
    await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title: "Fetching WebGPU", cancellable: true },
      (progress, cancelling) => {
        const aborting = new AbortController();
        cancelling.onCancellationRequested(() => aborting.abort());
        let percent = 0;
        return fetchPackage({
          wanted: WEBGPU,
          registry: registry(),
          storage: this.#storage,
          signal: aborting.signal,
          onProgress(received) {
            const now = Math.floor((received / WEBGPU.bytes) * 100);
            if (now === percent) return;
            const message = `${megabytes(received)} of ${megabytes(WEBGPU.bytes)}`;
            progress.report({ increment: now - percent, message });
            percent = now;
          },
        });
      },
    );
  }

  async #failed(error: unknown): Promise<boolean> {
    if (error instanceof FetchCancelled) {
      vscode.window.setStatusBarMessage("Cotangent: WebGPU was not fetched.", 5000);
      return false;
    }
    const again = "Try Again";
    const message = error instanceof Error ? error.message : String(error);
    return (await vscode.window.showErrorMessage(message, again)) === again && this.#fetch();
  }
}

/** See `extension/session/graphics.ts`. */
async function offerToChooseNode(): Promise<void> {
  const choose = "Open Settings";
  const message =
    "This window has no WebGPU that a notebook could use. A session that runs on a Node of your own (20.19 or later) may have " +
    "one without it: say in the setting cotangent.nodePath where that Node is.";
  if ((await vscode.window.showInformationMessage(message, choose)) !== choose) return;
  await vscode.commands.executeCommand("workbench.action.openSettings", "cotangent.nodePath");
}

/** What a file of settings says may be anything: what is no text counts as not set. */
function registry(): string {
  const set: unknown = vscode.workspace.getConfiguration("cotangent").get("registry");
  return typeof set === "string" && set.trim() !== "" ? set.trim() : PUBLIC_REGISTRY;
}

const hostOf = (address: string): string => (URL.canParse(address) ? new URL(address).host : address);

const sayItIsHere = (): void =>
  void vscode.window.showInformationMessage("WebGPU is here: every notebook finds it when it asks for it.");
