/** @file Sends what cells print to the host instead of the process's own stdout and stderr. */
import { Console } from "node:console";
import type { Outbox } from "./outbox.ts";

export function captureConsole(outbox: Outbox): void {
  redirect(process.stdout, (text) => outbox.print("stdout", text));
  redirect(process.stderr, (text) => outbox.print("stderr", text));
  // A console of our own: the built-in one also hands its arguments to the inspector, which keeps them alive.
  globalThis.console = new Console({ stdout: process.stdout, stderr: process.stderr });
}

function redirect(stream: NodeJS.WriteStream, print: (text: string) => void): void {
  stream.write = (
    chunk: string | Uint8Array,
    encodingOrCallback?: BufferEncoding | ((error?: Error | null) => void),
    callback?: (error?: Error | null) => void,
  ): boolean => {
    const encoding = typeof encodingOrCallback === "string" ? encodingOrCallback : "utf8";
    print(typeof chunk === "string" ? chunk : Buffer.from(chunk).toString(encoding === "utf8" ? "utf8" : encoding));
    const written = typeof encodingOrCallback === "function" ? encodingOrCallback : callback;
    if (written) process.nextTick(written);
    return true;
  };
}
