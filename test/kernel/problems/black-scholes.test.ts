/**
 * @file The price of a European call by F. Black and M. Scholes, 1973, and its Greeks in closed form (E. G. Haug, "The
 * Complete Guide to Option Pricing Formulas", 2007, ch. 2), up to the third order. Derivatives by time are by the time left.
 */
import { grad, hessian, hvp, jacfwd, jacrev, type Tensor, vmap } from "../../../kernel/index.ts";
import { testEach } from "../support/backends.ts";
import { assertClosedForm } from "./closed-form.ts";
import { f64, matvec, numbers, times, type Vector } from "./plain.ts";

const cumulative = (x: Tensor): Tensor => x.div(Math.SQRT2).erf().add(1).div(2);

function call(spot: Tensor, volatility: Tensor, time: Tensor, rate: Tensor, strike: Tensor): Tensor {
  const spread = volatility.mul(time.sqrt());
  const drift = rate.add(volatility.square().div(2)).mul(time);
  const d1 = spot.div(strike).log().add(drift).div(spread);
  const discounted = strike.mul(rate.mul(time).neg().exp());
  return spot.mul(cumulative(d1)).sub(discounted.mul(cumulative(d1.sub(spread))));
}

const density = (x: number): number => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);

/** ½ + φ(x) (x + x³/3 + x⁵/15 + …): all terms have one sign, so nothing cancels. */
function distribution(x: number): number {
  let [term, sum] = [x, x];
  for (let n = 3; Math.abs(term) > 1e-18 * Math.abs(sum); n += 2) {
    term *= (x * x) / n;
    sum += term;
  }
  return 0.5 + density(x) * sum;
}

function greeks([S, sigma, T, r, K]: Vector) {
  const root = Math.sqrt(T);
  const spread = sigma * root;
  const d1 = (Math.log(S / K) + (r + sigma ** 2 / 2) * T) / spread;
  const d2 = d1 - spread;
  const discount = Math.exp(-r * T);
  const gamma = density(d1) / (S * spread);
  const vega = S * density(d1) * root;
  /** ∂d₁/∂T · 2T */
  const pull = (2 * r * T - d2 * spread) / spread;
  return {
    price: S * distribution(d1) - K * discount * distribution(d2),
    delta: distribution(d1),
    vega,
    decay: (S * density(d1) * sigma) / (2 * root) + r * K * discount * distribution(d2),
    rho: K * T * discount * distribution(d2),
    dual: -discount * distribution(d2),
    gamma,
    vanna: (-density(d1) * d2) / sigma,
    volga: (vega * d1 * d2) / sigma,
    charm: (density(d1) * pull) / (2 * T),
    /** By the spot and the rate. */
    leverage: (K * T * discount * density(d2)) / (S * spread),
    speed: (-gamma / S) * (d1 / spread + 1),
    zomma: (gamma * (d1 * d2 - 1)) / sigma,
    colour: (-gamma / (2 * T)) * (1 + d1 * pull),
    ultima: (-vega / sigma ** 2) * (d1 * d2 * (1 - d1 * d2) + d1 ** 2 + d2 ** 2),
  };
}

const contracts: readonly Vector[] = [
  [100, 0.2, 1, 0.05, 110],
  [42, 0.35, 0.5, 0.01, 40],
  [1.3, 0.12, 2.5, 0.03, 1.1],
];
const strikes = [60, 80, 95, 100, 107, 130, 180];

