/**
 * @file The rewriter against the language: random cells must do what the same TypeScript does as an ordinary module,
 * and every place in them must be found again.
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import ts from "typescript";
import { compile, declareVariables } from "../../extension/session/evaluator.ts";
import { installHooks } from "../../extension/session/hooks.ts";
import { Edits } from "../../extension/session/rewrite/edits.ts";
import { Lines, type Position } from "../../extension/session/rewrite/positions.ts";
import { rewriteCell } from "../../extension/session/rewrite/rewrite.ts";

/** What a cell did: the marks it passed, with the value at each; and how it ended. */
interface Trace {
  readonly marks: readonly string[];
  readonly end: string;
}

/** Called by the cells as `mark(k, value)`, each `k` standing once in a cell's text. */
type Mark = (k: number, value: unknown) => unknown;

const show = (value: unknown) => JSON.stringify(value, (_, item) => (typeof item === "function" ? "function" : item));

/** Where in the script the caller of `mark` stands. */
function callerPosition(): Position {
  const prepare = Error.prepareStackTrace;
  Error.prepareStackTrace = (_, callSites) => callSites;
  const [, , caller] = new Error().stack as unknown as NodeJS.CallSite[];
  Error.prepareStackTrace = prepare;
  return { line: (caller.getLineNumber() ?? 0) - 1, column: (caller.getColumnNumber() ?? 0) - 1 };
}

/** The engine describes the rewritten expression in some messages. */
const ending = (error: unknown) => String(error).replace(/(\(intermediate value\))+/g, "…");

async function asModule(source: string): Promise<Trace> {
  const marks: string[] = [];
  const mark: Mark = (k, value) => {
    marks.push(`${k} ${show(value)}`);
    return value;
  };
  const { outputText } = ts.transpileModule(source, {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
  });
  const body = `"use strict"; return (async () => {\n${outputText.replace(/^export \{\};$/m, "")}\n})()`;
  let end = "ok";
  await (new Function("mark", body)(mark) as Promise<void>).catch((error: Error) => {
    end = ending(error);
  });
  return { marks, end };
}

let hooked = false;
let cells = 0;

async function asCell(source: string): Promise<Trace> {
  if (!hooked) installHooks({ load: () => Promise.reject(new Error("no imports here")), result: () => {}, meta: {} });
  hooked = true;
  const { script, names, toCell } = rewriteCell(source, ++cells);
  const lines = new Lines(source);
  const marks: string[] = [];
  const mark: Mark = (k, value) => {
    marks.push(`${k} ${show(value)}`);
    const position = toCell(callerPosition()) ?? assert.fail(`no place for mark ${k}`);
    assert.equal(lines.offsetAt(position), source.indexOf(`mark(${k},`), `place of mark ${k}`);
    return value;
  };
  Object.assign(globalThis, { mark });
  declareVariables([...names.keys()].filter((name) => !declared.has(name)));
  for (const name of names.keys()) declared.add(name);
  let end = "ok";
  await compile(script, `random-${cells}.ts`)().catch((error: unknown) => {
    if (error instanceof assert.AssertionError) throw error;
    end = ending(error);
  });
  return { marks, end };
}

const declared = new Set<string>();

/** Random cells: every declaration form, types everywhere, lines with and without semicolons. */
class CellWriter {
  readonly #pick: (count: number) => number;
  readonly #values: string[] = [];
  readonly #functions: string[] = [];
  #names = 0;
  #marks = 0;

  /** `pick(n)`: a number below n. */
  constructor(pick: (count: number) => number) {
    this.#pick = pick;
  }

  cell(): string {
    const body = `${this.#block(3 + this.#pick(6), 2)}\n${this.#values.map((name) => this.#mark(name)).join("\n")}`;
    const atEnd = this.#name();
    return body + this.#choose(["", "\n", " // the end", `\nfunction ${atEnd}() { return ${this.#mark("1")} }`, ";"]);
  }

