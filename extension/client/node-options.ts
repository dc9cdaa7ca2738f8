/** @file The options that Node starts a session with. */

const ALWAYS = [
  // Of Node's own features that we chose knowingly.
  "--disable-warning=ExperimentalWarning",
  // Or Node aborts when a callback of a timer is terminated: it finds its bookkeeping unfinished.
  "--no-force-async-hooks-checks",
];

/** V8 has relaxed SIMD (fused multiply-add) without being asked since 11.4, and some day forgets the option for it. */
const RELAXED_SIMD_SINCE = [11, 4] as const;

/** @param v8 the version of V8 in the executable to start, where it is known; an option it did not know would stop it */
export function nodeOptions(v8: string | undefined): string[] {
  if (v8 === undefined) return ALWAYS;
  const [major, minor] = v8.split(".").map(Number);
  const [sinceMajor, sinceMinor] = RELAXED_SIMD_SINCE;
  const older = major < sinceMajor || (major === sinceMajor && minor < sinceMinor);
  return older ? [...ALWAYS, "--experimental-wasm-relaxed-simd"] : ALWAYS;
}