suite("Black and Scholes", () => {
  const five = [0, 1, 2, 3, 4] as const;
  const byAll = { argnums: five };
  const scalars = (contract: Vector): [Tensor, Tensor, Tensor, Tensor, Tensor] => {
    const [S, sigma, T, r, K] = contract.map((each) => f64([each]).reshape([]));
    return [S, sigma, T, r, K];
  };

  testEach("first order: delta, vega, theta, rho", () => {
    for (const contract of contracts) {
      const { price, delta, vega, decay, rho, dual } = greeks(contract);
      const args = scalars(contract);
      assertClosedForm(call(...args), price, "price");
      for (const [name, derivative] of [
        ["grad", grad(call, byAll)],
        ["jacrev", jacrev(call, byAll)],
        ["jacfwd", jacfwd(call, byAll)],
      ] as const) {
        const found = derivative(...args);
        [delta, vega, decay, rho, dual].forEach((expected, i) => {
          assertClosedForm(found[i], expected, `${name} ${i}`);
        });
      }
    }
  });

  testEach("second order: gamma, vanna, volga, charm", () => {
    for (const contract of contracts) {
      const { gamma, vanna, volga, charm, leverage } = greeks(contract);
      const args = scalars(contract);
      for (const [name, second] of [
        ["hessian", hessian(call, byAll)],
        ["jacfwd of grad", jacfwd(grad(call, byAll), byAll)],
        ["jacrev of jacfwd", jacrev(jacfwd(call, byAll), byAll)],
      ] as const) {
        const H = second(...args);
        assertClosedForm(H[0][0], gamma, `${name}: gamma`);
        assertClosedForm(H[0][1], vanna, `${name}: vanna`);
        assertClosedForm(H[1][0], vanna, `${name}: vanna, the other way round`);
        assertClosedForm(H[1][1], volga, `${name}: volga`);
        assertClosedForm(H[0][2], charm, `${name}: charm`);
        assertClosedForm(H[3][0], leverage, `${name}: by the rate and the spot`);
      }
    }
  });

  testEach("third order: speed, zomma, colour, ultima", () => {
    for (const contract of contracts) {
      const { speed, zomma, colour, ultima } = greeks(contract);
      const args = scalars(contract);
      const gamma = grad(grad(call));
      const volga = grad(grad(call, { argnums: 1 }), { argnums: 1 });
      for (const [name, derivative] of [
        ["grad", grad],
        ["jacfwd", jacfwd],
      ] as const) {
        assertClosedForm(derivative(gamma)(...args), speed, `${name}: speed`);
        assertClosedForm(derivative(gamma, { argnums: 1 })(...args), zomma, `${name}: zomma`);
        assertClosedForm(derivative(gamma, { argnums: 2 })(...args), colour, `${name}: colour`);
        assertClosedForm(derivative(volga, { argnums: 1 })(...args), ultima, `${name}: ultima`);
      }
    }
  });

  testEach("over strikes, by vmap", () => {
    const [contract] = contracts;
    const [S, sigma, T, r] = scalars(contract);
    const table = strikes.map((strike) => greeks(contract.with(4, strike)));
    const overStrikes = { inDims: [null, null, null, null, 0] };
    const at = f64(strikes);
    const [delta, vega] = vmap(grad(call, { argnums: [0, 1] }), overStrikes)(S, sigma, T, r, at);
    const column = (name: keyof (typeof table)[number]): number[] => table.map((row) => row[name]);
    assertClosedForm(delta, column("delta"), "vmap of grad: delta");
    assertClosedForm(vega, column("vega"), "vmap of grad: vega");
    const curved = vmap(hessian(call, { argnums: [0, 1] }), overStrikes)(S, sigma, T, r, at);
    assertClosedForm(curved[0][0], column("gamma"), "vmap of hessian: gamma");
    assertClosedForm(curved[0][1], column("vanna"), "vmap of hessian: vanna");
    assertClosedForm(curved[1][1], column("volga"), "vmap of hessian: volga");
    assertClosedForm(vmap(grad(grad(grad(call))), overStrikes)(S, sigma, T, r, at), column("speed"), "vmap: speed");
    // Without vmap: the function broadcasts, and its Jacobian by the strikes is a diagonal.
    const duals = strikes.map((_, i) => strikes.map((_, j) => (i === j ? table[i].dual : 0)));
    assertClosedForm(jacrev(call, { argnums: 4 })(S, sigma, T, r, at), duals, "jacrev by the strikes");
    assertClosedForm(jacfwd(call, { argnums: 4 })(S, sigma, T, r, at), duals, "jacfwd by the strikes");
  });

  testEach("a portfolio's hvp", () => {
    const portfolio = (market: Tensor): Tensor =>
      call(market.at(0), market.at(1), f64([1]), f64([0.05]), f64(strikes)).sum();
    const table = strikes.map((strike) => greeks([100, 0.2, 1, 0.05, strike]));
    const add = (name: "gamma" | "vanna" | "volga"): number => table.reduce((sum, row) => sum + row[name], 0);
    const H = [
      [add("gamma"), add("vanna")],
      [add("vanna"), add("volga")],
    ];
    const market = f64([100, 0.2]);
    const move = numbers(2, 7);
    assertClosedForm(hessian(portfolio)(market), H, "hessian");
    assertClosedForm(hvp(portfolio, [market], [f64(move)]), matvec(H, move), "hvp");
    const moves = times(3, (i) => numbers(2, 8 + i));
    const products = vmap((v: Tensor) => hvp(portfolio, [market], [v]))(f64(moves));
    assertClosedForm(
      products,
      moves.map((each) => matvec(H, each)),
      "vmap of hvp",
    );
  });
});
