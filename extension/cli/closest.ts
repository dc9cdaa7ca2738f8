/** @file What someone may have meant who wrote a name that is not there. */

/** The name that takes the fewest changes of a letter; undefined when none is near. */
export function closest(written: string, names: Iterable<string>): string | undefined {
  const most = Math.max(1, Math.floor(written.length / 3));
  let best: { readonly name: string; readonly changes: number } | undefined;
  for (const name of names) {
    // The beginning of a name is as good as the name: `--param` for `--parameters`.
    const begins = written.length >= 3 && name.startsWith(written);
    const changes = begins ? 0 : changesBetween(written.toLowerCase(), name.toLowerCase());
    if (changes <= most && (!best || changes < best.changes)) best = { name, changes };
  }
  return best?.name;
}

/** Letters to add, remove, replace, or swap with their neighbours, counted by rows of the usual table. */
function changesBetween(a: string, b: string): number {
  let [beforeLast, last]: [number[], number[]] = [[], Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      row[j] = Math.min(row[j - 1] + 1, last[j] + 1, last[j - 1] + (same ? 0 : 1));
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
    }
    [beforeLast, last] = [last, row];
  }
  return last[b.length];
}
