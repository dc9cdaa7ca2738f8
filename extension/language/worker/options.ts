/** @file The compiler options of a notebook: its tsconfig.json's, but for what cells need to be what they are. */
import { readdirSync } from "node:fs";
import path from "node:path";
import ts from "typescript";

/** What the extension brings along; all absolute. */
export interface ShippedTypes {
  readonly folder: string;
  readonly cotangent: string;
  readonly globals: string;
  readonly libraries: string;
  /** Patterns of the kernel's files but the one that exports its public names. */
  readonly inside: string[];
}

export function shippedTypes(folder: string): ShippedTypes {
  const normal = folder.replaceAll("\\", "/");
  return {
    folder: normal,
    cotangent: `${normal}/cotangent/index.d.ts`,
    globals: `${normal}/session-globals.d.ts`,
    libraries: `${normal}/typescript`,
    inside: readdirSync(path.join(folder, "cotangent"))
      .filter((name) => name !== "index.d.ts")
      .map((name) => `${normal}/cotangent/${name}`),
  };
}

export interface NotebookOptions {
  readonly options: ts.CompilerOptions;
  /** The files that these options were read from. */
  readonly readFrom: readonly string[];
}

export function optionsFor(folder: string, shipped: ShippedTypes): NotebookOptions {
  const config = ts.findConfigFile(folder, ts.sys.fileExists);
  const read = config === undefined ? { options: {}, readFrom: [] } : readOptions(config);
  const given: ts.CompilerOptions = read.options;
  const base = given.pathsBasePath ?? given.baseUrl;
  const paths = Object.entries(given.paths ?? {}).map(([name, targets]) => [
    name,
    targets.map((target) => path.posix.resolve(given.baseUrl ?? String(base ?? folder), target)),
  ]);
  const options: ts.CompilerOptions = {
    strict: true,
    lib: ["lib.esnext.d.ts"],
    ...given,
    // Whatever else a project's files run in, a cell runs in Node.
    types: [...new Set([...(given.types ?? []), "node"])],
    paths: { ...Object.fromEntries(paths), cotangent: [shipped.cotangent] },
    // A cell is a module that a session runs at once, in the newest JavaScript, and nothing is written to disk.
    target: ts.ScriptTarget.ESNext,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    moduleDetection: ts.ModuleDetectionKind.Force,
    resolveJsonModule: true,
    allowImportingTsExtensions: true,
    esModuleInterop: true,
    allowJs: true,
    noEmit: true,
    skipLibCheck: true,
    isolatedModules: false,
    isolatedDeclarations: false,
    composite: false,
    incremental: false,
    declaration: false,
    emitDeclarationOnly: false,
    outDir: undefined,
    outFile: undefined,
    rootDir: undefined,
    tsBuildInfoFile: undefined,
  };
  return { options, readFrom: read.readFrom };
}

function readOptions(config: string): NotebookOptions {
  const source = ts.readJsonConfigFile(config, ts.sys.readFile);
  // The files that it lists are of no interest: a notebook is its cells and what they import.
  const host: ts.ParseConfigHost = { ...ts.sys, readDirectory: () => [] };
  const { options } = ts.parseJsonSourceFileConfigFileContent(source, host, path.posix.dirname(config));
  return { options, readFrom: [config, ...(source.extendedSourceFiles ?? [])] };
}
