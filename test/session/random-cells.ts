/**
 * @file Random cells of one session, in all of the language that a cell may be written in. Each production below writes
 * one form; what it may refer to is said by its `Scope`.
 *
 * Cells call `mark(k, value)`, each `k` once in a session, and `box`, which can be called, indexed, divided and used
 * as a tag without end, so that a line which unexpectedly goes on with the next one is a different program rather than
 * a wrong one.
 */

/** What a place in a cell may refer to and do. */
interface Scope {
  readonly values: readonly string[];
  readonly variables: readonly string[];
  readonly constants: readonly string[];
  /** Callable with one argument, without `await`. */
  readonly functions: readonly string[];
  readonly labels: readonly string[];
  readonly awaits: boolean;
  readonly yields: boolean;
  readonly returns: boolean;
  readonly loops: boolean;
}

type Declared = Partial<Pick<Scope, "values" | "variables" | "constants" | "functions">>;

interface Statement {
  readonly text: string;
  /** What the statements after it can use. */
  readonly declares?: Declared;
}

type Production = (writer: CellWriter, scope: Scope, depth: number) => Statement;
type Expression = (writer: CellWriter, scope: Scope, depth: number) => string;

const EMPTY: Scope = {
  values: [],
  variables: [],
  constants: [],
  functions: [],
  labels: [],
  awaits: true,
  yields: false,
  returns: false,
  loops: false,
};

/** `pick(n)`: a number below n. `prefix`: what no name of another session begins with. */
export function randomSession(pick: (count: number) => number, prefix: string): string[] {
  const writer = new CellWriter(pick, prefix);
  const cells: string[] = [];
  let scope = EMPTY;
  for (let rest = 1 + pick(4); rest > 0; rest--) {
    const { text, scope: after } = writer.cell(scope);
    cells.push(text);
    scope = after;
  }
  return cells;
}

class CellWriter {
  readonly #pick: (count: number) => number;
  readonly #prefix: string;
  #names = 0;
  #marks = 0;
  /** A cell with an enum or the like is compiled by another way, so not all cells may have one. */
  #erasable = true;

  constructor(pick: (count: number) => number, prefix: string) {
    this.#pick = pick;
    this.#prefix = prefix;
  }

  cell(before: Scope): { text: string; scope: Scope } {
    this.#erasable = this.#pick(3) > 0;
    const directive = this.choose(["", "", "", '"use strict"\n', "'use strict';\n"]);
    const { text, scope } = this.list(before, 1 + this.#pick(1 + this.#pick(7)), 2);
    const values = scope.values.filter((name) => !before.values.includes(name));
    const marks = values.map((name) => this.mark(name)).join(this.choose(["\n", ";", " ; "]));
    return { text: `${directive}${text}\n;${marks}${this.#ending(scope)}`, scope };
  }

  #ending(scope: Scope): string {
    const name = this.name();
    return this.choose([
      "",
      "\n",
      " // the end",
      ";",
      `\nfunction ${name}() { return ${this.mark("1")} }`,
      `\n${this.expression(scope)}`,
      `\n(${this.expression(scope)} as any)`,
      `\nclass ${name} {}`,
      `\nlet ${name}`,
      `\nif (${this.expression(scope)}) var ${name}: any = 1`,
    ]);
  }

