/** @file The files on disk that programs read, remembered until someone says that files have changed. */
import { statSync } from "node:fs";
import ts from "typescript";

interface KnownFile {
  readonly version: string;
  readonly snapshot: ts.IScriptSnapshot;
}

export class Disk {
  /** Never changes while we run, so it is asked for but once. */
  readonly #fixed: string;
  readonly #files = new Map<string, KnownFile>();
  readonly #checked = new Map<string, boolean>();
  #generation = 0;

  /** @param fixed the folder of the types that the extension brings */
  constructor(fixed: string) {
    this.#fixed = `${fixed}/`;
  }

  /** Another number after every `forget`. */
  get generation(): number {
    return this.#generation;
  }

  snapshot(file: string): ts.IScriptSnapshot | undefined {
    return this.#known(file)?.snapshot;
  }

  version(file: string): string {
    return this.#known(file)?.version ?? "gone";
  }

  fileExists(file: string): boolean {
    const known = this.#checked.get(file);
    if (known !== undefined) return known;
    const exists = ts.sys.fileExists(file);
    this.#checked.set(file, exists);
    return exists;
  }

  /** Something on disk changed: whatever is read next is looked at anew. */
  forget(): void {
    this.#generation++;
    this.#checked.clear();
    for (const [file, { version }] of this.#files) {
      if (!file.startsWith(this.#fixed) && version !== stamp(file)) this.#files.delete(file);
    }
  }

  #known(file: string): KnownFile | undefined {
    const known = this.#files.get(file);
    if (known) return known;
    const version = stamp(file);
    const text = ts.sys.readFile(file);
    if (text === undefined) return undefined;
    const read = { version, snapshot: ts.ScriptSnapshot.fromString(text) };
    this.#files.set(file, read);
    return read;
  }
}

function stamp(file: string): string {
  const found = statSync(file, { throwIfNoEntry: false });
  return found ? `${found.mtimeMs}:${found.size}` : "gone";
}