  #choose<T>(options: readonly T[]): T {
    return options[this.#pick(options.length)];
  }

  #name(): string {
    // Not used by any other cell: here a name must start without a value, in a session it would keep the old one.
    return `${this.#choose(["v", "été", "$"])}${cells}_${++this.#names}`;
  }

  #mark(value: string): string {
    return `mark(${++this.#marks}, ${value})`;
  }

  #type(): string {
    return this.#choose(["", ": number", ": any", ": Array<Map<string, number>> | any", ": (a?: number) => any | any"]);
  }

  #expression(depth = 2): string {
    const number = String(this.#pick(9));
    if (depth === 0) return this.#values.length > 0 ? this.#choose([number, this.#choose(this.#values)]) : number;
    const inner = () => this.#expression(depth - 1);
    return this.#choose<() => string>([
      inner,
      () => `(${inner()} + ${inner()})`,
      () => this.#mark(inner()),
      () => `(${inner()} as any as number)`,
      () => `(${inner()})!`,
      () => `(<any>${inner()})`,
      () => `(await ${inner()})`,
      () => `(await mark(${++this.#marks}, Promise.resolve(${inner()})), ${this.#mark(inner())})`,
      () => `[${inner()}, ${inner()}].map(<T,>(x: T, i?: number): T => x).length`,
      () => `((${this.#choose(["x", "x?: number", "x = 2"])}) => ${this.#mark("x")})(${inner()} as any)`,
      () => `\`a\${${inner()} satisfies unknown}\`.length`,
      () => (this.#functions.length > 0 ? `${this.#choose(this.#functions)}(${inner()})` : inner()),
      () => `(${inner()} ? ${inner()} : ${inner()})`,
    ])();
  }

  #block(statements: number, depth: number): string {
    const lines: string[] = [];
    for (let i = 0; i < statements; i++)
      lines.push(this.#statement(depth) + this.#choose(["\n", ";\n", " ; ", "\n\n"]));
    return lines.join("");
  }

  /** Declarations inside a block are not seen outside. */
  #inner(depth: number): string {
    const [values, functions] = [this.#values.length, this.#functions.length];
    const block = `{ ${this.#block(1 + this.#pick(2), depth - 1)} }`;
    this.#values.length = values;
    this.#functions.length = functions;
    return block;
  }

  #statement(depth: number): string {
    const declare = (make: (name: string) => string): string => {
      const name = this.#name();
      const text = make(name);
      this.#values.push(name);
      return text;
    };
    const simple: (() => string)[] = [
      () =>
        declare((name) => `${this.#choose(["const", "let", "var"])} ${name}${this.#type()} = ${this.#expression()}`),
      () => declare((name) => `let ${name}: number | undefined`),
      () => declare((name) => `const [, ${name} = ${this.#expression(0)}]: any[] = [1, ${this.#expression()}]`),
      () =>
        declare(
          (name) => `var { a: { ${name} }, ...rest${name} }: any = { a: { ${name}: ${this.#expression()} }, z: 1 }`,
        ),
      () => declare((name) => `let ${name} = ${this.#expression()}, other${name}: string = "x"`),
      () => declare((name) => `let ${name} = 1\n${name} ${this.#choose(["=", "+="])} ${this.#expression()}\n${name}++`),
      () => this.#mark(this.#expression()),
      () => `await ${this.#mark(this.#expression())}`,
      () => `(${this.#mark(this.#expression())})`,
      () => `[${this.#mark(this.#expression())}].length`,
      () => `interface I${this.#name()} { a: number }`,
      () => `type T${++this.#names}<A> = A | { [key: string]: A }`,
      () => declare((name) => `enum E${name} { A = ${this.#pick(9)}, B }\nconst ${name} = E${name}.B`),
      () =>
        declare(
          (name) =>
            `class C${name}<T> { constructor(readonly a: T, private b?: T) {} get x(): T { return ${this.#mark("this.a")} } }\nconst ${name} = new C${name}(${this.#expression()}).x`,
        ),
      () =>
        declare(
          (name) =>
            `abstract class D${name} { static s${this.#type()} = ${this.#mark("1")}; protected y!: number }\nconst ${name} = D${name}.s`,
        ),
    ];
    const nested: (() => string)[] = [
      () => this.#function(depth),
      () => `if (${this.#expression(1)} > 3) ${this.#inner(depth)} else ${this.#inner(depth)}`,
      () => `for (const x${this.#type() && ""} of [1, 2]) ${this.#inner(depth)}`,
      () => `for await (const x of [1, Promise.resolve(2)]) ${this.#mark("x")}`,
      () => declare((name) => `for (var ${name} = 0; ${name} < 2; ${name}++) ${this.#inner(depth)}`),
      () =>
        `try { ${this.#mark("1")}; if (${this.#expression(1)} > 4) throw new Error("e") } catch (error: unknown) ${this.#inner(depth)} finally { ${this.#mark("2")} }`,
      () =>
        `switch (${this.#expression(1)} as unknown) { case 1: ${this.#mark("1")}; default: { await 0\n[${this.#mark("2")}] } }`,
      () => this.#inner(depth),
    ];
    return this.#choose(depth > 0 ? [...simple, ...nested] : simple)();
  }

  #function(depth: number): string {
    const name = this.#name();
    const isAsync = this.#pick(2) === 1;
    const inner = this.#inner(depth);
    const body = isAsync ? inner : inner.replaceAll("for await", "for").replaceAll("await", "");
    const call = this.#mark(`${isAsync ? "await " : ""}${name}(${this.#expression(0)})`);
    const text = `${isAsync ? "async " : ""}function ${name}<T>(a: T, b?: number): ${isAsync ? "Promise<T>" : "T"} { ${body}\nreturn ${this.#mark("a")} }`;
    if (!isAsync) this.#functions.push(name);
    // Above or below its declaration.
    return this.#choose([`${call}\n${text}`, `${text}\n${call}`, text]);
  }
}

