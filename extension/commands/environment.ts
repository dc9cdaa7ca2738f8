/** @file "Report the Environment": what a bug report should say, opened as a text to be copied. */
import os from "node:os";
import * as vscode from "vscode";
import type { WebGPUOffer } from "../graphics/offer.ts";
import type { Controller } from "../notebook/controller.ts";

export async function reportEnvironment(
  extension: vscode.Extension<unknown>,
  controller: Controller,
  webgpu: WebGPUOffer,
): Promise<void> {
  const content = report(extension, controller, webgpu);
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ language: "markdown", content }));
}

function report(
  { packageJSON }: vscode.Extension<unknown>,
  controller: Controller,
  { isFetched }: WebGPUOffer,
): string {
  const { version, contributes } = packageJSON as Manifest;
  const [cpu] = os.cpus();
  const rows: readonly (readonly [name: string, value: string])[] = [
    ["Cotangent", version],
    [
      "VS Code",
      `${vscode.version} (${vscode.env.appName}${vscode.env.remoteName ? `, ${vscode.env.remoteName}` : ""})`,
    ],
    ["Node of the extension host", process.versions.node],
    ["System", `${os.platform()} ${os.release()}, ${os.arch()}`],
    ["Processor", `${cpu?.model.trim() ?? "unknown"}, ${os.availableParallelism()} cores`],
    ["Memory", `${(os.totalmem() / 1024 ** 3).toFixed(1)} GiB, ${(os.freemem() / 1024 ** 3).toFixed(1)} free`],
    ["Workspace trusted", vscode.workspace.isTrusted ? "yes" : "no"],
    ["WebGPU for notebooks", isFetched ? "fetched" : "not fetched"],
    ["Sessions", sessions(controller)],
  ];
  const settings = vscode.workspace.getConfiguration();
  const changed = Object.keys(contributes.configuration.properties).flatMap((name) => {
    const inspected = settings.inspect(name);
    const value: unknown = settings.get(name);
    return JSON.stringify(value) === JSON.stringify(inspected?.defaultValue)
      ? []
      : [`| ${name} | ${JSON.stringify(value)} |`];
  });
  const lines = [
    "# Cotangent: environment",
    "",
    "| | |",
    "|---|---|",
    ...rows.map(([name, value]) => `| ${name} | ${value} |`),
    "",
    "## Settings that are not as they come",
    "",
    ...(changed.length > 0 ? ["| setting | value |", "|---|---|", ...changed] : ["None."]),
  ];
  return `${lines.join("\n")}\n`;
}

interface Manifest {
  readonly version: string;
  readonly contributes: { readonly configuration: { readonly properties: Readonly<Record<string, unknown>> } };
}

/** Their states, without names of files. */
function sessions(controller: Controller): string {
  const states = vscode.workspace.notebookDocuments.flatMap((notebook) => controller.session(notebook)?.state ?? []);
  return states.length > 0 ? states.join(", ") : "none";
}
