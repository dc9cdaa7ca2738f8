/**
 * @file The words of memory by which threads agree on what to do. One thread, the caller, runs programs and offers ranges
 * of a kernel's outermost loop; the others take chunks of the range as long as there are any. Which thread takes which
 * chunk makes no difference to any result.
 */

/** Indices into an Int32Array at `address`; those that many threads write have cache lines of their own. */
export const WORDS = {
  address: 64,
  length: 160,
  /** Changes when there is something to look at: an offer or a message. Idle threads wait for it. */
  epoch: 0,
  /** How many messages have been sent to each thread. */
  sent: 1,
  /** Threads of an earlier generation go. */
  generation: 2,
  /** 1 while chunks may be taken. */
  open: 16,
  program: 17,
  kernel: 18,
  extent: 19,
  /** Steps of a chunk, and how many chunks there are. */
  steps: 20,
  chunks: 21,
  /** Set to 1 by a thread that could not do its chunk. */
  failed: 22,
  /** The chunk to take next. */
  next: 48,
  /** How many threads besides the caller are at it. */
  active: 80,
  /** How many chunks they have done, in all. */
  done: 112,
} as const;

export type Words = typeof WORDS;

/** To a thread: a program it may be offered kernels of, or one that will not come again. */
export type Message =
  | { readonly memory: WebAssembly.Memory }
  | {
      readonly program: number;
      readonly module: WebAssembly.Module;
      /** Names in `Math` of the functions that the module imports; null for those that its kernels do not call. */
      readonly imports: readonly (string | null)[];
      /** Address of the memory that its kernels may use as they like. */
      readonly workspace: number;
    }
  | { readonly forget: number };
