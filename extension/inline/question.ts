/** @file What can be asked of a function, and the expression with which a session answers. */

export type Question = "jacobian" | "hessian" | "check" | "benchmark";

export interface AskedFunction {
  readonly name: string;
  /** The arguments as TypeScript: `tensor([1, 2]), 3`. */
  readonly inputs: string;
  /** The argument to differentiate with respect to, counted from 0. */
  readonly argnum: number;
}

export const TITLES: Readonly<Record<Question, string>> = {
  jacobian: "Jacobian",
  hessian: "Hessian",
  check: "check gradients",
  benchmark: "benchmark",
};

/** `f` in a tuple, so that a name such as `x` of the inputs is never taken for a parameter of ours. */
export function expressionFor(question: Question, { name, inputs, argnum }: AskedFunction): string {
  const options = argnum === 0 ? "" : `, { argnums: ${argnum} }`;
  switch (question) {
    case "jacobian":
    case "hessian":
      return `${question}(${name}${options})(${inputs})`;
    case "check":
      return `checkGrads(${name}, [${inputs}])`;
    case "benchmark":
      return benchmark(name, inputs, options);
  }
}

/**
 * The function beside its derivatives, each compiled once and called with the same inputs. Waited for, since the session's
 * backend may be a device.
 */
function benchmark(name: string, inputs: string, options: string): string {
  const timed = [
    [name, `jit(${name})`],
    ["Jacobian", `jit(jacobian(${name}${options}))`],
    ["Hessian", `jit(hessian(${name}${options}))`],
  ];
  const timers = timed.map(([label, call]) => {
    const description = JSON.stringify(label);
    return `await ((call) => new Timer({ stmt: () => call(...inputs), description: ${description} }).blockedAutorangeAsync())(${call})`;
  });
  return `(async (...inputs) => compare(${timers.join(", ")}))(${inputs})`;
}
