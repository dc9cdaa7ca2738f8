/** @file Opens the notebook that $COTANGENT_OPEN names, or else the tutorial, once VS Code knows what a notebook is. */
const vscode = require("vscode");

exports.activate = async () => {
  const file = process.env.COTANGENT_OPEN;
  if (file) await vscode.commands.executeCommand("vscode.openWith", vscode.Uri.file(file), "jupyter-notebook");
  else await vscode.commands.executeCommand("cotangent.openTutorial");
};
