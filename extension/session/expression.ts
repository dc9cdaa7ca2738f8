/** @file An expression of the host's own, such as "the Hessian of f at these inputs", made a cell. */

/** Names in code that are not properties; names in its texts too, which does no harm. */
const NAME = /(?<![\w$])(?<!(?<!\.\.)\.)[A-Za-z_$][\w$]*/g;

/**
 * The cell. What the library exports is a parameter, so that nothing is declared in the session; what the session has
 * under the same name goes first.
 */
export function withLibrary(
  expression: string,
  session: ReadonlyMap<string, unknown>,
  library: ReadonlySet<string>,
): string {
  const mentioned = new Set(expression.match(NAME));
  const taken = [...mentioned].filter((name) => library.has(name) && !session.has(name));
  return `await (async ({ ${taken.join(", ")} }) => (\n${expression}\n))(await import("cotangent"))`;
}
