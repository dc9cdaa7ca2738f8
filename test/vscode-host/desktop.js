/** @file Finds a desktop VS Code: the executable itself, not the `code` command that talks to it. */
import { existsSync, realpathSync } from "node:fs";
import path from "node:path";
import { onPath } from "./browser.js";

/** The executable of a desktop VS Code that can open a window here, if there is one. */
export function findDesktopCode() {
  const given = process.env.VSCODE_EXECUTABLE;
  if (given) {
    if (!existsSync(given)) throw new Error(`VSCODE_EXECUTABLE is ${given}, and there is no such file.`);
    return given;
  }
  if (process.platform === "linux" && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) return undefined;
  const command = onPath(process.platform === "win32" ? ["code.cmd"] : ["code"]);
  if (!command) return undefined;
  // <root>/bin/code belongs to <root>/code; in the macOS bundle it is Contents/Resources/app/bin/code.
  const bin = path.dirname(realpathSync(command));
  const candidates = {
    linux: [path.join(bin, "../code")],
    darwin: [path.join(bin, "../../../MacOS/Electron"), path.join(bin, "../../../MacOS/Code")],
    win32: [path.join(bin, "../Code.exe")],
  }[/** @type {string} */ (process.platform)];
  return candidates?.find((file) => existsSync(file));
}
