"""Writes golden.json: what the elementwise functions give at special values.

    python3 test/kernel/special-values/generate.py      (needs numpy, scipy and mpmath)

Values: NumPy's or SciPy's at zeros of both signs, ±1, subnormal, tiny, huge and largest numbers, infinities and NaN, for
both floating types; the float32 ones are computed in float64 and rounded once. Derivatives: mpmath's, of first and second
order, at points where they are finite. Numbers that JSON does not have are strings.
"""
import json
import math
import warnings
from pathlib import Path

import mpmath
import numpy as np
import scipy.special as sp
from mpmath import mp

mp.dps = 50
warnings.filterwarnings("ignore")
INF, NAN = math.inf, math.nan


def softplus(x):
    return np.logaddexp(0, x)


def sinc(x):
    return np.where(np.isinf(x), NAN, np.sinc(x) * (np.mod(x, 1) != 0) + (x == 0))


UNARY = {
    "neg": np.negative, "abs": np.abs, "sign": np.sign, "relu": lambda x: np.maximum(x, 0),
    "floor": np.floor, "ceil": np.ceil, "round": np.rint, "trunc": np.trunc, "square": np.square, "reciprocal": np.reciprocal,
    "sqrt": np.sqrt, "cbrt": np.cbrt, "rsqrt": lambda x: 1 / np.sqrt(x), "exp": np.exp, "exp2": np.exp2, "expm1": np.expm1,
    "log": np.log, "log1p": np.log1p, "log2": np.log2, "log10": np.log10, "sin": np.sin, "cos": np.cos, "tan": np.tan,
    "asin": np.arcsin, "acos": np.arccos, "atan": np.arctan, "sinh": np.sinh, "cosh": np.cosh, "tanh": np.tanh,
    "asinh": np.arcsinh, "acosh": np.arccosh, "atanh": np.arctanh, "sigmoid": sp.expit, "softplus": softplus,
    "logSigmoid": sp.log_expit, "erf": sp.erf, "erfc": sp.erfc, "erfinv": sp.erfinv, "ndtr": sp.ndtr, "lgamma": sp.gammaln,
    "digamma": sp.digamma, "logit": sp.logit, "sinc": sinc, "isnan": np.isnan, "isinf": np.isinf, "isfinite": np.isfinite,
    "deg2rad": np.deg2rad, "rad2deg": np.rad2deg, "softsign": lambda x: x / (1 + np.abs(x)),
}
BINARY = {
    "add": np.add, "sub": np.subtract, "mul": np.multiply, "div": np.divide, "remainder": np.remainder, "fmod": np.fmod,
    "maximum": np.maximum, "minimum": np.minimum, "atan2": np.arctan2, "hypot": np.hypot, "logaddexp": np.logaddexp,
    "pow": np.power, "eq": np.equal, "ne": np.not_equal, "lt": np.less, "le": np.less_equal, "gt": np.greater,
    "ge": np.greater_equal, "xlogy": sp.xlogy,
}
# Where SciPy overflows at subnormal numbers, and where the kernel's documented limits are others than SciPy's.
EXCEPT = {
    "lgamma": lambda x: np.where(x == -INF, INF, np.where((x != 0) & (np.abs(x) < 1e-300), -np.log(np.abs(x)), sp.gammaln(x))),
    "digamma": lambda x: np.where(x == 0, np.copysign(INF, -x), np.where(x == -INF, NAN, sp.digamma(x))),
}
ORDINARY = [0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -2.0, 3.0, 1e-8, -1e-8, 30.0, -30.0]
LIMITS = {
    "float64": [2.2250738585072014e-308, -2.2250738585072014e-308, 5e-324, -5e-324, 1e-310, 1e300, -1e300,
                1.7976931348623157e308, -1.7976931348623157e308, INF, -INF, NAN],
    "float32": [1.1754943508222875e-38, -1.1754943508222875e-38, 1.401298464324817e-45, -1.401298464324817e-45,
                9.99994610111476e-41, 1e30, -1e30, 3.4028234663852886e38, -3.4028234663852886e38, INF, -INF, NAN],
}
# Huge angles are tested by themselves: what is asked here is that infinities give NaN.
ANGLES = {"sin", "cos", "tan", "sinc", "digamma", "lgamma"}
PAIRS = [0.0, -0.0, 1.0, -1.0, 2.5, -3.0, INF, -INF, NAN]