suite("rewriting", () => {
  test("random cells do what they mean, and every place in them is found again", async () => {
    let transformed = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(1000), { minLength: 40, maxLength: 400 }), async (entropy) => {
        let used = 0;
        const source = new CellWriter((count) => entropy[used++ % entropy.length] % count).cell();
        if (/\benum\b|readonly a/.test(source)) transformed++;
        assert.deepEqual(await asCell(source), await asModule(source));
      }),
      { numRuns: 300, seed: 20240511 },
    );
    assert.ok(transformed > 50, "too few cells went through TypeScript's own transform");
  }).timeout(60_000);

  test("edits keep account of every character", () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1, maxLength: 30, unit: fc.constantFrom("a", "b", "\n") }),
        fc.array(fc.record({ at: fc.nat(29), length: fc.nat(5), replace: fc.boolean() }), { maxLength: 6 }),
        (source, changes) => {
          const edits = new Edits(source);
          let free = 0;
          const kept = [...source].map(() => true);
          for (const { at, length, replace } of changes.sort((a, b) => a.at - b.at)) {
            const start = Math.max(free, at);
            const end = Math.min(start + length, source.length);
            if (start >= end) continue;
            if (replace) edits.replace(start, end, "XYZ");
            else edits.wrap({ start, end }, "<", ">");
            if (replace) kept.fill(false, start, end);
            free = end;
          }
          const { text, toSource } = edits.apply([{ text: "PROLOGUE", anchor: 0 }], "EPILOGUE");
          const copied = [...text].flatMap((character, offset) =>
            /[ab\n]/.test(character) ? [[offset, character]] : [],
          );
          assert.deepEqual(
            copied.map(([offset, character]) => [toSource(offset as number), character]),
            [...source].flatMap((character, offset) => (kept[offset] ? [[offset, character]] : [])),
          );
        },
      ),
    );
  });
});
