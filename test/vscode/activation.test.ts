import assert from "node:assert/strict";
import * as vscode from "vscode";

suite("the extension", () => {
  test("is there and activates", async () => {
    const extension = vscode.extensions.getExtension("cotangent.cotangent");
    assert.ok(extension, "VS Code did not load the extension");
    await extension.activate();
    assert.ok(extension.isActive);
  });
});
