/** @file The expressions with which a session answers the explorer. */
import type { Action, BackendChoice, Form, Strategy } from "../../protocol/panel.ts";

const BACKENDS = ["wasm", "reference"] as const;

/** In the order in which a benchmark lists them. */
const STRATEGIES: readonly Strategy[] = ["automatic", "vmap", "forward", "reverse"];

/**
 * Names of ours stand in functions that get what the person wrote as arguments: so no variable of the person's is ever
 * taken for one of ours.
 */
export function expressionFor(action: Action, form: Form): string {
  const { inputs, strategy, backend } = form;
  switch (action) {
    case "compute":
      return onBackend(backend, `${derivativeOf(form, strategy)}(${inputs})`);
    case "explain":
      return `explain(${derivativeOf(form, strategy)})(${inputs})`;
    case "benchmark":
      return benchmarkOf(form);
  }
}

/** Whether a stop in the midst of it may leave the session on another backend. */
export const changesBackend = (action: Action, { backend, everyBackend }: Form): boolean =>
  action === "benchmark" ? everyBackend || backend !== "session" : action === "compute" && backend !== "session";

/** A function of the same arguments. */
function derivativeOf({ subject, derivative, argnum }: Form, strategy: Strategy): string {
  const options = [
    ...(argnum === 0 ? [] : [`argnums: ${argnum}`]),
    ...(strategy === "automatic" ? [] : ['strategy: "vmap"']),
  ].join(", ");
  const by = (transform: string, f: string) => `${transform}(${f}${options ? `, { ${options} }` : ""})`;
  if (strategy === "automatic" || strategy === "vmap") return by(derivative, subject);
  const transform = strategy === "forward" ? "jacfwd" : "jacrev";
  return derivative === "jacobian" ? by(transform, subject) : by(transform, by(transform, subject));
}

/** Computed before the backend is changed back. */
function onBackend(backend: BackendChoice, expression: string): string {
  if (backend === "session") return expression;
  const computed =
    "treeLeaves(value).forEach((leaf) => { if (leaf instanceof Tensor) leaf.dataSync(); }); return value;";
  return restoring(`useBackend("${backend}"); const value = make(); ${computed}`, `() => ${expression}`);
}

/** Waited for, since the session's backend may be a device. */
function benchmarkOf(form: Form): string {
  const { subject, derivative, inputs, everyBackend, backend } = form;
  const derivatives = STRATEGIES.map((strategy) => derivativeOf(form, strategy));
  const cases = STRATEGIES.map((strategy, i) => `${strategy}: () => derivatives[${i}](...inputs)`);
  const chosen = everyBackend ? BACKENDS : backend === "session" ? [] : [backend];
  const options = [
    `label: ${JSON.stringify(`${derivative === "hessian" ? "Hessian" : "Jacobian"} of ${subject}`)}`,
    ...(chosen.length > 0 ? [`backends: ${JSON.stringify(chosen)}`] : []),
  ];
  const timing = `((derivatives, ...inputs) => benchmarkAsync({ ${cases.join(", ")} }, { ${options.join(", ")} }))`;
  return `${timing}([${derivatives.join(", ")}], ${inputs})`;
}

const restoring = (body: string, make: string): string =>
  `((make) => { const before = backendName(); try { ${body} } finally { useBackend(before); } })(${make})`;
