/**
 * @file How long work still takes, from its pace so far: that of the later half of the time it took, because the first
 * steps compile and warm up, and because steps may grow. No estimate before there is something to go by.
 */

const LEAST_MS = 1000;
const LEAST_STEPS = 2;
/** More samples say no more: every second one is then forgotten. */
const MOST_SAMPLES = 64;

interface Sample {
  readonly time: number;
  readonly done: number;
}

export class Pace {
  readonly #startedAt: number;
  #samples: Sample[];

  constructor(startedAt: number) {
    this.#startedAt = startedAt;
    this.#samples = [{ time: startedAt, done: 0 }];
  }

  note(time: number, done: number): void {
    if (this.#samples.length === MOST_SAMPLES) this.#samples = this.#samples.filter((_, i) => i % 2 === 0);
    this.#samples.push({ time, done });
  }

  secondsLeft(total: number | undefined): number | undefined {
    const last = this.#samples[this.#samples.length - 1];
    const elapsed = last.time - this.#startedAt;
    if (total === undefined || elapsed < LEAST_MS || last.done < LEAST_STEPS || last.done >= total) return undefined;
    const half = this.#startedAt + elapsed / 2;
    const since = this.#samples.findLast(({ time, done }) => time <= half && done < last.done) ?? this.#samples[0];
    const perStep = (last.time - since.time) / (last.done - since.done);
    return (perStep * (total - last.done)) / 1000;
  }
}
