/** @file The other end of peer.js in a Node process: one line of JSON in, one line of JSON out. */
import { createInterface } from "node:readline";

/**
 * Greets, then answers until the input ends. A request is an object with one key, which names the answer.
 * @param {string} name
 * @param {Record<string, (value: never) => object | Promise<object>>} answers
 */
export async function serve(name, answers) {
  console.log(JSON.stringify({ name }));
  for await (const line of createInterface({ input: process.stdin })) {
    const request = JSON.parse(line);
    const [kind] = Object.keys(request);
    let answer;
    try {
      answer = await answers[kind](request[kind]);
    } catch (error) {
      answer = { error: String(error) };
    }
    console.log(JSON.stringify(answer));
  }
  // Whatever threads there are need not be waited for.
  process.exit();
}
