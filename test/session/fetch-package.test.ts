/** @file Fetching a package: from a registry on this machine, which is not always honest, to the disk. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { packTar } from "modern-tar";
import { fetchPackage } from "../../extension/graphics/fetch-package.ts";
import { FetchCancelled, FetchProblem, problemOf } from "../../extension/graphics/fetch-problem.ts";
import { type FetchedPackage, WEBGPU } from "../../extension/graphics/package.ts";
import { withdraw } from "../../extension/graphics/storage.ts";

/** A package laid out as the real one is, with builds for three machines, the second of which is none that is asked for. */
const FILES: Readonly<Record<string, string | Buffer>> = {
  "package/dist/win32-x64/helper.dll": "for another machine",
  "package/package.json": '{ "name": "small", "type": "module", "main": "index.js" }',
  "package/index.js": "export const create = () => ({});",
  "package/LICENSE.md": "as you like",
  "package/build/build.js": "of no use here",
  "package/dist/linux-x64/dawn.node": Buffer.alloc(200_000, "a build "),
  "package/dist/linux-x64/notes/more.txt": "beside it",
  "package/dist/linux-x64-old/dawn.node": "only begins with the same name",
};

const sumOf = (archive: Uint8Array): `sha512-${string}` =>
  `sha512-${createHash("sha512").update(archive).digest("base64")}`;

async function archiveOf(files: Readonly<Record<string, string | Buffer>>): Promise<Buffer> {
  const entries = Object.entries(files).map(([name, content]) => {
    const body = Buffer.from(content);
    return { header: { name, size: body.length, type: "file" as const }, body };
  });
  // Without compression, so that there is a middle of it.
  return gzipSync(await packTar(entries), { level: 0 });
}

