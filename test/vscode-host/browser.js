/**
 * @file Chromium for the tests: found, or installed by apt where that is possible and allowed, and opened by playwright.
 */
import { execFile } from "node:child_process";
import { accessSync, constants } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { chromium } from "playwright-core";

const execute = promisify(execFile);
const names = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];

/**
 * The full path of the first of these programs that stands on PATH.
 * @param {readonly string[]} programs
 */
export function onPath(programs) {
  for (const program of programs) {
    for (const folder of (process.env.PATH ?? "").split(path.delimiter)) {
      const file = path.join(folder, program);
      try {
        accessSync(file, constants.X_OK);
        return file;
      } catch {}
    }
  }
  return undefined;
}

/** Whether `command` ends well. @param {string} command @param {readonly string[]} args */
async function works(command, args) {
  try {
    await execute(command, args, { timeout: 10_000 });
    return true;
  } catch {
    return false;
  }
}

/** The path of a Chromium; installs it by apt when it is missing and we may. */
export async function ensureChromium() {
  const given = process.env.CHROMIUM;
  if (given) return given;
  const found = onPath(names);
  if (found) return found;

  const missing = "Chromium is needed for the tests in a real VS Code and in a page, and is not installed.";
  const remedy = "Install it (Debian, Ubuntu: `apt-get install -y chromium`) or set CHROMIUM to its executable.";
  if (!onPath(["apt-get"])) throw new Error(`${missing} ${remedy}`);
  const root = process.getuid?.() === 0;
  if (!root && !(await works("sudo", ["-n", "true"]))) {
    throw new Error(`${missing} This account may not install packages. ${remedy}`);
  }
  const apt = [...(root ? ["env"] : ["sudo", "-n", "env"]), "DEBIAN_FRONTEND=noninteractive", "apt-get"];
  // Another apt may hold the lock for a while on a machine that has just started.
  const options = ["-o", "DPkg::Lock::Timeout=500", "-qq"];
  console.log("installing Chromium by apt, once");
  try {
    await execute(apt[0], [...apt.slice(1), ...options, "update"], { maxBuffer: 1 << 26 });
    await execute(apt[0], [...apt.slice(1), ...options, "install", "-y", "chromium"], { maxBuffer: 1 << 26 });
  } catch (error) {
    const { stderr } = /** @type {{ stderr?: string }} */ (error);
    throw new Error(`${missing} apt-get could not install it: ${(stderr || String(error)).trim()} ${remedy}`);
  }
  const installed = onPath(names);
  if (!installed) throw new Error(`${missing} apt-get left no chromium on PATH. ${remedy}`);
  return installed;
}

/**
 * A headless browser with one page.
 * @param {{ width?: number, height?: number, args?: readonly string[] }} [options]
 */
export async function openBrowser({ width = 1280, height = 900, args = [] } = {}) {
  const browser = await chromium.launch({
    executablePath: await ensureChromium(),
    args: ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking", ...args],
  });
  const page = await browser.newPage({ viewport: { width, height } });
  return { browser, page };
}
