/** @file How large the largest of the nodes made for some purpose is: a cheap sign that memory may be short. */

let largest = 0;

/** Called for each new node. */
export function noteSize(size: number): void {
  if (size > largest) largest = size;
}

/** Runs `body`; gives its result and the number of entries of the largest node it made. */
export function watchingSize<T>(body: () => T): { readonly result: T; readonly largest: number } {
  const before = largest;
  largest = 0;
  try {
    const result = body();
    return { result, largest };
  } finally {
    largest = Math.max(largest, before);
  }
}
