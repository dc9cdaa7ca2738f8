/** @file TypeScript's language service for one notebook: its cells, the files they import, and the shipped types. */
import ts from "typescript";
import type { CellText } from "../../../protocol/language.ts";
import { affectedBy, CELL_SCHEME, type CellModule, CellModules } from "./cell-modules.ts";
import type { Disk } from "./disk.ts";
import { type NotebookOptions, optionsFor, type ShippedTypes } from "./options.ts";

export interface ProgramSetting {
  /** Name of the notebook's file, and the folder it is in (absolute). */
  readonly name: string;
  readonly folder: string;
  readonly shipped: ShippedTypes;
  readonly disk: Disk;
  /** Shared by all notebooks, so that TypeScript's libraries are parsed once. */
  readonly registry: ts.DocumentRegistry;
}

/** What the names of virtual cells have in common; names of no files of a person's. */
export const CELL_FILE_MARK = ".cotangent-cell-";

/** Two programs must not share a virtual file, not even when a notebook is closed and opened again. */
let programs = 0;

/** The host's way to say that what imports resolve to may have changed; TypeScript reads it and does not declare it. */
interface Host extends ts.LanguageServiceHost {
  hasInvalidatedResolutions(): boolean;
  getCachedExportInfoMap(): ExportInfoMap;
}

/** What can be imported from where: TypeScript's own, which it exports without declaring it. */
interface ExportInfoMap {
  clear(): void;
}

const { createCacheableExportInfoMap } = ts as typeof ts & {
  createCacheableExportInfoMap(host: {
    getCurrentProgram(): ts.Program | undefined;
    getPackageJsonAutoImportProvider(): undefined;
    getGlobalTypingsCacheLocation(): undefined;
  }): ExportInfoMap;
};

export class NotebookProgram {
  readonly modules: CellModules;
  readonly service: ts.LanguageService;
  readonly #setting: ProgramSetting;
  readonly #folder: string;
  #options: NotebookOptions;
  #projectVersion = 0;
  #generation: number;
  #resolutions: ts.ModuleResolutionCache;
  #stale = false;
  /** Files with an import that leads nowhere. */
  readonly #lacking = new Set<string>();
  readonly #exports: ExportInfoMap;
  /** The files that `#exports` was made from. */
  #exportsOf = "";

