/** @file Why a package was not fetched, each in one message that says what to do. */
import type { FetchedPackage } from "./package.ts";

/** Its message is for the person. */
export class FetchProblem extends Error {
  override readonly name = "FetchProblem";
}

/** The person stopped it: nothing to explain. */
export class FetchCancelled extends Error {
  override readonly name = "FetchCancelled";
}

interface Attempt {
  readonly wanted: FetchedPackage;
  readonly url: string;
  /** Where it was to lie. */
  readonly storage: string;
  readonly signal: AbortSignal;
}

const NO_ROOM: readonly string[] = ["ENOSPC", "EDQUOT", "EFBIG"];
const NOT_WRITABLE: readonly string[] = ["EACCES", "EPERM", "EROFS", "EEXIST", "ENOTDIR"];

/** In words, whatever went wrong. */
export function problemOf(error: unknown, { wanted, url, storage, signal }: Attempt): FetchProblem | FetchCancelled {
  const { name, version, roomBytes } = wanted;
  if (signal.aborted) return new FetchCancelled(`${name} ${version} was not fetched.`);
  if (error instanceof FetchProblem) return error;
  const code = codeOf(error);
  if (NO_ROOM.includes(code)) {
    return new FetchProblem(
      `There is no room for ${name} ${version} in ${storage}: while it is fetched it takes ` +
        `${Math.ceil(roomBytes / 1e6)} MB. Make room, and fetch it again.`,
    );
  }
  if (NOT_WRITABLE.includes(code)) {
    return new FetchProblem(
      `${name} ${version} cannot be written to ${storage} (${code}). Make it a folder that you may write to, and fetch it again.`,
    );
  }
  // How `fetch` says that no answer came, or not all of it; the reason is in its cause.
  if (error instanceof TypeError) {
    return new FetchProblem(
      `${name} ${version} cannot be fetched from ${url} (${code || error.message}). Look after the connection and VS ` +
        "Code's proxy (http.proxy), or name another registry in the setting cotangent.registry, and fetch it again.",
    );
  }
  const reason = error instanceof Error ? error.message : String(error);
  return new FetchProblem(`${name} ${version} could not be fetched from ${url}: ${reason}`);
}

/** The first code in the chain of causes, such as "ENOTFOUND". */
function codeOf(error: unknown): string {
  for (let each = error; each instanceof Error; each = each.cause) {
    const { code } = each as NodeJS.ErrnoException;
    if (typeof code === "string") return code;
  }
  return "";
}
