/** @file Starts code-server on a loopback port, with user data that is thrown away when it stops. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { installCodeServer, serverEntry, serverNode } from "./install.js";

/** A quiet editor: no welcome, no chat, no trust question, nothing that reaches for the network. */
const quietSettings = {
  "security.workspace.trust.enabled": false,
  "workbench.startupEditor": "none",
  "workbench.tips.enabled": false,
  "workbench.enableExperiments": false,
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "chat.disableAIFeatures": true,
  "telemetry.telemetryLevel": "off",
  "update.mode": "none",
  "extensions.autoCheckUpdates": false,
  "extensions.autoUpdate": false,
  "extensions.ignoreRecommendations": true,
  "git.enabled": false,
  "files.autoSave": "off",
  "files.hotExit": "off",
};

/** No question at the start: the window opens in restricted mode. */
const distrust = {
  "security.workspace.trust.enabled": true,
  "security.workspace.trust.startupPrompt": "never",
  "security.workspace.trust.banner": "never",
};

async function freePort() {
  const server = net.createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = /** @type {net.AddressInfo} */ (server.address());
  server.close();
  await once(server, "close");
  return port;
}

/**
 * @typedef {object} Server
 * @property {(folder: string, payload?: Readonly<Record<string, string>>) => string} address
 *   The page that opens `folder`; `payload` is what a desktop VS Code takes as --name=path.
 * @property {() => Promise<void>} stop
 */

/**
 * @typedef {object} ServerOptions
 * @property {object} [settings]
 * @property {NodeJS.ProcessEnv} [env]
 * @property {readonly string[]} [installed] Folders of extensions.
 * @property {boolean} [trusting] If false, a folder that is opened is not trusted until somebody says so.
 * @property {boolean} [readsPayload] A page's payload counts. Messages then do not pop up: they are behind the bell.
 */

/**
 * @param {ServerOptions} [options]
 * @returns {Promise<Server>}
 */
export async function startServer({
  settings = {},
  env = process.env,
  installed = [],
  trusting = true,
  readsPayload = false,
} = {}) {
  await installCodeServer();
  const port = await freePort();
  const data = mkdtempSync(path.join(tmpdir(), "cotangent-vscode-"));
  mkdirSync(path.join(data, "User"));
  writeFileSync(
    path.join(data, "User/settings.json"),
    JSON.stringify({ ...quietSettings, ...(trusting ? {} : distrust), ...settings }),
  );
  // To the window this is a remote machine: settings that belong to a machine count only from its own file.
  mkdirSync(path.join(data, "Machine"));
  writeFileSync(path.join(data, "Machine/settings.json"), JSON.stringify(settings));
  const extensions = path.join(data, "extensions");
  mkdirSync(extensions);
  for (const folder of installed) symlinkSync(folder, path.join(extensions, path.basename(folder)));
  // Without a configuration file of its own code-server writes one into the home folder.
  const config = path.join(data, "config.yaml");
  writeFileSync(config, "auth: none\ncert: false\n");

  // Variables of a VS Code that we may ourselves run in would confuse this one.
  const clean = Object.fromEntries(
    Object.entries(env).filter(([name]) => !/^(VSCODE_|ELECTRON_RUN_AS_NODE$|PORT$)/.test(name)),
  );
  const child = spawn(
    serverNode,
    [
      ...[serverEntry, "--config", config, "--bind-addr", `127.0.0.1:${port}`, "--auth", "none"],
      ...["--user-data-dir", data, "--extensions-dir", extensions],
      ...["--disable-telemetry", "--disable-update-check", ...(trusting ? ["--disable-workspace-trust"] : [])],
      ...["--disable-getting-started-override", "--ignore-last-opened"],
      // A built VS Code reads a page's payload (extensionDevelopmentPath, extensionTestsPath) only with this.
      ...(readsPayload ? ["--vscode-option", "enable-smoke-test-driver"] : []),
    ],
    // A process group of its own: stopping it stops the extension hosts too.
    { env: clean, stdio: ["ignore", "pipe", "pipe"], detached: true },
  );
  let log = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (log += chunk));
  const exited = once(child, "exit");

  async function stop() {
    if (child.exitCode === null && child.signalCode === null) {
      process.kill(-child.pid, "SIGTERM");
      await Promise.race([exited, delay(5000)]);
    }
    // The leader may be gone and a child of it still there.
    try {
      process.kill(-child.pid, "SIGKILL");
    } catch {}
    rmSync(data, { recursive: true, force: true, maxRetries: 5 });
  }

  const started = Date.now();
  for (;;) {
    const health = await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => undefined);
    if (health?.ok) break;
    if (child.exitCode !== null || Date.now() - started > 60_000) {
      await stop();
      throw new Error(`code-server did not start within 60 s. It said:\n${log}`);
    }
    await delay(100);
  }

  return {
    stop,
    address(folder, payload = {}) {
      const remote = Object.entries(payload).map(([name, file]) => [name, `vscode-remote://127.0.0.1:${port}${file}`]);
      const query = new URLSearchParams({ folder, payload: JSON.stringify(remote) });
      return `http://127.0.0.1:${port}/?${query}`;
    },
  };
}
