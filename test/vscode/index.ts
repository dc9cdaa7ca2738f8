/** @file What VS Code loads in its extension host to run this folder's tests; a rejection means that some failed. */
import { readdirSync } from "node:fs";
import path from "node:path";
import { runMocha } from "../runner.ts";

export async function run(): Promise<void> {
  const tests = readdirSync(__dirname).filter((file) => file.endsWith(".test.cjs"));
  // `require`, not `import`: VS Code hands out the module "vscode" through require.
  const { failures } = await runMocha(
    tests.sort().map((file) => path.join(__dirname, file)),
    "require",
  );
  if (failures.length) throw new Error(`${failures.length} tests failed`);
}