suite("fetching a package", () => {
  let folder: string;
  let storage: string;
  let archive: Buffer;
  let wanted: FetchedPackage;
  /** What the registry answers; each test may have its own. */
  let answer: (response: ServerResponse, url: string) => void;
  let asked: string[];
  const server = createServer((request, response) => {
    asked.push(request.url ?? "");
    answer(response, request.url ?? "");
  });
  let registry: string;

  suiteSetup(async () => {
    archive = await archiveOf(FILES);
    wanted = {
      name: "small",
      version: "1.2.3",
      integrity: sumOf(archive),
      bytes: archive.length,
      roomBytes: 4e6,
      builds: { "linux-x64": "dist/linux-x64", "win32-x64": "dist/win32-x64" },
      files: ["package.json", "index.js", "LICENSE.md"],
    };
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    registry = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  suiteTeardown(() => {
    server.closeAllConnections();
    server.close();
  });
  setup(() => {
    folder = mkdtempSync(path.join(tmpdir(), "cotangent-fetch-"));
    storage = path.join(folder, "deep/webgpu");
    asked = [];
    answer = (response) => response.end(archive);
  });
  teardown(() => rmSync(folder, { recursive: true, force: true }));

  const start = (changes: Partial<Parameters<typeof fetchPackage>[0]> = {}) =>
    fetchPackage({
      wanted,
      platform: "linux-x64",
      registry,
      storage,
      signal: new AbortController().signal,
      onProgress: () => {},
      ...changes,
    });

  /** Why it fails, after a look at what that leaves on the disk. */
  async function failure(changes: Partial<Parameters<typeof fetchPackage>[0]> = {}): Promise<Error> {
    const error = await start(changes).then(
      () => assert.fail("it was fetched"),
      (reason: Error) => reason,
    );
    assert.deepEqual(
      readdirSync(folder, { recursive: true }).filter((name) => !/^deep(.webgpu)?$/.test(`${name}`)),
      [],
    );
    return error;
  }

  test("what this machine needs of it is there, and nothing else; a second time nothing is asked for", async () => {
    const received: number[] = [];
    const place = await start({ registry: `${registry}/`, onProgress: (bytes) => received.push(bytes) });
    assert.deepEqual(asked, ["/small/-/small-1.2.3.tgz"]);
    assert.equal(received.at(-1), archive.length);
    assert.deepEqual(
      received,
      [...received].sort((a, b) => a - b),
    );
    const files = readdirSync(place, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const names = files.map((file) =>
      path.relative(place, path.join(file.parentPath, file.name)).replaceAll("\\", "/"),
    );
    assert.deepEqual(names.sort(), [
      "LICENSE.md",
      "dist/linux-x64/dawn.node",
      "dist/linux-x64/notes/more.txt",
      "index.js",
      "package.json",
    ]);
    for (const name of names) {
      assert.deepEqual(readFileSync(path.join(place, name)), Buffer.from(FILES[`package/${name}`]), name);
    }
    assert.deepEqual(readdirSync(storage), [path.basename(place)]);
    assert.equal(await start(), place);
    assert.equal(asked.length, 1);
  });

  test("another archive of the same size is refused, whatever is in it", async () => {
    const other = Buffer.from(archive);
    other[other.length >> 1] ^= 1;
    answer = (response) => response.end(other);
    const { message } = await failure();
    assert.match(message, /is not small 1\.2\.3: it has another checksum.*Nothing was kept.*cotangent\.registry/);
  });

  test("an answer that is too short or never ends is refused as soon as it is known", async () => {
    answer = (response) => response.end(archive.subarray(0, 1000));
    assert.match((await failure()).message, new RegExp(`ends too early: 1000 of ${archive.length} bytes`));
    answer = (response) => {
      const more = () => {
        while (!response.destroyed && response.write(archive));
      };
      response.on("drain", more);
      more();
    };
    assert.match((await failure()).message, /is not small 1\.2\.3: it has more than \d+ bytes/);
  });

  test("a connection that breaks in the middle, and none at all", async () => {
    answer = (response) => {
      response.writeHead(200, { "content-length": archive.length });
      response.write(archive.subarray(0, 50_000), () => response.destroy());
    };
    const broken = await failure();
    assert.ok(broken instanceof FetchProblem);
    assert.match(
      broken.message,
      /cannot be fetched from http:.*small-1\.2\.3\.tgz \((UND_ERR_SOCKET|ECONNRESET)\).*http\.proxy/,
    );
    const nobody = await failure({ registry: "http://127.0.0.1:2" });
    assert.match(
      nobody.message,
      /cannot be fetched from http:\/\/127\.0\.0\.1:2.*\(ECONNREFUSED\).*cotangent\.registry/,
    );
  });

  test("a registry that does not have it, and an address that is none", async () => {
    answer = (response) => response.writeHead(404).end("<h1>nothing here</h1>");
    assert.match((await failure()).message, /answered "404 Not Found".*that has small 1\.2\.3/);
    const { message } = await failure({ registry: "registry.example" });
    assert.match(message, /cotangent\.registry should be the address.*and is "registry\.example"/);
    assert.match((await failure({ registry: "file:///etc" })).message, /should be the address/);
  });

  test("cancelled in the middle, it stops at once, and is fetched whole the next time", async () => {
    const cancelling = new AbortController();
    answer = (response) => {
      response.writeHead(200, { "content-length": archive.length });
      // The rest never comes.
      response.write(archive.subarray(0, 100_000));
    };
    const error = await failure({ signal: cancelling.signal, onProgress: () => cancelling.abort() });
    assert.ok(error instanceof FetchCancelled, String(error));
    answer = (response) => response.end(archive);
    assert.ok(readdirSync(await start()).includes("index.js"));
  });

  test("a machine for which there is no build is told before anything is asked for", async () => {
    const { message } = await failure({ platform: "sunos-x64" });
    assert.match(message, /no build for this machine \(sunos-x64\), only for linux-x64, win32-x64/);
    assert.deepEqual(asked, []);
  });

  test("a full disk, and a place where no folder can be", async () => {
    const attempt = { wanted, url: "https://example.org/a.tgz", storage, signal: new AbortController().signal };
    const full = Object.assign(new Error("write"), { code: "ENOSPC" });
    assert.match(problemOf(full, attempt).message, /no room for small 1\.2\.3 in .*it takes 4 MB\. Make room/);
    // A file is where the folder should be.
    writeFileSync(path.join(folder, "deep"), "");
    const error = await start().catch((reason: Error) => reason);
    assert.ok(error instanceof FetchProblem);
    assert.match(error.message, /small 1\.2\.3 cannot be written to .*webgpu \((ENOTDIR|EEXIST)\)\. Make it a folder/);
  });

  test("older versions and what was left unfinished long ago go; what another window fetches stays", async () => {
    for (const name of ["1.0.0-linux-x64", "1.2.3-win32-x64", "unfinished-now", "unfinished-old"]) {
      mkdirSync(path.join(storage, name), { recursive: true });
    }
    utimesSync(path.join(storage, "unfinished-old"), 0, 0);
    await start();
    assert.deepEqual(readdirSync(storage).sort(), ["1.2.3-linux-x64", "1.2.3-win32-x64", "unfinished-now"]);
  });

  test("removed, it is gone as a whole, and is fetched again", async () => {
    await withdraw(storage, await start());
    assert.deepEqual(readdirSync(storage), []);
    assert.ok(readdirSync(await start()).includes("index.js"));
    assert.equal(asked.length, 2);
  });

  test("two windows that fetch at the same time have one copy", async () => {
    const [first, second] = await Promise.all([start(), start()]);
    assert.equal(first, second);
    assert.deepEqual(readdirSync(storage), [path.basename(first)]);
  });

  test("the package that is really fetched is pinned, with a build for every machine VS Code's desktop runs on", () => {
    assert.match(WEBGPU.version, /^\d+\.\d+\.\d+$/);
    assert.match(WEBGPU.integrity, /^sha512-[\w+/]{86}==$/);
    for (const machine of ["darwin-arm64", "darwin-x64", "linux-arm64", "linux-x64", "win32-arm64", "win32-x64"]) {
      assert.ok(WEBGPU.builds[machine], machine);
    }
  });
});
