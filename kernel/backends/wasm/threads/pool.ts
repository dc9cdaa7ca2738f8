/** @file The threads, and offering them work. They are started by the first kernel that is worth it. */
import { KernelError } from "../../../errors.ts";
import { IS_SHARED } from "../code/module.ts";
import { commonMemory, giveBlock, takeBlock } from "../memory/memory.ts";
import { attend } from "./attend.ts";
import { hardwareThreads, maySleep, startThread, type Thread } from "./host.ts";
import { type Message, WORDS } from "./words.ts";

/** More threads than this gain nothing on the memory of one machine. */
const MOST_THREADS = 16;

/** Looks of about 8 ns, 30 µs in all: longer than between two kernels of a program, shorter than what a sleeping core costs. */
const SPINS = 4000;

/** What a thread may use as workspace. Kernels that need more run on the caller alone. */
export const THREAD_WORKSPACE_BYTES = 8 * 2 ** 20;

/** Milliseconds without any progress after which a thread is held to be dead. */
let patience = 10_000;

/** A kernel over a range of its outermost loop. */
export type KernelRange = (begin: number, end: number) => void;

/** A program that threads know. */
export interface Shared {
  readonly id: number;
  readonly module: WebAssembly.Module;
  readonly imports: readonly (string | null)[];
}

interface Member {
  readonly thread: Thread;
  /** Address of the workspace that only this thread uses. */
  readonly workspace: number;
}

let wanted: number | "auto" = "auto";
let members: Member[] = [];
/** Programs that all members know. */
let known = new Set<number>();
/** Set while chunks are out, also when the caller was stopped in between. */
let isOut = false;
let nextId = 1;

export const newProgramId = (): number => nextId++;

/** How many threads compute, the caller included. */
export const threadCount = (): number =>
  IS_SHARED ? Math.min(MOST_THREADS, wanted === "auto" ? hardwareThreads() : wanted) : 1;

/** Takes effect with the next kernel. */
export function setThreadCount(count: number | "auto"): void {
  if (count === wanted) return;
  stopThreads();
  wanted = count;
}

let words: Int32Array | undefined;
function control(): Int32Array {
  words ??= new Int32Array(commonMemory().buffer, WORDS.address, WORDS.length);
  return words;
}

/** Whoever waits looks up. */
function wake(): void {
  Atomics.add(control(), WORDS.epoch, 1);
  Atomics.notify(control(), WORDS.epoch);
}

function send(message: (member: Member) => Message): void {
  for (const member of members) member.thread.post(message(member));
  Atomics.add(control(), WORDS.sent, 1);
  wake();
}

/** Waits until no thread is at work any more. */
function settle(): void {
  const c = control();
  let done = Atomics.load(c, WORDS.done);
  let since = performance.now();
  for (let looks = 0; ; looks++) {
    const active = Atomics.load(c, WORDS.active);
    if (active === 0) return;
    if (looks < SPINS) continue;
    if (maySleep()) Atomics.wait(c, WORDS.active, active, 100);
    const now = Atomics.load(c, WORDS.done);
    if (now !== done) {
      done = now;
      since = performance.now();
    } else if (performance.now() - since > patience) throw lost();
  }
}

/** Goes on without threads, since one of them did not do what it took on. */
function lost(): KernelError {
  for (const { thread } of members) thread.kill();
  // Their workspaces stay taken: nobody knows what they still do there.
  members = [];
  known = new Set();
  Atomics.add(control(), WORDS.generation, 1);
  Atomics.store(control(), WORDS.active, 0);
  wanted = 1;
  isOut = false;
  return new KernelError(
    "evaluation: a thread of the computation stopped before its work was done, so there is no result. From now on one " +
      'thread computes: run this again. setThreads("auto") brings the threads back.',
  );
}

/** Ends all threads, those at work when they are done. */
function stopThreads(): void {
  if (members.length === 0) return;
  takeBack();
  Atomics.add(control(), WORDS.generation, 1);
  wake();
  // Those that were about to look whether there is work.
  settle();
  for (const { workspace } of members) giveBlock(workspace);
  members = [];
  known = new Set();
}

/** Takes back what was offered when the caller was stopped, before memory is used anew. */
export function takeBack(): void {
  if (!isOut) return;
  Atomics.store(control(), WORDS.open, 0);
  settle();
  isOut = false;
}

function startThreads(): void {
  const c = control();
  Atomics.store(c, WORDS.sent, 0);
  const generation = Atomics.load(c, WORDS.generation);
  const source = `(${attend.toString()})(${JSON.stringify(WORDS)}, ${generation}, ${SPINS})`;
  while (members.length < threadCount() - 1) {
    const workspace = takeBlock(THREAD_WORKSPACE_BYTES);
    if (workspace === undefined) break;
    try {
      const thread = startThread(source, () => {
        // The others do its share.
        members = members.filter((member) => member.thread !== thread);
      });
      members.push({ thread, workspace });
    } catch {
      // Not allowed here, by a page's policy for instance.
      giveBlock(workspace);
      wanted = 1;
      break;
    }
  }
  if (members.length > 0) send(() => ({ memory: commonMemory() }));
}

const forgotten = new FinalizationRegistry<number>((id) => {
  if (known.delete(id) && members.length > 0) send(() => ({ forget: id }));
});

function introduce({ id, module, imports }: Shared, holder: object): void {
  known.add(id);
  forgotten.register(holder, id);
  send(({ workspace }) => ({ program: id, module, imports, workspace }));
}

/**
 * Does `extent` steps of a kernel on all threads, in chunks of `steps`; false when there is only one thread.
 * @param holder forgotten by the threads when it is collected
 */
export function offer(
  program: Shared,
  holder: object,
  kernel: number,
  run: KernelRange,
  extent: number,
  steps: number,
): boolean {
  if (threadCount() === 1) return false;
  if (members.length === 0) startThreads();
  if (members.length === 0) return false;
  if (!known.has(program.id)) introduce(program, holder);
  const c = control();
  const chunks = Math.ceil(extent / steps);
  c[WORDS.program] = program.id;
  c[WORDS.kernel] = kernel;
  c[WORDS.extent] = extent;
  c[WORDS.steps] = steps;
  c[WORDS.chunks] = chunks;
  c[WORDS.failed] = 0;
  c[WORDS.next] = 0;
  isOut = true;
  Atomics.store(c, WORDS.open, 1);
  wake();
  for (;;) {
    const chunk = Atomics.add(c, WORDS.next, 1);
    if (chunk >= chunks) break;
    run(chunk * steps, Math.min(extent, (chunk + 1) * steps));
  }
  Atomics.store(c, WORDS.open, 0);
  settle();
  isOut = false;
  if (Atomics.load(c, WORDS.failed) !== 0) throw lost();
  return true;
}

/** For tests: how long a silent thread is waited for, in milliseconds. */
export function setPatience(milliseconds: number): void {
  patience = milliseconds;
}
