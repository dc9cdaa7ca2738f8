/** @file Times and ratios as a person reads them. */

const UNITS: readonly (readonly [unit: string, seconds: number])[] = [
  ["s", 1],
  ["ms", 1e-3],
  ["µs", 1e-6],
  ["ns", 1e-9],
];

export interface TimeUnit {
  readonly name: string;
  readonly seconds: number;
}

/** The largest unit in which `seconds` is at least 1; nanoseconds if there is none. */
export function unitFor(seconds: number): TimeUnit {
  const [name, size] = UNITS.find(([, size]) => seconds >= size) ?? UNITS[UNITS.length - 1];
  return { name, seconds: size };
}

/** `x` rounded to `figures` significant figures, never in exponential notation. */
function toFigures(x: number, figures: number): string {
  const rounded = Number(x.toPrecision(figures));
  if (rounded === 0) return "0";
  const decimals = figures - 1 - Math.floor(Math.log10(Math.abs(rounded)));
  return rounded.toFixed(Math.min(Math.max(decimals, 0), 100));
}

/** "12.3 µs", in the unit that suits it or in the one given. */
export const formatTime = (seconds: number, figures = 3, unit = unitFor(seconds)): string =>
  `${toFigures(seconds / unit.seconds, figures)} ${unit.name}`;

/** "1.25×", "3.2×", "32×": as many figures as a timing deserves. */
export function formatRatio(ratio: number): string {
  if (ratio < 1.995) return `${ratio.toFixed(2)}×`;
  return `${ratio < 9.95 ? ratio.toFixed(1) : ratio < 1000 ? ratio.toFixed(0) : toFigures(ratio, 3)}×`;
}

/** "3.21× faster than b (3.12 to 3.28×)": with as many decimals as tell the ends of the interval apart. */
export function formatClaim(ratio: number, [lower, upper]: readonly [number, number], words: string): string {
  const needed = Math.ceil(-Math.log10(Math.max(upper - lower, Number.MIN_VALUE)));
  const [value, low, high] = [ratio, lower, upper].map((each) => {
    const least = each < 2 ? 2 : each < 10 ? 1 : 0;
    return each.toFixed(Math.min(Math.max(needed, least), least + 1));
  });
  return `${value}× ${words} (${low} to ${high}×)`;
}
