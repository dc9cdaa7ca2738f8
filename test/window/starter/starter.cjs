/** @file Opens every notebook of the folder and runs its cells, in "debugged.ipynb" the last one in the debugger. */
const path = require("node:path");
const vscode = require("vscode");

exports.activate = async () => {
  await vscode.extensions.getExtension("cotangent.cotangent").activate();
  for (const uri of await vscode.workspace.findFiles("*.ipynb")) {
    const notebook = await vscode.workspace.openNotebookDocument(uri);
    await vscode.window.showNotebookDocument(notebook, { preview: false });
    const isDebugged = path.basename(uri.path) === "debugged.ipynb";
    const end = notebook.cellCount - (isDebugged ? 1 : 0);
    void vscode.commands.executeCommand("notebook.cell.execute", { ranges: [{ start: 0, end }], document: uri });
    if (isDebugged) void vscode.commands.executeCommand("cotangent.debugCell", notebook.cellAt(end));
  }
};
