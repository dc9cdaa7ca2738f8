/** @file What is to be done on the page, collected and sent in batches; and what comes back for what was asked. */
import type { GraphicsAnswer, GraphicsBatch, GraphicsCommand, GraphicsObject } from "../../../protocol/graphics.ts";

interface Asked {
  resolve(answer: { readonly value: unknown; readonly bytes: ArrayBuffer | undefined }): void;
  reject(error: Error): void;
}

/** What stands for an object on the page. */
export class PageObject {
  readonly id: GraphicsObject;
  readonly commands: Commands;

  constructor(commands: Commands, id: GraphicsObject) {
    this.commands = commands;
    this.id = id;
  }
}

export class Commands {
  readonly #send: (batch: GraphicsBatch) => void;
  #batch: { commands: GraphicsCommand[]; bytes: string[] } | null = null;
  readonly #asked = new Map<number, Asked>();
  readonly #lost = new Map<GraphicsObject, (message: string) => void>();
  #lastObject: GraphicsObject = 0;
  #lastQuestion = 0;
  #ended: string | null = null;
  readonly #unheld = new FinalizationRegistry<GraphicsObject>((id) => this.forget(id));

  constructor(send: (batch: GraphicsBatch) => void) {
    this.#send = send;
  }

  /** Calls a method of an object; nothing comes back. */
  do(on: GraphicsObject, call: string, args: readonly unknown[]): void {
    this.#add(({ bytes }) => ({ on, call, with: args.map((each) => encoded(each, bytes)) }));
  }

  /** Calls a method that makes an object, which is forgotten there when what stands for it here is gone. */
  make<T extends PageObject>(on: GraphicsObject, call: string, args: readonly unknown[], kind: PageObjectKind<T>): T {
    const id = ++this.#lastObject;
    this.#add(({ bytes }) => ({ on, call, with: args.map((each) => encoded(each, bytes)), as: id }));
    const made = new kind(this, id);
    this.#unheld.register(made, id);
    return made;
  }

  /** Calls a method and waits for what it gives; `as` numbers the object that may come. */
  ask(
    on: GraphicsObject,
    call: string,
    args: readonly unknown[],
    as?: GraphicsObject,
  ): Promise<{ readonly value: unknown; readonly bytes: ArrayBuffer | undefined }> {
    const ask = ++this.#lastQuestion;
    return new Promise((resolve, reject) => {
      if (this.#ended !== null) {
        reject(new Error(this.#ended));
        return;
      }
      this.#asked.set(ask, { resolve, reject });
      this.#add(({ bytes }) => ({ on, call, with: args.map((each) => encoded(each, bytes)), as, ask }));
    });
  }

  newObject(): GraphicsObject {
    return ++this.#lastObject;
  }

  forget(id: GraphicsObject): void {
    this.#add(() => ({ forget: id }));
  }

  /** @param tell is called when the device with that number is gone */
  onLost(id: GraphicsObject, tell: (message: string) => void): void {
    this.#lost.set(id, tell);
  }

  hear(answer: GraphicsAnswer): void {
    if ("lost" in answer) {
      this.#lost.get(answer.lost)?.(answer.message);
      this.#lost.delete(answer.lost);
      return;
    }
    const asked = this.#asked.get(answer.to);
    this.#asked.delete(answer.to);
    if ("error" in answer) {
      asked?.reject(Object.assign(new Error(answer.error.message), { name: answer.error.name }));
      return;
    }
    const bytes = answer.bytes === undefined ? undefined : arrayBufferOf(Buffer.from(answer.bytes, "base64"));
    asked?.resolve({ value: answer.value, bytes });
  }

  /** The page is gone, and everything on it. */
  end(reason: string): void {
    if (this.#ended !== null) return;
    this.#ended = reason;
    this.#batch = null;
    for (const tell of this.#lost.values()) tell(reason);
    this.#lost.clear();
    for (const { reject } of this.#asked.values()) reject(new Error(reason));
    this.#asked.clear();
  }

  /** Commands of one turn of the event loop go together: a program is one message. */
  #add(command: (batch: { readonly bytes: string[] }) => GraphicsCommand): void {
    if (this.#ended !== null) return;
    if (this.#batch === null) {
      this.#batch = { commands: [], bytes: [] };
      queueMicrotask(() => this.#flush());
    }
    this.#batch.commands.push(command(this.#batch));
  }

  #flush(): void {
    const batch = this.#batch;
    this.#batch = null;
    if (batch !== null) this.#send(batch);
  }
}

type PageObjectKind<T extends PageObject> = new (commands: Commands, id: GraphicsObject) => T;

/** An argument as JSON, with references in place of objects and bytes. */
function encoded(value: unknown, bytes: string[]): unknown {
  if (value instanceof PageObject) return { object: value.id };
  if (ArrayBuffer.isView(value)) {
    bytes.push(Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("base64"));
    return { bytes: bytes.length - 1 };
  }
  if (Array.isArray(value)) return value.map((each) => encoded(each, bytes));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, encoded(each, bytes)]));
}

const arrayBufferOf = (buffer: Buffer): ArrayBuffer => new Uint8Array(buffer).buffer;
