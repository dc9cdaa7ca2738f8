"""Derives the polynomial coefficients in kernel/backends/wasm/math/f32/.

    python3 test/kernel/accuracy/float32-coefficients.py      (needs mpmath and scipy)

Each polynomial is the one whose largest weighted error is least, found on a fine grid as a linear program. Coefficients
are rounded to the type they are used in one after the other, from the lowest power on, and the rest is fitted again.
"""
import struct
import sys
import numpy
from mpmath import mp, mpf, acos, asin, atan, cos, erf, erfc, exp, expm1, inf, log, log1p, pi, sin, sqrt, tan
from scipy.optimize import linprog

mp.dps = 34
# Unknowns and errors are scaled so that those of float32 are about 1 for the solver.
SCALE = 2.0**24


def single(c):
    return mpf(struct.unpack("f", struct.pack("f", float(c)))[0])


def double(c):
    return mpf(float(c))


def minimax(points, values, weights, powers):
    """Coefficients of these powers that make the largest of weight · |value − p| least, and that value."""
    basis = numpy.array([[float(x**p) for p in powers] for x in points])
    w = numpy.array([float(w) for w in weights])
    known = [mpf(0)] * len(powers)
    for _ in range(3):
        left = [v - sum(c * x**p for c, p in zip(known, powers)) for x, v in zip(points, values)]
        size = float(max(abs(v) for v in left)) or 1.0
        right = numpy.array([float(v / size) for v in left]) * w
        rows = basis * w[:, None]
        bound = -numpy.ones((len(w), 1))
        a = numpy.block([[rows, bound], [-rows, bound]])
        b = numpy.concatenate([right, -right])
        goal = numpy.zeros(len(powers) + 1)
        goal[-1] = 1
        found = linprog(goal, a, b, bounds=[(None, None)] * len(powers) + [(0, None)], method="highs")
        known = [c + mpf(d) * size for c, d in zip(known, found.x[:-1])]
    return known, found.x[-1] * size


def fit(name, f, weight, powers, a, b, rounded, grid=400):
    """Prints the coefficients, the highest power first."""
    a, b = mpf(a), mpf(b)
    points = [(a + b) / 2 - (b - a) / 2 * cos(pi * (i + mpf(".5")) / grid) for i in range(grid)]
    values = [f(x) for x in points]
    weights = [abs(weight(x)) for x in points]
    known = []
    for k in range(len(powers)):
        left = [v - sum(c * x**p for c, p in zip(known, powers)) for x, v in zip(points, values)]
        c, error = minimax(points, left, weights, powers[k:])
        if rounded is double:
            known = [double(each) for each in c]
            break
        known.append(rounded(c[0]))
    digits = 9 if rounded is single else 17
    text = ", ".join(mp.nstr(c, digits, min_fixed=0, max_fixed=0) for c in reversed(known))
    left = [v - sum(c * x**p for c, p in zip(known, powers)) for x, v in zip(points, values)]
    worst = max(abs(w * v) for w, v in zip(weights, left))
    print(f"{name}: 2^{mp.nstr(log(worst, 2), 4)}\n  {text}", flush=True)


def powers(low, high):
    return list(range(low, high + 1))
