/**
 * @file What must change nothing: jit, checkpoint, rules that state the derivative there is, loops that run once, branches
 * that are taken, maps over one example, in any nesting around any part of random programs.
 */
import fc from "fast-check";
import {
  checkpoint,
  cond,
  customJvp,
  customVjp,
  forLoop,
  grad,
  hessian,
  jacfwd,
  jacrev,
  jit,
  jvp,
  map,
  scan,
  type Tensor,
  tensor,
  vjp,
  vmap,
  zerosLike,
} from "../../kernel/index.ts";
import { assertNear } from "./support/near.ts";
import { type Program, programFrom, type Rest } from "./support/program.ts";

type Wrapper = (f: Rest) => Rest;

const lead = (args: readonly Tensor[]): Tensor[] => args.map((arg) => arg.expandDims(0));

/** The other arguments come from outside, so that bodies have to find what they close over. */
const closing =
  (wrapper: Wrapper): Wrapper =>
  (f) =>
  (...args) => {
    const last = args.length - 1;
    return wrapper((x) => f(...args.slice(0, last), x))(args[last]);
  };

const bodies: Record<string, Wrapper> = {
  jit: (f) => jit(f),
  "jit with a setting": (f) => {
    const compiled = jit((_: string, ...args: Tensor[]) => f(...args), { staticArgnums: 0 });
    return (...args) => compiled("setting", ...args);
  },
  checkpoint: (f) => checkpoint(f),
  scan:
    (f) =>
    (...args) =>
      scan((carry: Tensor[]) => [carry, f(...carry)], args, null, { length: 1 })[1].take(
        tensor(0, { dtype: "int32" }),
        0,
      ),
  "scan of slices":
    (f) =>
    (...args) => {
      const step = (done: Tensor, slices: Tensor[]): [Tensor, Tensor] => [done.add(1), f(...slices)];
      return scan(step, tensor(0), lead(args), { reverse: true })[1].take(tensor(0, { dtype: "int32" }), 0);
    },
  map:
    (f) =>
    (...args) =>
      map((slices) => f(...slices), lead(args)).take(tensor(0, { dtype: "int32" }), 0),
  forLoop:
    (f) =>
    (...args) =>
      forLoop(0, 1, () => f(...args), zerosLike(f(...args))),
  cond:
    (f) =>
    (...args) =>
      cond(true, f, (...given) => f(...given).neg(), ...args),
  "cond of a value":
    (f) =>
    (...args) => {
      const isSmall = args[0].sum().lt(1e6);
      return cond(isSmall, f, (...given) => f(...given).mul(2), ...args);
    },
  "cond not taken":
    (f) =>
    (...args) => {
      const isLarge = args[0].sum().gt(1e6);
      return cond(isLarge, (...given) => zerosLike(f(...given)), f, ...args);
    },
  vmap:
    (f) =>
    (...args) =>
      vmap(f)(...lead(args)).take(tensor(0, { dtype: "int32" }), 0),
  "value of vjp":
    (f) =>
    (...args) =>
      vjp(f, ...args)[0],
  "value of jvp":
    (f) =>
    (...args) =>
      jvp(
        f,
        [...args],
        args.map((arg) => arg.sin()),
      )[0],
};

/** These may not close over what is differentiated. */
const rules: Record<string, Wrapper> = {
  customJvp: (f) => customJvp(f, (args, tangents) => jvp(f, [...args], [...tangents]) as [Tensor, Tensor]),
  customVjp: (f) =>
    customVjp(
      f,
      (...args) => {
        const [out, pullback] = vjp(f, ...(args as Tensor[]));
        return [out, (ct: unknown) => (args.length === 1 ? [pullback(ct)] : (pullback(ct) as Tensor[]))] as const;
      },
      (pullback, ct) => pullback(ct),
    ),
  "gradient of what is linear":
    (f) =>
    (...args) => {
      const out = f(...args);
      return grad((weights: Tensor) =>
        f(...args)
          .mul(weights)
          .sum(),
      )(out.tanh());
    },
};

