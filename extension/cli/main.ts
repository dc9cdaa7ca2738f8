#!/usr/bin/env node
/** @file The command `cotangent`: notebooks without an editor. */
import { readFile } from "node:fs/promises";
import { beside } from "./beside.ts";
import { type Command, parseCommand } from "./command.ts";
import { EXIT_BAD_INPUT, EXIT_OK } from "./exit-code.ts";
import { Problem } from "./problem.ts";
import { Terminal } from "./terminal.ts";

/** Each command is loaded when it is asked for: TypeScript, which two of them need, takes a while. */
async function execute(command: Command): Promise<number> {
  const terminal = new Terminal(process.stdout);
  switch (command.name) {
    case "run":
      return (await import("./run.ts")).run(command, terminal);
    case "check":
      return (await import("./check.ts")).check(command, terminal);
    case "export":
      return (await import("./export.ts")).exportNotebook(command, terminal);
    case "help":
      terminal.line(command.text);
      return EXIT_OK;
    case "version": {
      const { version } = JSON.parse(await readFile(beside("../package.json"), "utf8")) as { version: string };
      terminal.line(`cotangent ${version}`);
      return EXIT_OK;
    }
  }
}

try {
  process.exitCode = await execute(parseCommand(process.argv.slice(2)));
} catch (error) {
  // Anything else is a mistake of ours and shows its stack.
  if (!(error instanceof Problem)) throw error;
  console.error(error.message);
  process.exitCode = EXIT_BAD_INPUT;
}
