/**
 * @file Expectations for random draws: what they are as functions of their keys. That they follow their distributions, and
 * how they move with their parameters, is tested in functions/random-distributions.test.ts.
 */
import { logGammaDraw, logGammaSlope } from "../../../kernel/random/gamma.ts";
import { PhiloxStream } from "../../../kernel/random/philox.ts";
import { poissonDraw } from "../../../kernel/random/poisson.ts";
import { mapped, type Table } from "./row.ts";

const key = { type: "int32", low: -(2 ** 31), high: 2 ** 31 } as const;
const shapes = [[2, 3], [5], []];

export const randomRows = {
  logGammaDraw: shapes.map((shape) => ({
    inputs: [
      { shape, low: 0.2, high: 4 },
      { shape, ...key },
      { shape, ...key },
    ],
    params: {},
    expected: mapped((alpha, a, b) => logGammaDraw(alpha, new PhiloxStream().start(a, b))),
    derivative: "elsewhere",
  })),
  logGammaSlope: shapes.map((shape) => ({
    inputs: [{ shape, low: 0.2, high: 4 }, { shape }],
    params: {},
    expected: mapped(logGammaSlope),
    derivative: "elsewhere",
  })),
  poissonDraw: shapes.map((shape) => ({
    inputs: [
      { shape, low: 0.2, high: 30 },
      { shape, ...key },
      { shape, ...key },
    ],
    params: {},
    expected: mapped((rate, a, b) => poissonDraw(rate, new PhiloxStream().start(a, b))),
    derivative: "elsewhere",
  })),
} satisfies Partial<Table>;
