/**
 * @file The types that cells are checked against, in dist/types/: the kernel's declarations, TypeScript's own libraries,
 * Node's, and the globals of a session. A person installs none of them.
 */
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";

const cache = "out/declarations";

/** Writing the kernel's declarations takes seconds, so they are made once for each state of its sources. */
function kernelDeclarations() {
  const hash = createHash("sha256").update(ts.version);
  const files = readdirSync("kernel", { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
  for (const file of files.sort()) hash.update(file).update(readFileSync(path.join("kernel", file)));
  const folder = path.join(cache, hash.digest("hex"));
  if (existsSync(folder)) return folder;

  const unfinished = `${folder}-${process.pid}`;
  const { config } = ts.readConfigFile("tsconfig.json", ts.sys.readFile);
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, ".");
  const program = ts.createProgram({
    rootNames: ["kernel/index.ts"],
    options: {
      ...options,
      noEmit: false,
      declaration: true,
      emitDeclarationOnly: true,
      stripInternal: true,
      rootDir: "kernel",
      outDir: unfinished,
      types: ["node"],
    },
  });
  const { diagnostics } = program.emit();
  if (diagnostics.length > 0) {
    const host = { getCanonicalFileName: String, getCurrentDirectory: () => ".", getNewLine: () => "\n" };
    throw new Error(ts.formatDiagnostics(diagnostics, host));
  }
  // The declarations of older sources, so that the cache does not grow.
  for (const old of readdirSync(cache)) {
    if (old !== path.basename(unfinished)) rmSync(path.join(cache, old), { recursive: true, force: true });
  }
  renameSync(unfinished, folder);
  return folder;
}

/** TypeScript declares WebAssembly only together with the DOM, which a session does not have. */
function webAssembly() {
  const file = ts.createSourceFile(
    "lib.dom.d.ts",
    readFileSync("node_modules/typescript/lib/lib.dom.d.ts", "utf8"),
    ts.ScriptTarget.Latest,
  );
  const found = file.statements.find(
    (statement) => ts.isModuleDeclaration(statement) && statement.name.text === "WebAssembly",
  );
  if (!found) throw new Error("TypeScript's lib.dom.d.ts declares no WebAssembly.");
  return file.text.slice(found.pos, found.end);
}

/** @param {string} target */
export function writeDeclarations(target) {
  mkdirSync(path.join(target, "typescript"), { recursive: true });
  cpSync(kernelDeclarations(), path.join(target, "cotangent"), { recursive: true });
  const libraries = "node_modules/typescript/lib";
  for (const file of readdirSync(libraries).filter((name) => /^lib\..*d\.ts$/.test(name))) {
    cpSync(path.join(libraries, file), path.join(target, "typescript", file));
  }
  for (const name of ["@types/node", "undici-types"]) {
    cpSync(path.join("node_modules", name), path.join(target, "node_modules", name), { recursive: true });
  }
  const globals = readFileSync("extension/language/session-globals.d.ts", "utf8");
  writeFileSync(path.join(target, "session-globals.d.ts"), `${globals}\n${webAssembly()}\n`);
}
