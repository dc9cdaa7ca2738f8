/** @file A session that dies: said plainly, followed by a fresh one, and never left behind. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import type { Duplex } from "node:stream";
import type { Crash } from "../../extension/client/crash.ts";
import type { HostToSession } from "../../protocol/session.ts";
import { isAlive, isGone, SESSION_PATH, TestNotebook } from "./harness.ts";

suite("crashes", () => {
  const CASES: readonly [what: string, code: string, reason: Crash["reason"], message: RegExp][] = [
    ["process.exit()", "process.exit(3)", "exit", /ended with exit code 3.*process\.exit/],
    ["process.exit(0)", "process.exit()", "exit", /ended with exit code 0/],
    [
      "SIGKILL",
      "await new Promise((done) => setTimeout(done, 50)); process.kill(process.pid, 'SIGKILL'); await new Promise(() => {})",
      "signal",
      /killed by SIGKILL/,
    ],
    [
      "abort",
      "await new Promise((done) => setTimeout(done, 50)); process.abort()",
      "signal",
      /crashed \(SIGABRT\): native code failed/,
    ],
    [
      "SIGSEGV",
      "await new Promise((done) => setTimeout(done, 50)); process.kill(process.pid, 'SIGSEGV'); await new Promise(() => {})",
      "signal",
      /crashed \(SIGSEGV\): native code failed, most likely of a package or of Node itself/,
    ],
    [
      "the JavaScript heap",
      "const hoard: object[] = []; while (true) hoard.push({ a: [hoard.length] })",
      "heap",
      /JavaScript heap reached its limit of 48 MB.*raise the memory limit/,
    ],
    [
      "the memory limit",
      "const hoard: Uint8Array[] = []; while (true) hoard.push(new Uint8Array(1e7).fill(1))",
      "memory-limit",
      /used \d+ MB, more than its limit of 400 MB.*Use smaller tensors/,
    ],
    [
      "WebAssembly's memory",
      "const memory = new WebAssembly.Memory({ initial: 1 }); while (true) { memory.grow(1600); new Uint8Array(memory.buffer).fill(1) }",
      "memory-limit",
      /used \d+ MB, more than its limit of 400 MB/,
    ],
  ];

  for (const [what, code, reason, message] of CASES) {
    test(what, async () => {
      const notebook = new TestNotebook({ memoryLimitMB: 400, heapLimitMB: 48 });
      try {
        const heard: Crash[] = [];
        notebook.client.onDidCrash((crash) => heard.push(crash));
        await notebook.run("const gone = 1");
        const pid = notebook.client.pid as number;
        const running = notebook.run(`console.log("last words"); ${code}`);
        const queued = notebook.run("'queued'");
        const { status, error, stdout, stderr, crash } = await running;
        assert.deepEqual([status, stdout, stderr], ["crashed", "last words\n", ""]);
        assert.match(error?.message ?? "", message);
        assert.match(error?.message ?? "", /All variables are gone; the next cell you run starts a fresh session/);
        assert.equal(crash?.reason, reason);
        assert.deepEqual(heard, [crash]);
        assert.equal((await queued).status, "crashed");
        assert.match((await queued).error?.message ?? "", /^Not run: /);
        assert.ok(await isGone(pid));

        assert.equal((await notebook.run("typeof gone")).text, "'undefined'");
        assert.notEqual(notebook.client.pid, pid);
      } finally {
        await notebook.dispose();
      }
    });
  }

  test("between two cells", async () => {
    const notebook = new TestNotebook();
    await notebook.run("1");
    const crashed = new Promise<Crash>((resolve) => notebook.client.onDidCrash(resolve));
    process.kill(notebook.client.pid as number, "SIGKILL");
    assert.equal((await crashed).signal, "SIGKILL");
    assert.equal(notebook.client.state, "stopped");
    assert.equal((await notebook.run("2")).text, "2");
    await notebook.dispose();
  });

  test("a session that cannot start says why", async () => {
    const notebook = new TestNotebook({ execPath: "/no/such/node" });
    const { status, error } = await notebook.run("1");
    assert.equal(status, "crashed");
    assert.match(error?.message ?? "", /could not be started.*ENOENT.*\/no\/such\/node/);
    await notebook.dispose();
  });
});

suite("the end of a session", () => {
  test("restart ends the process, the running cell and all variables", async () => {
    const notebook = new TestNotebook();
    await notebook.run("const old = 1");
    const pid = notebook.client.pid as number;
    const running = notebook.run("while (true) {}");
    await notebook.client.restart();
    assert.equal((await running).status, "stopped");
    assert.equal((await running).error, undefined);
    assert.ok(!isAlive(pid));
    assert.equal(notebook.client.state, "idle");
    assert.equal((await notebook.run("typeof old")).text, "'undefined'");
    await notebook.dispose();
  });

  test("disposed in an endless loop, the process is gone", async () => {
    const notebook = new TestNotebook();
    await notebook.client.start();
    const pid = notebook.client.pid as number;
    const running = notebook.run("process.on('SIGTERM', () => {}); while (true) {}");
    await notebook.dispose();
    assert.ok(!isAlive(pid));
    assert.equal((await running).status, "stopped");
    assert.match((await notebook.run("1")).error?.message ?? "", /disposed/);
  });

  for (const [what, end] of [
    ["disposed", (notebook: TestNotebook) => notebook.client.dispose()],
    ["killed from outside", (notebook: TestNotebook) => process.kill(notebook.client.pid as number, "SIGKILL")],
    ["ended by a cell", (notebook: TestNotebook) => notebook.run("process.exit()")],
  ] as const) {
    test(`${what}, threads and processes that a cell started are gone, those it detached are not`, async () => {
      const notebook = new TestNotebook();
      const files = ["pid", "detached"].map((name) => path.join(notebook.folder, name));
      await notebook.run(
        "import { Worker } from 'node:worker_threads'; new Worker('for (;;);', { eval: true });" +
          `${startChild(files[0])} ${startChild(files[1], "{ detached: true }")}`,
      );
      const [child, detached] = files.map((file) => Number(readFileSync(file, "utf8")));
      const pid = notebook.client.pid as number;
      await end(notebook);
      assert.ok(await isGone(pid));
      assert.ok(await isGone(child));
      assert.ok(isAlive(detached));
      process.kill(detached);
      await notebook.dispose();
    });
  }

  test("states", async () => {
    const states: string[] = [];
    const notebook = new TestNotebook();
    notebook.client.onDidChangeState((state) => states.push(state));
    assert.equal(notebook.client.state, "stopped");
    await notebook.run("1");
    await notebook.dispose();
    assert.deepEqual(states, ["starting", "idle", "busy", "idle", "disposed"]);
  });

  test("told to end, it takes along what its cells started, whether or not its host is still there to do so", async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "cotangent-test-"));
    const file = path.join(folder, "pid");
    const options = JSON.stringify({ directory: folder, memoryLimitMB: 4096 });
    const session = spawn(process.execPath, [SESSION_PATH, options], {
      stdio: ["ignore", "ignore", "inherit", "pipe"],
      detached: true,
    });
    const pipe = session.stdio[3] as Duplex;
    const say = (message: HostToSession) => pipe.write(`${JSON.stringify(message)}\n`);
    const hear = createInterface({ input: pipe })[Symbol.asyncIterator]();
    say({ type: "execute", id: 1, cell: { uri: "test:1", number: 1 }, code: startChild(file) });
    for (let heard = ""; !heard.includes('"done"'); ) heard = (await hear.next()).value;
    const child = Number(readFileSync(file, "utf8"));
    assert.ok(isAlive(child));
    say({ type: "shutdown" });
    assert.ok(await isGone(session.pid as number));
    assert.ok(await isGone(child), "a process that a cell started outlived the session");
    rmSync(folder, { recursive: true });
  });

  for (const what of ["idle", "in an endless loop"]) {
    test(`a session whose host is killed ends itself, and what its cells started, ${what}`, async () => {
      // A host in a process of its own, so that it can be killed without a chance to clean up.
      const folder = mkdtempSync(path.join(tmpdir(), "cotangent-test-"));
      const file = path.join(folder, "pid");
      const code = `${startChild(file)} ${what === "idle" ? "1" : "while (true) {}"}`;
      const host = spawn(process.execPath, ["--input-type=module", "--eval", HOST, SESSION_PATH, code, file], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      const [line] = await once(host.stdout, "data");
      const pid = Number(String(line).trim());
      const child = Number(readFileSync(file, "utf8"));
      assert.ok(isAlive(pid) && isAlive(child));
      host.kill("SIGKILL");
      assert.ok(await isGone(pid), "the session outlived its host");
      assert.ok(await isGone(child), "a process that a cell started outlived the host");
      rmSync(folder, { recursive: true });
    });
  }
});

/** A cell's code that starts a process, which runs for minutes, and writes its pid to a file. */
function startChild(file: string, options = "{}"): string {
  return (
    "{ const { spawn } = await import('node:child_process'); const { writeFileSync } = await import('node:fs');" +
    `writeFileSync(${JSON.stringify(file)}, String(spawn("sleep", ["600"], ${options}).pid)); }`
  );
}

/** Starts a session, has it run a cell, and prints its pid when the cell has written its file. */
const HOST = `
  import { spawn } from "node:child_process";
  import { existsSync } from "node:fs";
  const [sessionPath, code, file] = process.argv.slice(1);
  const options = JSON.stringify({ directory: process.cwd(), memoryLimitMB: 4096 });
  const session = spawn(process.execPath, [sessionPath, options], { stdio: ["ignore", "ignore", "ignore", "pipe"], detached: true });
  session.stdio[3].once("data", () => {
    const cell = { uri: "test:1", number: 1 };
    session.stdio[3].write(JSON.stringify({ type: "execute", id: 1, cell, code }) + "\\n");
    const timer = setInterval(() => {
      if (!existsSync(file)) return;
      clearInterval(timer);
      setTimeout(() => console.log(session.pid), 500);
    }, 20);
  });
`;
