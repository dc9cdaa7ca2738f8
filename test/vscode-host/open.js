/**
 * @file `npm run vscode [-- FILE]`: a real VS Code with the extension loaded and a notebook open, the tutorial unless
 * one is named. Desktop VS Code where there is one; else code-server, for any browser, until Ctrl-C.
 */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { findDesktopCode } from "./desktop.js";
import { startServer } from "./server.js";

const root = path.resolve(import.meta.dirname, "../..");
const [given] = process.argv.slice(2);
const file = given && path.resolve(given);
if (file && !existsSync(file)) {
  console.error(`No such file: ${file}`);
  process.exit(1);
}
const folder = file ? path.dirname(file) : path.join(root, "examples");
const opener = path.join(import.meta.dirname, "opener");
const env = { ...process.env, ...(file ? { COTANGENT_OPEN: file } : {}) };

const desktop = findDesktopCode();
if (desktop) {
  const args = [
    "--new-window",
    ...[root, opener].map((extension) => `--extensionDevelopmentPath=${extension}`),
    folder,
  ];
  spawn(desktop, args, { env, stdio: "ignore", detached: true }).unref();
  console.log(`opened in ${desktop}`);
} else {
  const server = await startServer({ env, installed: [root, opener] });
  console.log(`VS Code is ready. Open this address in a browser; Ctrl-C ends it.\n\n  ${server.address(folder)}\n`);
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => server.stop().then(() => process.exit(0)));
}