def encode(values):
    def one(x):
        x = float(x)
        if math.isnan(x):
            return "NaN"
        if math.isinf(x):
            return "Infinity" if x > 0 else "-Infinity"
        return "-0" if x == 0 and math.copysign(1, x) < 0 else x
    return [one(x) for x in values]


def rounded(values, dtype):
    return np.asarray(values, dtype=np.float64).astype(dtype).astype(np.float64)


SMOOTH = {
    "sqrt": mpmath.sqrt, "exp": mpmath.exp, "exp2": lambda x: mp.mpf(2) ** x, "expm1": mpmath.expm1, "log": mpmath.log,
    "log1p": mpmath.log1p, "log2": lambda x: mpmath.log(x) / mpmath.log(2), "log10": mpmath.log10, "sin": mpmath.sin,
    "cos": mpmath.cos, "tan": mpmath.tan, "asin": mpmath.asin, "acos": mpmath.acos, "atan": mpmath.atan,
    "sinh": mpmath.sinh, "cosh": mpmath.cosh, "tanh": mpmath.tanh, "asinh": mpmath.asinh, "acosh": mpmath.acosh,
    "atanh": mpmath.atanh, "sigmoid": lambda x: 1 / (1 + mpmath.exp(-x)), "softplus": lambda x: mpmath.log1p(mpmath.exp(x)),
    "logSigmoid": lambda x: -mpmath.log1p(mpmath.exp(-x)), "silu": lambda x: x / (1 + mpmath.exp(-x)),
    "gelu": lambda x: x * mpmath.ncdf(x), "mish": lambda x: x * mpmath.tanh(mpmath.log1p(mpmath.exp(x))),
    "erf": mpmath.erf, "erfc": mpmath.erfc, "erfinv": mpmath.erfinv, "ndtr": mpmath.ncdf, "lgamma": mpmath.loggamma,
    "digamma": mpmath.digamma, "logit": lambda x: mpmath.log(x / (1 - x)), "sinc": mpmath.sincpi,
    "square": lambda x: x * x, "reciprocal": lambda x: 1 / x, "rsqrt": lambda x: 1 / mpmath.sqrt(x),
}
DOMAIN = {
    "sqrt": (0, INF), "log": (0, INF), "log2": (0, INF), "log10": (0, INF), "log1p": (-1, INF), "asin": (-1, 1),
    "acos": (-1, 1), "atanh": (-1, 1), "erfinv": (-1, 1), "acosh": (1, INF), "lgamma": (0, INF), "digamma": (0, INF),
    "logit": (0, 1), "rsqrt": (0, INF),
}
PLACES = [0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -2.0, 1e-8, -1e-8, 1e-30, 12.0, -12.0, 40.0, -40.0]


def derivatives(name, f):
    low, high = DOMAIN.get(name, (-INF, INF))
    rows = []
    for x in PLACES:
        if not low < x < high or (name == "reciprocal" and x == 0):
            continue
        # A small circle around the point: exact far beyond double precision.
        first, second = (mp.diff(f, mp.mpf(x), n) for n in (1, 2))
        pair = [float(mp.re(first)), float(mp.re(second))]
        if all(math.isfinite(each) for each in pair):
            rows.append([x, *pair])
    return rows


def main():
    out = {"unary": {}, "binary": {}, "derivatives": {}}
    for name, f in UNARY.items():
        out["unary"][name] = {}
        for dtype, limits in LIMITS.items():
            far = [x for x in limits if not (name in ANGLES and math.isfinite(x) and abs(x) > 1e29)]
            x = rounded(ORDINARY + far, dtype)
            values = rounded(EXCEPT.get(name, f)(x), dtype)
            out["unary"][name][dtype] = [encode(x), encode(values)]
    for name, f in BINARY.items():
        x, y = (rounded(each.ravel(), "float64") for each in np.meshgrid(PAIRS, PAIRS))
        out["binary"][name] = [encode(x), encode(y), encode(np.asarray(f(x, y), dtype=np.float64))]
    for name, f in SMOOTH.items():
        out["derivatives"][name] = derivatives(name, f)
    text = json.dumps(out).replace('}, "', '},\n"').replace(']], "', ']],\n"').replace(']], [', ']],\n[')
    Path(__file__).with_name("golden.json").write_text(text + "\n")


main()
