/** @file What the command line asks for. */
import { type ParseArgsConfig, parseArgs } from "node:util";
import { closest } from "./closest.ts";
import { COMMAND_HELP, COMMANDS, type CommandName, HELP } from "./help.ts";
import { Problem } from "./problem.ts";
import { SESSION_FLAGS, type SessionFlags, sessionFlags } from "./session-flags.ts";

export interface RunCommand {
  readonly name: "run";
  readonly file: string;
  readonly output?: string;
  readonly html?: string;
  /** Each as it was written: `name=value`. */
  readonly parameters: readonly string[];
  readonly parametersFile?: string;
  readonly timeoutSeconds?: number;
  readonly allowErrors: boolean;
  readonly memoryLimitMB?: number;
  readonly threads?: number;
  /** What the editor has settings for. */
  readonly session: SessionFlags;
}

export interface CheckCommand {
  readonly name: "check";
  readonly files: readonly string[];
}

export interface ExportCommand {
  readonly name: "export";
  readonly file: string;
  readonly target: string;
  readonly kernelBeside: boolean;
}

export type Command =
  | RunCommand
  | CheckCommand
  | ExportCommand
  | { readonly name: "help"; readonly text: string }
  | { readonly name: "version" };

type Options = NonNullable<ParseArgsConfig["options"]>;

const HELP_OPTION = { help: { type: "boolean", short: "h" } } as const;
const RUN_OPTIONS = {
  ...HELP_OPTION,
  output: { type: "string" },
  html: { type: "string" },
  parameters: { type: "string", short: "p", multiple: true },
  "parameters-file": { type: "string" },
  timeout: { type: "string" },
  "allow-errors": { type: "boolean" },
  memory: { type: "string" },
  threads: { type: "string" },
  ...SESSION_FLAGS,
} as const;
const EXPORT_OPTIONS = { ...HELP_OPTION, "kernel-beside": { type: "boolean" } } as const;

/** Throws `Problem`. */
export function parseCommand(args: readonly string[]): Command {
  const [name, ...rest] = args;
  if (name === undefined) throw new Problem(`Which command?\n\n${HELP}`);
  if (name === "--version" || name === "-v") return { name: "version" };
  if (name === "--help" || name === "-h" || name === "help") {
    const about = COMMANDS.find((command) => command === rest[0]);
    return { name: "help", text: about ? COMMAND_HELP[about] : HELP };
  }
  switch (name) {
    case "run":
      return runCommand(rest);
    case "check":
      return checkCommand(rest);
    case "export":
      return exportCommand(rest);
  }
  if (name.startsWith("-")) throw unknown("option", name, ["--help", "--version"], HELP);
  // Someone who has a notebook and forgot the command.
  if (name.endsWith(".ipynb")) throw new Problem(`What is to be done with it? For example: cotangent run ${name}`);
  throw unknown("command", name, COMMANDS, HELP);
}

function runCommand(args: readonly string[]): Command {
  const { values, positionals } = parsed("run", args, RUN_OPTIONS);
  if (values.help) return { name: "help", text: COMMAND_HELP.run };
  const [file, extra] = positionals;
  if (file === undefined) throw wrong("run", "Which notebook? Give a .ipynb file after 'run'.");
  if (extra !== undefined) throw wrong("run", `One notebook at a time: '${extra}' is too much.`);
  const threads = positive("--threads", values.threads);
  if (threads !== undefined && !Number.isInteger(threads)) {
    throw wrong("run", `--threads should be a whole number and is '${values.threads}'.`);
  }
  return {
    name: "run",
    file,
    output: values.output,
    html: values.html,
    parameters: values.parameters ?? [],
    parametersFile: values["parameters-file"],
    timeoutSeconds: positive("--timeout", values.timeout),
    allowErrors: values["allow-errors"] ?? false,
    memoryLimitMB: positive("--memory", values.memory),
    threads,
    session: flagsOf(values),
  };
}

function flagsOf(values: Parameters<typeof sessionFlags>[0]): SessionFlags {
  try {
    return sessionFlags(values);
  } catch (error) {
    throw wrong("run", (error as Error).message);
  }
}

function checkCommand(args: readonly string[]): Command {
  const { values, positionals } = parsed("check", args, HELP_OPTION);
  if (values.help) return { name: "help", text: COMMAND_HELP.check };
  if (positionals.length === 0) throw wrong("check", "Which notebooks? Give .ipynb files after 'check'.");
  return { name: "check", files: positionals };
}

function exportCommand(args: readonly string[]): Command {
  const { values, positionals } = parsed("export", args, EXPORT_OPTIONS);
  if (values.help) return { name: "help", text: COMMAND_HELP.export };
  const [file, target, extra] = positionals;
  if (file === undefined) throw wrong("export", "Which notebook? Give a .ipynb file after 'export'.");
  if (target === undefined) throw wrong("export", "Where to? Give a .ts or .mjs file after the notebook.");
  if (extra !== undefined) throw wrong("export", `One notebook and one file: '${extra}' is too much.`);
  return { name: "export", file, target, kernelBeside: values["kernel-beside"] ?? false };
}

function parsed<O extends Options>(command: CommandName, args: readonly string[], options: O) {
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== "ERR_PARSE_ARGS_UNKNOWN_OPTION") throw wrong(command, firstSentence(message));
    const [, written] = /'(-[^'=]*)/.exec(message) ?? [];
    const known = Object.keys(options).map((name) => `--${name}`);
    throw unknown("option", written ?? message, known, COMMAND_HELP[command]);
  }
}

const firstSentence = (message: string): string => `${message.split(/\.\s/, 1)[0].replace(/\.$/, "")}.`;

function unknown(what: "option" | "command", written: string, known: readonly string[], help: string): Problem {
  const meant = closest(written, known);
  const hint = meant === undefined ? "" : ` Did you mean ${meant}?`;
  return new Problem(`There is no ${what} ${written}.${hint}\n\n${help}`);
}

function wrong(command: CommandName, problem: string): Problem {
  return new Problem(`${problem}\n\n${COMMAND_HELP[command]}`);
}

function positive(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw wrong("run", `${option} should be a number above 0 and is '${text}'.`);
}
