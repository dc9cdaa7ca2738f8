/** @file A process that is asked one thing at a time: a line of JSON to it, a line of JSON back. */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** A peer took too long, and is gone. */
export class Late extends Error {
  /** @param {number} limit */
  constructor(limit) {
    super(`no answer in ${limit / 1000} s`);
  }
}

/** A peer ended by itself. */
export class Ended extends Error {}

export class Peer {
  #child;
  #lines;
  name = "";

  /** @param {string} command @param {readonly string[]} args @param {Record<string, string>} [env] beside our own */
  constructor(command, args, env) {
    this.#child = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"], env: { ...process.env, ...env } });
    // Not fatal here: its lines end, and the question that waits for one says so.
    this.#child.on("error", () => {});
    this.#child.stdin.on("error", () => {});
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  /**
   * Starts a peer and reads its greeting.
   * @param {string} command @param {readonly string[]} args @param {Record<string, string>} [env] beside our own
   */
  static async start(command, args, env) {
    const peer = new Peer(command, args, env);
    ({ name: peer.name } = await peer.#answer());
    return peer;
  }

  /**
   * @param {object} request
   * @param {number} [limit] milliseconds, after which the process is ended and `Late` is thrown
   */
  async ask(request, limit) {
    this.#child.stdin.write(`${JSON.stringify(request)}\n`);
    if (limit === undefined) return this.#answer();
    let timer;
    const late = new Promise((_, reject) => {
      timer = setTimeout(() => {
        this.#child.kill("SIGKILL");
        reject(new Late(limit));
      }, limit);
    });
    try {
      return await Promise.race([this.#answer(), late]);
    } finally {
      clearTimeout(timer);
    }
  }

  stop() {
    this.#child.stdin.end();
  }

  async #answer() {
    const { value, done } = await this.#lines.next();
    if (done) throw new Ended(`${this.name || this.#child.spawnargs.join(" ")} ended without an answer.`);
    const answer = JSON.parse(value);
    if (answer.error) throw new Error(answer.error);
    return answer;
  }
}