  choose<T>(options: readonly T[]): T {
    return options[this.#pick(options.length)];
  }

  chance(oneIn: number): boolean {
    return this.#pick(oneIn) === 1;
  }

  digit(): string {
    return String(this.#pick(9));
  }

  name(): string {
    return `${this.choose(["v", "été", "$", "_", "𝒳", "名", "async", "of", "e\u0301"])}${this.#prefix}_${++this.#names}`;
  }

  mark(value: string): string {
    return `mark(${++this.#marks}, ${value})`;
  }

  type(): string {
    return this.choose(TYPES);
  }

  expression(scope: Scope, depth = 2): string {
    if (depth <= 0) return this.#leaf(scope);
    const usable = [
      ...EXPRESSIONS,
      ...(scope.awaits ? AWAITING : []),
      ...(scope.yields ? YIELDING : []),
      ...(this.#erasable ? [] : COMPILED_EXPRESSIONS),
    ];
    return this.choose(usable)(this, scope, depth);
  }

  #leaf({ values }: Scope): string {
    return values.length > 0 && this.#pick(3) > 0 ? this.choose(values) : this.digit();
  }

  statement(scope: Scope, depth: number): Statement {
    const usable = [
      ...DECLARATIONS,
      ...DECLARATIONS,
      ...SIMPLE,
      ...HAZARDS,
      ...(scope.awaits ? AWAITING_STATEMENTS : []),
      ...(scope.loops || scope.labels.length > 0 ? JUMPS : []),
      ...(scope.returns ? RETURNS : []),
      ...(depth > 0 ? NESTED : []),
      ...(depth > 0 && scope.awaits ? AWAITING_NESTED : []),
      // Only at the top of a cell.
      ...(depth === 2 && !scope.returns ? TOP_LEVEL : []),
      ...(depth === 2 && !scope.returns && !this.#erasable ? COMPILED : []),
    ];
    return this.choose(usable)(this, scope, depth);
  }

  list(outer: Scope, count: number, depth: number): { text: string; scope: Scope } {
    let scope = outer;
    let text = "";
    for (let rest = count; rest > 0; rest--) {
      const { text: written, declares } = this.statement(scope, depth);
      text += written + this.choose(SEPARATORS);
      scope = declares ? extended(scope, declares) : scope;
    }
    return { text, scope };
  }

  /** Of its own scope, perhaps with names that hide others. */
  block(outer: Scope, depth: number, changes: Partial<Scope> = {}): string {
    const scope = { ...outer, ...changes };
    const hidden = scope.values.length > 0 && this.chance(3) ? this.choose(scope.values) : undefined;
    const hiding = hidden ? `${this.choose(["let", "const"])} ${hidden}${this.type()} = ${this.digit()};` : "";
    const inside = hidden ? extended(hide(scope, hidden), { values: [hidden] }) : scope;
    return `{ ${hiding}${this.list(inside, 1 + this.#pick(2), depth - 1).text} }`;
  }
}

function extended(scope: Scope, { values = [], variables = [], constants = [], functions = [] }: Declared): Scope {
  return {
    ...scope,
    values: [...scope.values, ...values],
    variables: [...scope.variables, ...variables],
    constants: [...scope.constants, ...constants],
    functions: [...scope.functions, ...functions],
  };
}

function hide(scope: Scope, name: string): Scope {
  const without = (names: readonly string[]) => names.filter((other) => other !== name);
  return {
    ...scope,
    variables: without(scope.variables),
    constants: without(scope.constants),
    functions: without(scope.functions),
  };
}

const FUNCTION: Partial<Scope> = { awaits: false, yields: false, returns: true, loops: false, labels: [] };

const SEPARATORS = ["\n", "\n", ";\n", " ; ", "\n\n", " // it's `one`\n", " /* ' */\n", ";\r\n", "\n/* ( */ "];

const TYPES = [
  "",
  "",
  ": any",
  ": Array<Map<string, any>> | any",
  ": (a?: number) => any | any",
  ": { [key: string]: any } | any",
  ': "a" | `b` | any',
  ": any /* : any */",
];

const EXPRESSIONS: readonly Expression[] = [
  (w, s, d) => w.expression(s, d - 1),
  (w, s, d) =>
    `(${w.expression(s, d - 1)} ${w.choose(["+", "-", "*", "??", ",", "===", "<", "&"])} ${w.expression(s, d - 1)})`,
  (w, s, d) => w.mark(w.expression(s, d - 1)),
  (w, s, d) => w.mark(w.expression(s, d - 1)),
  (w, s, d) => `(${w.expression(s, d - 1)} as any as number)`,
  (w, s, d) => `(${w.expression(s, d - 1)} satisfies unknown)`,
  (w, s, d) => `(${w.expression(s, d - 1)})!`,
  (w, s, d) => `[${w.expression(s, d - 1)}, ${w.expression(s, d - 1)}].map(<T,>(x: T, i?: number): T => x).length`,
  (w, s, d) =>
    `((${w.choose(["x", "x?: any", "x: any = 2", "x: any, ...rest: any[]"])}) => ${w.mark("x")})(${w.expression(s, d - 1)} as any)`,
  (w, s, d) => `(function (this: any, x: any) { return ${w.mark("x")} })(${w.expression(s, d - 1)})`,
  (w, s, d) => `\`a\${${w.expression(s, d - 1)}}b\${\`\${${w.expression(s, d - 1)}}\`}'\`.length`,
  (w, s, d) => `box\`a\${${w.expression(s, d - 1)}}\\n\`[0]`,
  (w, s, d) => `box<number>(${w.expression(s, d - 1)}).x`,
  (w, s, d) => `({ a: ${w.expression(s, d - 1)}, "b-c": 1, [\`k\${${w.expression(s, d - 1)}}\`]: 2 })`,
  (w) => `({ get a() { return ${w.mark("1")} }, set a(x: any) { ${w.mark("x")} }, m<T>(x: T) { return x } }).a`,
  (w, s, d) => `({ a: { b: ${w.expression(s, d - 1)} } } as any)?.a?.["b"]`,
  (w, s, d) => `(undefined as any)?.a.b[${w.expression(s, d - 1)}]`,
  // In parentheses, since TypeScript's parser loses its way in `await /['"]/`.
  (w, s, d) => `(/['"\`/]\\/[/(]${w.digit()}/g.test(String(${w.expression(s, d - 1)})))`,
  (w, s, d) => `(${w.expression(s, d - 1)} /* ) */ / 2 /1)`,
  (w, s, d) => `(${w.expression(s, d - 1)} ? ${w.expression(s, d - 1)} : ${w.expression(s, d - 1)})`,
  (w, s, d) =>
    `[...(function* (): Generator<any> { yield ${w.mark("1")}; yield* [${w.expression({ ...s, ...FUNCTION }, d - 1)}] })()].length`,
  (w, s, d) =>
    `new (class { x${w.choose(["", "?"])}: any = ${w.expression({ ...s, ...FUNCTION }, d - 1)}; get y() { return ${w.mark("this.x")} } })().y`,
  (w) => `typeof ${w.choose(["this", "this", "undeclared", "box"])}`,
  () => "(() => this)()",
  () => '"\u2028\u2029".length',
  () => "import.meta.nothing",
  (w, s, d) => `(box // '\n ?.(/* a */ ${w.expression(s, d - 1)} /* b */, // c\n)?.[1])`,
  (w, s, d) => `(${w.expression(s, d - 1)}<!--box.count)`,
  (w, s, d) =>
    `(({ a = ${w.expression({ ...s, ...FUNCTION }, d - 1)}, ...rest }: any, [b]: any[] = [1]) => ${w.mark("[a, rest, b]")})({})`,
  (w, s) => (s.functions.length > 0 ? `${w.choose(s.functions)}(${w.expression(s, 0)})` : w.expression(s, 0)),
  (w, s) => (s.values.length > 0 ? (({ name }) => `({ ${name} }).${name}`)({ name: w.choose(s.values) }) : "1"),
  (w, s, d) =>
    s.variables.length > 0
      ? `(${w.choose(s.variables)} ${w.choose(["=", "+=", "??=", "&&="])} ${w.expression(s, d - 1)})`
      : "2",
  (w, s) =>
    s.variables.length > 0
      ? w.choose(["NAME++", "--NAME", "(NAME as any)++", "-NAME!"]).replace("NAME", w.choose(s.variables))
      : "3",
];

const AWAITING: readonly Expression[] = [
  (w, s, d) => `(await ${w.expression(s, d - 1)})`,
  (w, s, d) => `(await mark.later(${w.expression(s, d - 1)}), ${w.mark(w.expression(s, d - 1))})`,
  (w, s, d) => `[await ${w.expression(s, d - 1)}, -await ${w.expression(s, d - 1)}].length`,
  (w, s, d) => `(await (async (x: any): Promise<any> => ${w.mark("x")})(${w.expression(s, d - 1)}))`,
  (w, s, d) => `\`\${await ${w.expression(s, d - 1)}}\``,
  (w, s, d) => `(await box(${w.expression(s, d - 1)}).y)?.z`,
];

const YIELDING: readonly Expression[] = [
  (w, s, d) => `(yield ${w.expression(s, d - 1)})`,
  (w) => `(yield* [${w.mark("1")}])`,
];

const COMPILED_EXPRESSIONS: readonly Expression[] = [
  (w, s, d) => `(<any>${w.expression(s, d - 1)})`,
  (w, s, d) =>
    `new (class { constructor(readonly a: any, private b${w.choose(["?", " "])}: any = 1) { ${w.mark("this.a")} } })(${w.expression(s, d - 1)}).a`,
];

/** Declares `name` in the way that `keyword` says. */
function declared(keyword: string, ...names: string[]): Declared {
  return keyword === "const" ? { values: names, constants: names } : { values: names, variables: names };
}

const DECLARATIONS: readonly Production[] = [
  (w, s) => {
    const [keyword, name] = [w.choose(["const", "let", "var"]), w.name()];
    return { text: `${keyword} ${name}${w.type()} = ${w.expression(s)}`, declares: declared(keyword, name) };
  },
  (w) => {
    const name = w.name();
    return { text: `${w.choose(["let", "var"])} ${name}${w.type()}`, declares: declared("let", name) };
  },
  (w, s) => {
    const [keyword, name] = [w.choose(["const", "let", "var"]), w.name()];
    const text = `${keyword} [, ${name} = ${w.expression(s, 1)}, ...$${name}]: any[] = [1, ${w.expression(s)}, ${w.expression(s, 0)}]`;
    return { text, declares: declared(keyword, name, `$${name}`) };
  },
  (w, s) => {
    const [keyword, name] = [w.choose(["const", "let", "var"]), w.name()];
    const text = `${keyword} { a: { b: ${name} = ${w.expression(s, 1)} }, ["c"]: $${name}, ...r${name} }: any = { a: { b: ${w.choose(["undefined", w.expression(s, 1)])} }, c: 1, z: 1 }`;
    return { text, declares: declared(keyword, name, `$${name}`, `r${name}`) };
  },
  (w, s) => {
    const [keyword, name] = [w.choose(["const", "let", "var"]), w.name()];
    const text = `${keyword} ${name} = ${w.expression(s)}, $${name}: any = ${name}, { r${name} = $${name} } = {} as any`;
    return { text, declares: declared(keyword, name, `$${name}`, `r${name}`) };
  },
  (w, s) => {
    const name = w.name();
    const body = w.choose([
      `(x: any) => ${w.mark("x")}`,
      `<T,>(x: T): T => { return ${w.mark("x")} }`,
      `function (x?: any) { return ${w.expression({ ...s, ...FUNCTION }, 1)} }`,
    ]);
    return { text: `const ${name} = ${body}`, declares: { values: [name], functions: [name] } };
  },
];

const SIMPLE: readonly Production[] = [
  (w, s) => ({ text: w.mark(w.expression(s)) }),
  (w, s) => ({ text: w.mark(w.expression(s)) }),
  (w, s) => ({ text: `void ${w.expression(s)}` }),
  (w, s) => {
    const name = w.name();
    return {
      text: `const /* a */ ${name} /* : b */ : /* c */ any // d = '\n = // e\n ${w.expression(s)}`,
      declares: declared("const", name),
    };
  },
  (w, s) => {
    const name = w.name();
    return { text: `let \\u0061${name} = ${w.expression(s)}`, declares: declared("let", `a${name}`) };
  },
  (w) => ({ text: `interface I${w.name()} { a: number; b?(x: any): void }` }),
  (w) => ({ text: `type T${w.name()}<A = any> = A | { [key: string]: A }` }),
  () => ({ text: ";" }),
  (w, s) => ({ text: s.constants.length > 0 && w.chance(3) ? assignment(w, s, w.choose(s.constants)) : w.mark("1") }),
  (w, s) => ({ text: s.variables.length > 0 ? assignment(w, s, w.choose(s.variables)) : w.mark("2") }),
  (w, s) => ({ text: s.variables.length > 0 ? assignment(w, s, w.choose(s.variables)) : w.mark("2") }),
];

function assignment(w: CellWriter, s: Scope, target: string): string {
  const value = w.expression(s);
  return w.choose([
    `${target} = ${value}`,
    `${target} += ${value}`,
    `${target} ??= ${value}`,
    `${target}++`,
    `;[${target}] = [${value}]`,
    `;[${target} = ${value}] = []`,
    `;({ ${target} } = { ${target}: ${value} })`,
    `;({ ${target} = ${value} } = {} as any)`,
    `;({ a: ${target}, ...box.rest } = { a: ${value} } as any)`,
    `;[...${target}] = [${value}] as any`,
    `for (${target} of [1, 2]) ${w.mark(target)}`,
    `for (${target} in { a: 1 }) ${w.mark(target)}`,
  ]);
}

/** Lines that go on with the one above them if nothing ends it. */
const HAZARDS: readonly Production[] = [
  (w, s) => ({ text: `(${w.mark(w.expression(s, 1))})` }),
  (w, s) => ({ text: `[${w.mark(w.expression(s, 1))}].length` }),
  (w, s) => ({ text: `\`\${${w.mark(w.expression(s, 1))}}\`` }),
  (w) => ({ text: `/1/g.test(${w.mark("1")})` }),
  (w, s) => ({ text: s.variables.length > 0 ? `${w.choose(["++", "--"])}${w.choose(s.variables)}` : "+1" }),
  (w, s) => ({ text: `-${w.expression(s, 1)}` }),
  (w, s) => ({ text: `box\n(${w.expression(s, 1)})\n[${w.mark("1")}]` }),
  (w, s) => ({ text: `box as any\n(${w.mark(w.expression(s, 1))})` }),
  (w, s) => ({ text: `box!\n\`\${${w.expression(s, 1)}}\`` }),
  (w, s) => {
    const name = w.name();
    return {
      text: `${w.choose(["let", "var"])} ${name}${w.choose(["", ": any"])} = box${w.choose(["", " as any"])}\n(${w.expression(s, 1)})`,
      declares: declared("let", name),
    };
  },
  (w, s) => ({ text: `do ${w.mark(w.expression(s, 1))}; while (false) ${w.mark("1")}` }),
  (w) => ({ text: `var never${w.name()}\n++box.count` }),
];

const AWAITING_STATEMENTS: readonly Production[] = [
  (w, s) => ({ text: `await ${w.mark(w.expression(s))}` }),
  (w, s) => ({ text: `await ${w.expression(s, 1)}, ${w.mark("1")}` }),
  (w, s) => ({ text: `if (${w.expression(s, 1)}) await ${w.mark("1")}\nelse await ${w.expression(s, 1)}` }),
];

const JUMPS: readonly Production[] = [
  (w, s) => ({ text: jump(w, s) }),
  (w, s) => ({ text: `if (${w.expression(s, 1)}) ${jump(w, s)}` }),
];

function jump(w: CellWriter, s: Scope): string {
  const labelled = s.labels.length > 0 ? [`break ${w.choose(s.labels)}`] : [];
  return `{ ${w.choose([...(s.loops ? ["break", "continue"] : []), ...labelled])} }`;
}

const RETURNS: readonly Production[] = [
  (w, s) => ({ text: `if (${w.expression(s, 1)}) return ${w.expression(s, 1)}` }),
];

const NESTED: readonly Production[] = [
  functionDeclaration,
  functionDeclaration,
  classDeclaration,
  (w, s, d) => ({ text: `if (${w.expression(s, 1)} > 3) ${w.block(s, d)} else ${w.block(s, d)}` }),
  (w, s, d) => ({ text: `for (const x of [1, 2]) ${w.block(s, d, { loops: true })}` }),
  (w, s, d) => ({
    text: `for (const [k, { v = 1 }] of [[1, {}], [2, { v: 3 }]] as any) { ${w.mark("[k, v]")}; ${w.block(s, d, { loops: true })} }`,
  }),
  (w, s, d) => {
    const label = w.name();
    const inner = w.block(s, d, { loops: true, labels: [...s.labels, label] });
    return { text: `${label}: for (let i = 0; i < 2; i++) { for (const j in { a: 1 }) ${inner} }` };
  },
  (w, s, d) => {
    const label = w.name();
    return { text: `${label}: ${w.block(s, d, { labels: [...s.labels, label] })}` };
  },
  (w, s, d) => {
    const name = w.name();
    const head = w.choose([
      `var ${name}: any; ${name} !== 2; ${name} = (${name} ?? 0) + 1`,
      `var ${name} = 0; ${name} < 2; ${name}++`,
      `var ${name} of [1, 2]`,
      `var ${name} in { a: 1, b: 2 }`,
      `var [${name} = 3] of [[1], []]`,
    ]);
    return { text: `for (${head}) ${w.block(s, d, { loops: true })}`, declares: { values: [name] } };
  },
  (w, s, d) => ({
    text: `{ const thunks: (() => any)[] = []; for (let i = 0; i < 3; i++) { thunks.push(() => i); ${w.block(s, d, { loops: true })} }; ${w.mark("thunks.map((f) => f())")} }`,
  }),
  (w, s, d) => ({
    text: `try { ${w.mark("1")}; if (${w.expression(s, 1)} > 4) throw new Error("e"); ${w.list(s, 1, d - 1).text} } catch ${w.choose(["(error: unknown) ", "({ message }: any) ", ""])}${w.block(s, d)} finally { ${w.mark("2")} }`,
  }),
  (w, s, d) => ({
    text: `switch (${w.expression(s, 1)} as unknown) { case 1: ${w.mark("1")}; case ${w.expression(s, 1)}: ${w.block(s, d)} break\ndefault: ${w.list(s, 1, d - 1).text} }`,
  }),
  (w, s, d) => ({ text: w.block(s, d) }),
  (w, s, d) => {
    const name = w.name();
    return {
      text: `{ var ${name}: any = ${w.expression(s, 1)}; ${w.list(s, 1, d - 1).text} }`,
      declares: declared("var", name),
    };
  },
  (w, s, d) => {
    const name = w.name();
    return {
      text: `{ ${w.mark(`${name}(1)`)}; function ${name}(x: any) { ${w.list({ ...s, ...FUNCTION }, 1, d - 1).text}\nreturn x } }`,
    };
  },
  (w, s, d) => {
    const name = w.name();
    const body = w.list({ ...s, ...FUNCTION, yields: true }, 2, d - 1).text;
    return {
      text: `function* ${name}(a?: any): any { ${body}\nyield ${w.mark("a")} }\n;${w.mark(`[...${name}(1)].length`)}`,
      declares: { values: [name] },
    };
  },
];

const AWAITING_NESTED: readonly Production[] = [
  (w, s, d) => ({
    text: `for await (const x of [1, Promise.resolve(2)]) ${w.choose([w.mark("x"), w.block(s, d, { loops: true })])}`,
  }),
  (w, s, d) => {
    const name = w.name();
    const body = w.list({ ...s, ...FUNCTION, awaits: true }, 2, d - 1).text;
    return {
      text: `async function ${name}<T>(a: T, b?: number): Promise<any> { ${body}\nreturn ${w.mark("a")} }\n;${w.mark(`await ${name}(${w.expression(s, 0)})`)}`,
    };
  },
  (w, s, d) => {
    const name = w.name();
    const body = w.list({ ...s, ...FUNCTION, awaits: true, yields: true }, 2, d - 1).text;
    return {
      text: `async function* ${name}(): any { ${body}\nyield 1 }\nfor await (const x of ${name}()) ${w.mark("x")}`,
    };
  },
  (w, s, d) => ({ text: `try { await Promise.reject(${w.expression(s, 1)}) } catch (error) ${w.block(s, d)}` }),
];

function functionDeclaration(w: CellWriter, s: Scope, d: number): Statement {
  const name = w.name();
  const hidden = s.values.length > 0 && w.chance(3) ? w.choose(s.values) : undefined;
  const parameter = hidden ?? "a";
  const inside = hidden ? hide(s, hidden) : s;
  const body = w.list({ ...inside, ...FUNCTION }, 1, d - 1).text;
  const overload = w.choose(["", `function ${name}(${parameter}: string): string;\n`]);
  const list = w.choose([
    `${parameter}: any`,
    `${parameter} = 1 as any, ...rest: any[]`,
    `this: any, ${parameter}?: any`,
    `${parameter}: any, { p = 2, q: [r] = [3] }: any = {}`,
  ]);
  const text = `${overload}function ${name}${w.choose(["", "<T>"])}(${list}): any { ${body}\nreturn ${w.mark(parameter)} }`;
  const call = w.mark(`${name}(${w.expression(s, 0)})`);
  // Above or below its declaration; an overload must be right above its function.
  const order = w.choose([`;${call}\n${text}`, `${text}\n${call}`, text]);
  return { text: order, declares: { values: [name], functions: [name] } };
}

function classDeclaration(w: CellWriter, s: Scope, d: number): Statement {
  const name = w.name();
  const inside = { ...s, ...FUNCTION };
  const base = w.choose([
    "",
    ` extends (class { base = ${w.digit()} } as any)`,
    " extends Array<number>",
    " implements Object",
  ]);
  const members = [
    `static s${w.type()} = ${w.expression(inside, 1)}`,
    `static { var inner = ${w.expression(inside, 1)}; ${w.mark("inner")}; ${w.list({ ...inside, returns: false }, 1, d - 1).text} }`,
    `#p = ${w.expression(inside, 1)}; read() { return ${w.mark("#p in this ? this.#p : 0")} }`,
    `static get g(): any { return ${w.mark(name)}.name }`,
    `declare z: number; protected y!: number; private readonly w?: any`,
    `async *many() { yield ${w.mark("1")} }`,
    `["k" + ${w.expression(inside, 1)}]${w.choose(["()", "?(x?: any): any"]).replace("?", "")} { return ${name} }`,
    `m(x: string): void; m(x: any): any { ${w.list(inside, 1, d - 1).text} }`,
    `set v(x: any) { ${w.mark("x")} }`,
    `field = () => ${w.mark("typeof this")}`,
    `\n"quoted"\n;`,
  ];
  const chosen = [w.choose(members), w.choose(members), w.choose(members)].filter(
    (member, i, all) => all.indexOf(member) === i,
  );
  const text = `${w.choose(["", "abstract "])}class ${name}<T = any>${base} { ${chosen.join("\n;")} }`;
  const use = w.mark(
    w.choose([`${name}.name`, `(${name} as any).s`, `Reflect.construct(${name}, []).read?.()`, `${name}.length`]),
  );
  return { text: `${text}\n${w.choose(["", ";"])}${use}`, declares: { values: [name] } };
}

const TOP_LEVEL: readonly Production[] = [
  (w, s) => {
    const name = w.name();
    const keyword = w.choose(["const", "let", "var"]);
    return { text: `export ${keyword} ${name}${w.type()} = ${w.expression(s)}`, declares: declared(keyword, name) };
  },
  (w) => {
    const name = w.name();
    return w.chance(2)
      ? {
          text: `export function ${name}(a?: any): any { return ${w.mark("a")} }`,
          declares: { values: [name], functions: [name] },
        }
      : { text: `export async function ${name}(a?: any): Promise<any> { return ${w.mark("a")} }\nawait ${name}()` };
  },
  (w) => {
    const name = w.name();
    return {
      text: `export ${w.choose(["", "abstract "])}class ${name} { static a = ${w.mark("1")} }`,
      declares: { values: [name] },
    };
  },
  (w) => ({
    text: w.choose([
      `export type E${w.name()} = any`,
      `export interface E${w.name()} {}`,
      `declare const ghost${w.name()}: number`,
      `declare function ghost${w.name()}(): void;`,
      `declare class Ghost${w.name()} {}`,
      `export declare let ghost${w.name()}: any`,
      `declare namespace Ghost${w.name()} { const a: number }`,
      `declare enum Ghost${w.name()} { A }`,
      `namespace Types${w.name()} { export type A = 1 }`,
    ]),
  }),
  // Too early: a `let` has no value yet, and neither `typeof` nor assigning it will do.
  (w, s) => {
    const name = w.name();
    if (!w.chance(4)) return { text: `var ${name}: any = ${w.expression(s)}`, declares: declared("var", name) };
    const early = w.choose([
      `typeof ${name}`,
      `${name} = ${w.mark("1")}`,
      `;[${name}] = [${w.mark("1")}]`,
      `({ ${name} })`,
      `{ ${name}++ }`,
      `(() => ${name})()`,
      `(class { static a = ${name} })`,
      `(class { static { ${name} } })`,
      `(class { [${name}] = 1 })`,
      `const { a: a${name} = ${name}, b: $${name} = ${w.mark("1")} } = {} as any`,
    ]);
    const late = w.choose([
      `const ${name} = ${w.mark("1")}`,
      `let ${name}`,
      `class ${name} {}`,
      `const { a: b${name} = ${name}, ${name} } = {} as any`,
      `let ${name} = ${name}`,
    ]);
    return { text: `${w.mark("1")};${early}\n${late}` };
  },
  (w) => {
    const name = w.name();
    return {
      text: `class ${name} { x = ${w.mark("1")}\n; static self = ${name}; static { ${w.mark(`${name}.name`)} } }\n${w.mark(`new ${name}().x`)}`,
      declares: { values: [name] },
    };
  },
];

const COMPILED: readonly Production[] = [
  (w) => {
    const name = w.name();
    return {
      text: `${w.choose(["", "export ", "const "])}enum ${name} { A = ${w.digit()}, B, "c-d" = A + 2, E = "x" }\n${w.mark(`${name}.B`)}`,
      declares: { values: [name] },
    };
  },
  (w, s) => {
    const name = w.name();
    return {
      text: `${w.choose(["", "export "])}namespace ${name} { export const a = ${w.expression({ ...s, awaits: false }, 1)}; export function f() { return ${w.mark("a")} } const hidden = a; export namespace Inner { export let b = ${w.mark("hidden")} } }\n${w.mark(`${name}.f()`)}`,
      declares: { values: [name] },
    };
  },
  (w) => {
    const name = w.name();
    return {
      text: `function ${name}() { return ${w.mark("1")} }\nnamespace ${name} { export const a = ${w.mark("2")} }\n${w.mark(`${name}.a`)}`,
      declares: { values: [name] },
    };
  },
  (w, s) => {
    const name = w.name();
    return {
      text: `class ${name}<T> { z = ${w.mark("0")}; constructor(readonly a: T, private b?: T, public c = ${w.expression({ ...s, ...FUNCTION }, 1)}) { ${w.mark("this.b")} } get x(): T { return ${w.mark("this.a")} } }\n${w.mark(`new ${name}<any>(${w.expression(s, 1)}).x`)}`,
      declares: { values: [name] },
    };
  },
  (w, s) => {
    const name = w.name();
    const decorator = () => `@((value: any, context: any) => { ${w.mark("context.name")} })`;
    const field = `@((_: any, context: any) => (x: any) => ${w.mark("[context.name, x]")})`;
    return {
      text: `${w.choose(["", "export "])}${w.choose(["", decorator()])} class ${name} { ${field} f = ${w.expression({ ...s, ...FUNCTION }, 1)}; ${decorator()} m() {} ${w.choose(["", decorator()])} accessor q = 1; static n = 1 }\n${w.mark(`new ${name}().f`)}`,
      declares: { values: [name] },
    };
  },
  (w, s) => ({
    text: `{ using resource = { [Symbol.dispose]() { ${w.mark("1")} } }; ${w.mark("resource !== undefined")}; ${w.list(s, 1, 0).text} }`,
  }),
  (w) => {
    const name = w.name();
    const decorator = () => `@((_: any, { name }: any) => { ${w.mark("name")} })`;
    const key = () => `[${w.mark('"k"')}]`;
    return {
      text: `export class ${name} { ${decorator()} ${key()}() {}; ${decorator()} static ${key()} = ${w.mark("1")} }`,
      declares: { values: [name] },
    };
  },
  (w) => {
    const name = w.name();
    return {
      text: `enum ${name} { A = ${w.mark("1")} as any }\nenum ${name} { B = 5 }\nnamespace ${name} { export const c = ${w.mark("2")} }`,
      declares: { values: [name] },
    };
  },
  (w) => {
    const name = w.name();
    return {
      text: `class ${name} { accessor a = ${w.mark("1")}; static accessor #b = ${w.mark("2")} }\n${w.mark(`new ${name}().a`)}`,
      declares: { values: [name] },
    };
  },
  (w) => {
    const name = w.name();
    return {
      text: `namespace N${name} { export const deep = { a: ${w.mark("1")} } }\nimport ${name} = N${name}.deep\n${w.mark(name)}`,
      declares: { values: [name] },
    };
  },
];
