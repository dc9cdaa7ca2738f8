/**
 * @file A notebook as modules: one virtual file per cell, which holds the cell's text, untouched, after a preamble that
 * imports from the other cells what this one may use of them and exports what it declares. A name comes from the latest
 * cell before that declares it, so that it has the type it has at that point of the notebook. TypeScript then checks
 * cells one by one, and an edit leaves most of them as they are.
 */
import type { CellText } from "../../../protocol/language.ts";
import { type CellNames, namesOf } from "./declared-names.ts";

/** The scheme by which one cell's preamble names another cell. */
export const CELL_SCHEME = "cotangent-cell:";

export interface CellModule {
  readonly uri: string;
  readonly key: string;
  /** Absolute path of the virtual file; in the notebook's folder, where its relative imports start. */
  readonly file: string;
  readonly source: string;
  /** The whole virtual file: preamble, then source. */
  readonly text: string;
  /** Length of the preamble. */
  readonly shift: number;
  readonly version: number;
  readonly names: CellNames;
  /** Where each name that the cell sees and does not declare comes from. */
  readonly visible: ReadonlyMap<string, VisibleName>;
  /** The cells that the preamble takes names from. */
  readonly takesFrom: ReadonlySet<string>;
}

export interface VisibleName {
  /** URI of the cell that declares it. */
  readonly from: string;
  /** That cell comes later: the name is there only once it ran. */
  readonly later: boolean;
  /** Offset of the name in the preamble; undefined when the preamble does not need it. */
  readonly offset: number | undefined;
}

interface ReadCell {
  readonly cell: CellText;
  readonly names: CellNames;
}

export class CellModules {
  readonly #prefix: string;
  readonly #keys = new Map<string, string>();
  #read: ReadCell[] = [];
  #modules = new Map<string, CellModule>();
  #byFile = new Map<string, CellModule>();
  #byKey = new Map<string, CellModule>();
  #lastKey = 0;
  #version = 0;
  #focus: string | undefined;

  /** @param prefix what the names of virtual files begin with: a path */
  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  /** In the order of the notebook. */
  get all(): readonly CellModule[] {
    return this.#read.map(({ cell }) => this.#modules.get(cell.uri)!);
  }

  get(uri: string): CellModule | undefined {
    return this.#modules.get(uri);
  }

  ofFile(file: string): CellModule | undefined {
    return this.#byFile.get(file);
  }

  /** Path of the cell that a preamble names. */
  fileOfSpecifier(specifier: string): string | undefined {
    return this.#byKey.get(specifier.slice(CELL_SCHEME.length))?.file;
  }

