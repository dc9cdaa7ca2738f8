/** @file Operations that give the same when their two operands are exchanged. */

/** Exact in IEEE 754 arithmetic, but for sign and payload of a NaN. */
const COMMUTING: ReadonlySet<string> = new Set(["add", "mul", "max", "min", "eq", "ne", "and", "or"]);

/** Operands by number, in an order that is the same for equal values. */
export function orderedOperands(name: string, operands: readonly number[]): readonly number[] {
  return operands.length === 2 && operands[1] < operands[0] && COMMUTING.has(name)
    ? [operands[1], operands[0]]
    : operands;
}
