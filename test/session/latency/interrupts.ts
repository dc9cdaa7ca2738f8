/**
 * @file `npm run latency`: how long Stop takes, from the host's request until the cell has ended, for each thing that a
 * cell may be stuck in: the median and the worst of 50. Not a test: what it says depends on what else the machine does.
 */
import { delay, TestNotebook } from "../harness.ts";

const ROUNDS = 50;

const SETUP = `
  import { matmul, randn, setThreads } from "cotangent";
  // (module (func (export "run") (loop (br 0))))
  const bytes = [0,97,115,109,1,0,0,0,1,4,1,96,0,0,3,2,1,0,7,7,1,3,114,117,110,0,0,10,9,1,7,0,3,64,12,0,11,11];
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array(bytes)));
  const endless = exports.run as () => void;
  const large = randn([400, 400]);
  const never = new Promise(() => {});
  const turn = () => { Promise.resolve().then(turn); };
  const grow = (): Promise<void> => Promise.resolve().then(grow);
  async function* ticks() { for (let tick = 0; ; tick++) yield tick; }
`;

const KINDS: readonly [what: string, code: string][] = [
  ["JavaScript loop", "for (;;) {}"],
  ["WebAssembly loop", "endless()"],
  ["kernel, one thread", "setThreads(1); for (;;) matmul(large, large).tanh().evaluate()"],
  ["kernel, two threads", "setThreads(2); for (;;) matmul(large, large).tanh().evaluate()"],
  ["pending promise", "await new Promise(() => {})"],
  ["microtask loop", "turn(); await never"],
  ["growing chain", "await grow()"],
  ["loop of awaits", "for (;;) await 0"],
  ["loop with timers", "for (;;) await new Promise((done) => setTimeout(done, 1))"],
  ["for await", "for await (const tick of ticks()) void tick"],
  ["input()", "await input('?')"],
];

const notebook = new TestNotebook();

/** Milliseconds from the request until the cell has ended. */
async function interruptOnce(code: string): Promise<number> {
  const running = notebook.client.execute(
    { uri: "latency:1", number: 1, code },
    { onOutput: () => {}, onInput: () => new Promise(() => {}) },
  );
  // Not always at the same point of a loop.
  await delay(60 + 40 * Math.random());
  const asked = performance.now();
  const [{ status }] = await Promise.all([running, notebook.client.interrupt()]);
  const took = performance.now() - asked;
  if (status !== "interrupted") throw new Error(`"${code}" ended as ${status}`);
  return took;
}

const milliseconds = (value: number): string => value.toFixed(1).padStart(8);

await notebook.run(SETUP);
console.log(`${"".padEnd(20)}  median   worst   (ms, of ${ROUNDS})`);
for (const [what, code] of KINDS) {
  await interruptOnce(code);
  const times: number[] = [];
  while (times.length < ROUNDS) times.push(await interruptOnce(code));
  times.sort((a, b) => a - b);
  console.log(`${what.padEnd(20)}${milliseconds(times[ROUNDS / 2])}${milliseconds(times[ROUNDS - 1])}`);
}
await notebook.dispose();