  /** Takes the notebook's cells; returns the URIs of those whose virtual file became another. */
  update(cells: readonly CellText[]): Set<string> {
    const before = new Map(this.#read.map((read) => [read.cell.uri, read]));
    this.#read = cells.map((cell) => {
      const known = before.get(cell.uri);
      const same = known?.cell.text === cell.text && known.cell.language === cell.language;
      return { cell, names: same ? known.names : namesOf(cell.text, cell.language === "javascript") };
    });
    return this.#rebuild();
  }

  updateOne(uri: string, text: string): Set<string> {
    return this.update(this.#read.map(({ cell }) => (cell.uri === uri ? { ...cell, text } : cell)));
  }

  /**
   * Gives one cell all names it could use, not only those it mentions: what completion needs. Having them in every cell
   * would make the preambles of a long notebook longer than its cells.
   */
  focus(uri: string): Set<string> {
    if (this.#focus === uri) return new Set();
    this.#focus = uri;
    return this.#rebuild();
  }

  #rebuild(): Set<string> {
    const changed = new Set<string>();
    const old = this.#modules;
    this.#modules = new Map();
    this.#byFile = new Map();
    this.#byKey = new Map();
    const firstOf = new Map<string, number>();
    for (let index = this.#read.length - 1; index >= 0; index--) {
      for (const name of this.#read[index].names.declared.keys()) firstOf.set(name, index);
    }
    const latest = new Map<string, number>();
    this.#read.forEach((read, index) => {
      const built = this.#build(read, latest, firstOf);
      const known = old.get(read.cell.uri);
      const same = known?.text === built.text && known.file === built.file;
      const module = same ? { ...built, version: known.version } : built;
      if (!same) changed.add(module.uri);
      this.#modules.set(module.uri, module);
      this.#byFile.set(module.file, module);
      this.#byKey.set(module.key, module);
      for (const name of read.names.declared.keys()) latest.set(name, index);
    });
    return changed;
  }

  #build(read: ReadCell, latest: ReadonlyMap<string, number>, firstOf: ReadonlyMap<string, number>): CellModule {
    const { cell, names } = read;
    const key = this.#keyOf(cell.uri);
    const visible = new Map<string, VisibleName>();
    const takesFrom = new Set<string>();
    let preamble = /^(\s*\/\/.*\n)*\s*\/\/\s*@ts-nocheck/.test(cell.text) ? "// @ts-nocheck\n" : "";

    const perCell = new Map<number, string[]>();
    const mirrored: [string, number][] = [];
    const consider = (name: string, index: number, later: boolean) => {
      if (names.declared.has(name)) return;
      const source = this.#read[index];
      visible.set(name, { from: source.cell.uri, later, offset: undefined });
      if (!names.mentioned.has(name) && (later || this.#focus !== cell.uri)) return;
      takesFrom.add(source.cell.uri);
      const kind = source.names.declared.get(name)?.kind;
      // An import can not be assigned to; what stands for it can, and has its type.
      const writable = kind === "let" || kind === "var";
      if (writable && names.assigned.has(name) && cell.language === "typescript") mirrored.push([name, index]);
      else perCell.set(index, [...(perCell.get(index) ?? []), name]);
    };
    for (const [name, index] of latest) consider(name, index, false);
    for (const [name, index] of firstOf) if (!latest.has(name)) consider(name, index, true);

    const write = (name: string) => {
      const known = visible.get(name)!;
      visible.set(name, { ...known, offset: preamble.length });
      preamble += name;
    };
    const specifier = (index: number) => JSON.stringify(CELL_SCHEME + this.#keyOf(this.#read[index].cell.uri));
    for (const [index, taken] of perCell) {
      preamble += "import { ";
      taken.forEach((name, position) => {
        if (position > 0) preamble += ", ";
        write(name);
      });
      preamble += ` } from ${specifier(index)}; `;
    }
    for (const [name, index] of mirrored) {
      preamble += "declare let ";
      write(name);
      preamble += `: typeof import(${specifier(index)}).${name}; `;
    }
    const exported = [...names.declared].filter(([, declared]) => !declared.exported).map(([name]) => name);
    // Also when it is empty: it makes the file a module.
    preamble += `export { ${exported.join(", ")} };\n`;
    const extension = cell.language === "javascript" ? "js" : "ts";
    return {
      uri: cell.uri,
      key,
      file: `${this.#prefix}${key}.${extension}`,
      source: cell.text,
      text: preamble + cell.text,
      shift: preamble.length,
      version: ++this.#version,
      names,
      visible,
      takesFrom,
    };
  }

  #keyOf(uri: string): string {
    let key = this.#keys.get(uri);
    if (key === undefined) {
      key = String(++this.#lastKey);
      this.#keys.set(uri, key);
    }
    return key;
  }
}

/** The cells whose types may have changed: those that changed, and those that take names from one of them. */
export function affectedBy(changed: ReadonlySet<string>, modules: readonly CellModule[]): Set<string> {
  const affected = new Set(changed);
  for (let grew = true; grew; ) {
    grew = false;
    for (const { uri, takesFrom } of modules) {
      if (affected.has(uri) || ![...takesFrom].some((from) => affected.has(from))) continue;
      affected.add(uri);
      grew = true;
    }
  }
  return affected;
}