  constructor(setting: ProgramSetting) {
    this.#setting = setting;
    this.#folder = setting.folder.replaceAll("\\", "/").replace(/\/$/, "");
    this.modules = new CellModules(`${this.#folder}/${setting.name}${CELL_FILE_MARK}${++programs}-`);
    this.#options = optionsFor(this.#folder, setting.shipped);
    this.#resolutions = this.#newResolutions();
    this.#generation = setting.disk.generation;
    this.#exports = createCacheableExportInfoMap({
      getCurrentProgram: () => this.service.getProgram(),
      getPackageJsonAutoImportProvider: () => undefined,
      getGlobalTypingsCacheLocation: () => undefined,
    });
    this.service = ts.createLanguageService(this.#host(), setting.registry);
  }

  /** Takes the notebook's cells; returns the URIs of those whose problems may be others now. */
  update(cells: readonly CellText[]): Set<string> {
    return this.#changed(this.modules.update(cells));
  }

  updateCell(uri: string, text: string): Set<string> {
    return this.#changed(this.modules.updateOne(uri, text));
  }

  /** Makes all names that this cell may use known in it. */
  focus(uri: string): void {
    if (this.modules.focus(uri).size > 0) this.#projectVersion++;
    // What can be imported is remembered from question to question: finding it takes longer than all the rest.
    const files = this.service.getProgram()?.getSourceFiles() ?? [];
    const others = files.filter(({ fileName }) => !this.modules.ofFile(fileName)).map(({ fileName }) => fileName);
    if (others.join() === this.#exportsOf) return;
    this.#exportsOf = others.join();
    this.#exports.clear();
  }

  /** Files on disk changed. */
  refresh(): void {
    const { disk, shipped } = this.#setting;
    if (this.#generation === disk.generation) return;
    this.#generation = disk.generation;
    this.#options = optionsFor(this.#folder, shipped);
    this.#resolutions = this.#newResolutions();
    this.#exports.clear();
    this.#stale = true;
    this.#projectVersion++;
    // Here and not at the next question, because only one program is to be built from no old resolutions.
    this.service.getProgram();
    this.#stale = false;
  }

  /** Whether problems of types are wanted in cells of JavaScript. */
  get checksJavaScript(): boolean {
    return this.#options.options.checkJs === true;
  }

  /** Some cell imports what is not there: not yet, perhaps, while a package is being installed. */
  get lacksModules(): boolean {
    return this.modules.all.some(({ file }) => this.#lacking.has(file));
  }

  /** Files of the shipped types that nobody imports by their paths, as patterns. */
  get inside(): string[] {
    return this.#setting.shipped.inside;
  }

  isShipped(file: string): boolean {
    return file.startsWith(`${this.#setting.shipped.folder}/`);
  }

  /** The program as of now, and a cell's file in it. */
  sourceFile(module: CellModule): ts.SourceFile | undefined {
    return this.service.getProgram()?.getSourceFile(module.file);
  }

  dispose(): void {
    this.service.dispose();
  }

  #changed(changed: Set<string>): Set<string> {
    this.#projectVersion++;
    return affectedBy(changed, this.modules.all);
  }

  #newResolutions(): ts.ModuleResolutionCache {
    return ts.createModuleResolutionCache(this.#folder, (name) => name, this.#options.options);
  }

  #host(): Host {
    const { disk, shipped } = this.#setting;
    const cell = (file: string) => this.modules.ofFile(file);
    const moduleHost: ts.ModuleResolutionHost = {
      fileExists: (file) => disk.fileExists(file),
      readFile: ts.sys.readFile,
      directoryExists: ts.sys.directoryExists,
      realpath: ts.sys.realpath,
      getDirectories: ts.sys.getDirectories,
      getCurrentDirectory: () => this.#folder,
    };
    return {
      getCompilationSettings: () => this.#options.options,
      getProjectVersion: () => String(this.#projectVersion),
      getScriptFileNames: () => [
        ...this.modules.all.map(({ file }) => file),
        // So that its names are offered before the first import.
        shipped.cotangent,
        shipped.globals,
      ],
      getScriptVersion: (file) => {
        const module = cell(file);
        return module ? String(module.version) : disk.version(file);
      },
      getScriptSnapshot: (file) => {
        const module = cell(file);
        return module ? ts.ScriptSnapshot.fromString(module.text) : disk.snapshot(file);
      },
      getCurrentDirectory: () => this.#folder,
      getDefaultLibFileName: (options) => `${shipped.libraries}/${ts.getDefaultLibFileName(options)}`,
      fileExists: (file) => cell(file) !== undefined || disk.fileExists(file),
      readFile: (file) => cell(file)?.text ?? ts.sys.readFile(file),
      directoryExists: ts.sys.directoryExists,
      getDirectories: ts.sys.getDirectories,
      readDirectory: ts.sys.readDirectory,
      realpath: ts.sys.realpath,
      useCaseSensitiveFileNames: () => ts.sys.useCaseSensitiveFileNames,
      getCachedExportInfoMap: () => this.#exports,
      hasInvalidatedResolutions: () => this.#stale,
      resolveModuleNameLiterals: (literals, containing, redirected, options) => {
        const found = literals.map(
          ({ text }) =>
            this.#ownModule(text) ??
            ts.resolveModuleName(text, containing, options, moduleHost, this.#resolutions, redirected),
        );
        if (found.some(({ resolvedModule }) => resolvedModule === undefined)) this.#lacking.add(containing);
        else this.#lacking.delete(containing);
        return found;
      },
      resolveTypeReferenceDirectiveReferences: (references, containing, redirected, options) =>
        references.map((reference) => {
          const name = typeof reference === "string" ? reference : reference.fileName;
          const found = ts.resolveTypeReferenceDirective(name, containing, options, moduleHost, redirected);
          if (found.resolvedTypeReferenceDirective !== undefined) return found;
          // The notebook's folder has no such package: ours, where we have it.
          const from = `${shipped.folder}/any.d.ts`;
          return ts.resolveTypeReferenceDirective(name, from, options, moduleHost, redirected);
        }),
    };
  }

  #ownModule(specifier: string): ts.ResolvedModuleWithFailedLookupLocations | undefined {
    const file = specifier.startsWith(CELL_SCHEME)
      ? this.modules.fileOfSpecifier(specifier)
      : specifier === "cotangent"
        ? this.#setting.shipped.cotangent
        : undefined;
    if (file === undefined) {
      return specifier.startsWith(CELL_SCHEME) ? { resolvedModule: undefined } : undefined;
    }
    const extension = file.endsWith(".d.ts")
      ? ts.Extension.Dts
      : file.endsWith(".js")
        ? ts.Extension.Js
        : ts.Extension.Ts;
    return { resolvedModule: { resolvedFileName: file, extension, isExternalLibraryImport: false } };
  }
}
