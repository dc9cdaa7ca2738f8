/** @file One file over the network to the disk, held to the sum and the size that it must have. */
import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { FetchProblem } from "./fetch-problem.ts";
import { type FetchedPackage, megabytes } from "./package.ts";

interface Download {
  readonly wanted: FetchedPackage;
  readonly url: string;
  readonly file: string;
  readonly signal: AbortSignal;
  readonly onProgress: (receivedBytes: number) => void;
}

/** When it resolves, `file` is the archive that is wanted, to the last bit. */
export async function download({ wanted, url, file, signal, onProgress }: Download): Promise<void> {
  const { name, version, integrity, bytes } = wanted;
  // VS Code makes this `fetch` go through the person's proxy and trust the certificates of their machine.
  const response = await fetch(url, { signal, headers: { "accept-encoding": "identity" } });
  if (!response.ok || response.body === null) {
    const status = `${response.status} ${response.statusText}`.trim();
    throw new FetchProblem(
      `${url} answered "${status}". Is it a registry of npm packages that has ${name} ${version}? The setting ` +
        "cotangent.registry names it.",
    );
  }
  const hash = createHash("sha512");
  let received = 0;
  await pipeline(
    response.body,
    async function* (chunks: AsyncIterable<Uint8Array>) {
      for await (const chunk of chunks) {
        received += chunk.length;
        if (received > bytes) throw changed(wanted, url, `more than ${bytes} bytes`);
        hash.update(chunk);
        onProgress(received);
        yield chunk;
      }
    },
    createWriteStream(file),
    { signal },
  );
  if (received < bytes) {
    throw new FetchProblem(
      `What ${url} sent ends too early: ${received} of ${bytes} bytes (${megabytes(bytes)}). Nothing was kept; fetch ` +
        `${name} again.`,
    );
  }
  if (`sha512-${hash.digest("base64")}` !== integrity) throw changed(wanted, url, "another checksum (sha512)");
}

const changed = ({ name, version }: FetchedPackage, url: string, has: string): FetchProblem =>
  new FetchProblem(
    `What ${url} sent is not ${name} ${version}: it has ${has}. Nothing was kept. Fetch it again; if that does not help, ` +
      "the registry has a changed file: name another one in the setting cotangent.registry.",
  );