const wrappers: readonly (readonly [string, Wrapper])[] = [
  ...Object.entries(bodies),
  ...Object.entries(bodies).map(([name, wrapper]) => [`${name}, closing`, closing(wrapper)] as const),
  ...Object.entries(rules),
];

/** Around a third of the steps one wrapper, around some of them two. */
function wrap(program: Program): { readonly f: Rest; readonly text: string } {
  const { choose } = program;
  const chosen = Array.from({ length: program.steps }, () =>
    Array.from({ length: [0, 0, 1, 1, 2][choose(5)] }, () => wrappers[choose(wrappers.length)]),
  );
  if (program.steps > 0) chosen[0].push(wrappers[choose(wrappers.length)]);
  return {
    f: program.through((rest, step) => chosen[step].reduce((f, [, wrapper]) => wrapper(f), rest)),
    text: chosen.map((each, step) => `before step ${step}: ${each.map(([name]) => name).join(" in ")}`).join("\n"),
  };
}

const tapes = fc.noBias(fc.array(fc.nat({ max: 5039 }), { minLength: 90, maxLength: 120 }));
const largest = (x: Tensor): number => Math.max(1, ...Array.from(x.dataSync(), Math.abs));

function check(runs: number, seed: number, law: (program: Program, wrapped: Rest) => void): void {
  fc.assert(
    fc.property(tapes, (tape) => {
      const program = programFrom(tape);
      const wrapped = wrap(program);
      try {
        law(program, wrapped.f);
      } catch (error) {
        const shown = error instanceof Error ? error.stack : error;
        throw new Error(`${shown}\nfor the program\n${program.text}\n${wrapped.text}\n`);
      }
    }),
    { numRuns: runs, seed },
  );
}

function compare(actual: Tensor, expected: Tensor, what: string): void {
  assertNear(actual, expected, { rtol: 1e-9, atol: 1e-10 * largest(expected), what });
}

suite("wrappers that change nothing", () => {
  test("leave values and both first derivatives as they are", () => {
    check(40, 1, ({ f, inputs }, wrapped) => {
      compare(wrapped(...inputs), f(...inputs), "value");
      inputs.forEach((_, argnums) => {
        const expected = jacrev(f, { argnums })(...inputs);
        compare(jacrev(wrapped, { argnums })(...inputs), expected, `jacrev ${argnums}`);
        compare(jacfwd(wrapped, { argnums })(...inputs), expected, `jacfwd ${argnums}`);
      });
    });
  });

  test("leave second derivatives as they are, in all orders of modes", () => {
    check(25, 2, ({ f, inputs }, wrapped) => {
      const bent =
        (g: Rest) =>
        (...args: Tensor[]) =>
          g(...args)
            .sin()
            .sum();
      const expected = hessian(bent(f))(...inputs);
      const h = bent(wrapped);
      compare(hessian(h)(...inputs), expected, "hessian");
      compare(jacrev(jacrev(h))(...inputs), expected, "reverse over reverse");
      compare(jacfwd(jacfwd(h))(...inputs), expected, "forward over forward");
      compare(jacrev(jacfwd(h))(...inputs), expected, "reverse over forward");
    });
  });

  test("leave maps of gradients as they are, mapped and compiled from outside", () => {
    check(20, 3, ({ f, inputs }, wrapped) => {
      const slope = (g: Rest) =>
        grad((...args: Tensor[]) =>
          g(...args)
            .sin()
            .sum(),
        );
      const many = inputs.map((input) =>
        input.expandDims(0).mul(tensor([1, 0.5, -0.7], { dtype: "float64" }).reshape([3, ...input.shape.map(() => 1)])),
      );
      const expected = vmap(slope(f))(...many);
      compare(vmap(slope(wrapped))(...many), expected, "vmap of grad");
      const mapped = vmap(wrapped);
      compare(slope(mapped)(...many), expected, "grad of vmap");
      compare(jit(vmap(slope(wrapped)))(...many), expected, "jit of vmap of grad");
      compare(jit(slope(jit(mapped)))(...many), expected, "jit of grad of jit of vmap");
    });
  });
});
