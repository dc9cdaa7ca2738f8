/** @file The sources as the compiler sees them, with files that are nowhere on the disk if need be. */
import path from "node:path";
import ts from "typescript";

/** @param virtual texts by path, relative to the root */
export function programOf(roots: readonly string[], virtual: ReadonlyMap<string, string> = new Map()): ts.Program {
  const { config } = ts.readConfigFile("tsconfig.json", ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [] }, ts.sys, ".");
  const settings: ts.CompilerOptions = { ...options, types: [], noEmit: true };
  const host = ts.createCompilerHost(settings);
  const texts = new Map([...virtual].map(([file, text]) => [path.resolve(file), text]));
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (file) => texts.has(path.resolve(file)) || fileExists(file);
  host.readFile = (file) => texts.get(path.resolve(file)) ?? readFile(file);
  host.getSourceFile = (file, version, ...rest) => {
    const text = texts.get(path.resolve(file));
    return text === undefined ? getSourceFile(file, version, ...rest) : ts.createSourceFile(file, text, version, true);
  };
  return ts.createProgram([...roots, ...virtual.keys()], settings, host);
}
