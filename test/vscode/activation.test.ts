import assert from "node:assert/strict";
import * as vscode from "vscode";
import { cotangent } from "./notebooks.ts";

suite("the extension", () => {
  test("activates, and every command of the manifest is there", async () => {
    await cotangent();
    const { contributes } = vscode.extensions.getExtension("cotangent.cotangent")?.packageJSON ?? {};
    const declared: string[] = contributes.commands.map(({ command }: { command: string }) => command);
    assert.ok(declared.length > 0);
    const registered = await vscode.commands.getCommands(true);
    assert.deepEqual(
      declared.filter((command) => !registered.includes(command)),
      [],
    );
  });
});
