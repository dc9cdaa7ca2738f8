"""Derives the polynomial coefficients in kernel/backends/wasm/math/f32/.

    python3 test/kernel/accuracy/float32-coefficients.py      (needs mpmath and scipy)

Each polynomial is the one whose largest weighted error is least, found on a fine grid as a linear program. Coefficients
are rounded to the type they are used in one after the other, from the lowest power on, and the rest is fitted again.
"""
import struct
import numpy
from mpmath import asin, atan, atanh, cos, erf, erfc, exp, log, log1p, mp, mpf, pi, sin, sqrt, tan, tanh
from scipy.optimize import linprog

mp.dps = 34


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


def continued(f, at_zero):
    """f with its limit at 0, where its formula is 0 / 0."""
    return lambda x: f(x) if abs(x) > mpf("1e-17") else mpf(at_zero)


def of_square(f, at_zero):
    """(f(x) / x − 1) / x² as a function of x², for an odd f with slope 1."""
    return continued(lambda z: (f(sqrt(z)) / sqrt(z) - 1) / z, at_zero)


def relative(f):
    """The weight that makes the error one of f relative to f."""
    return lambda z: z * sqrt(z) / f(sqrt(z)) if z > 0 else mpf(0)


LN2 = log(mpf(2))
UNIT = lambda x: mpf(1)
IDENTITY = lambda x: x

# exponential.ts. The intervals are a little longer than need be, for an argument that rounding puts outside.
HALF = LN2 / 2 * mpf("1.002")
over_x = continued(lambda r: (exp(r) - 1) / r, 1)
binary_over_x = continued(lambda r: (2**r - 1) / r, LN2)
second = continued(lambda r: (exp(r) - 1 - r) / r**2, 0.5)
fit("EXP but 1", over_x, lambda r: r * exp(-r), powers(0, 5), -HALF, HALF, single)
fit("EXP2 but 1", binary_over_x, IDENTITY, powers(0, 5), -mpf("0.501"), mpf("0.501"), single)
fit("EXPM1", second, IDENTITY, powers(0, 4), -HALF, HALF, single)
tanh_end = 3 * LN2 / 8 * mpf("1.008")
fit("TANH", of_square(tanh, -mpf(1) / 3), relative(tanh), powers(0, 2), 0, tanh_end**2, single)
negative_log_erfc = continued(lambda x: -log(erfc(x)) / x - 1, 2 / sqrt(pi) - 1)
erf_weight = continued(lambda x: x * exp(-x * (negative_log_erfc(x) + 1)) / erf(x), 1)
fit("ERF", negative_log_erfc, erf_weight, powers(0, 8), 0, "3.95", single)

# logarithm.ts
LOW, HIGH = sqrt(mpf("0.5")) - 1, sqrt(mpf(2)) - 1
log_rest = continued(lambda m: (log1p(m) - m) / m**2, -0.5)
fit("LOG", log_rest, lambda m: max(abs(m), mpf("1e-3")), powers(0, 7), LOW, HIGH, single)
fit("LOG2", continued(lambda m: log1p(m) / LN2 / m - 1, 1 / LN2 - 1), UNIT, powers(0, 9), LOW, HIGH, single)

# doubles.ts
HALF = LN2 / 2 * mpf("1.0001")
fit("EXPM1", second, IDENTITY, powers(0, 5), -HALF, HALF, double)
fit("EXP2 but 1", binary_over_x, IDENTITY, powers(0, 6), -mpf("0.5001"), mpf("0.5001"), double)
LARGEST = HIGH / (HIGH + 2) * mpf("1.00001")
fit("ATANH but 1", of_square(atanh, mpf(1) / 3), IDENTITY, powers(0, 3), 0, LARGEST**2, double)

# circular.ts
fit("SIN", of_square(sin, -mpf(1) / 6), relative(sin), powers(0, 3), 0, (pi / 2 + mpf("0.01")) ** 2, double)
fit("TAN", of_square(tan, mpf(1) / 3), relative(tan), powers(0, 6), 0, (pi / 4 + mpf("0.01")) ** 2, double)

# inverse.ts
fit("ASIN", of_square(asin, mpf(1) / 6), IDENTITY, powers(0, 5), 0, "0.25", double)
fit("ATAN", of_square(atan, -mpf(1) / 3), relative(atan), powers(0, 9), 0, 1, double)

# complement.ts
K = 3


def scaled_erfc(t):
    a = K * (1 + t) / (1 - t)
    return (1 + 2 * a) * exp(a * a) * erfc(a)


END = (mpf("10.2") - K) / (mpf("10.2") + K)
fit("ERFC", scaled_erfc, lambda t: 1 / scaled_erfc(t), powers(0, 10), -1, END, double, 200)
