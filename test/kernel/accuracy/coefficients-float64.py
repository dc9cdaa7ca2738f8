"""Derives the polynomial coefficients in kernel/backends/wasm/math/f64/.

    python3 test/kernel/accuracy/coefficients-float64.py      (needs mpmath)

Each polynomial interpolates at Chebyshev's nodes, computed with 60 digits: within a small factor of the best of its
degree. A rational function does so too, which is a linear system. The lowest coefficient comes first. `error` is the
largest of the fitted function times `weight`, which is what it means for the result.
"""
from mpmath import mp, mpf, matrix, lu_solve, chebyfit, exp, log, sin, cos, tanh, sinh, asin, atan, erf, erfc, sqrt, pi

mp.dps = 60
LN2 = log(mpf(2))


def nodes(a, b, count):
    return [(a + b) / 2 + (b - a) / 2 * cos(pi * (2 * k + 1) / (2 * count)) for k in range(count)]


def show(name, error, *lists):
    print(f"{name}: error 2^{mp.nstr(log(error, 2), 4)}")
    for coefficients in lists:
        print("  [" + ", ".join(repr(float(c)) for c in coefficients) + "]")


def polynomial(name, f, a, b, terms, weight=lambda x: 1):
    a, b = mpf(a), mpf(b)
    coefficients = chebyfit(f, [a, b], terms)[::-1]
    value = lambda x: sum(c * x**k for k, c in enumerate(coefficients))
    points = nodes(a, b, 400)
    show(name, max(abs((value(x) - f(x)) * weight(x)) for x in points), coefficients)


def rational(name, f, a, b, m, n, weight=lambda x: 1, crowd=None):
    """P of degree m over Q of degree n, where Q(0) = 1; with `crowd` the nodes are Chebyshev's in 1 / (x + crowd)."""
    a, b = mpf(a), mpf(b)
    xs = nodes(a, b, m + n + 1)
    if crowd is not None:
        xs = [1 / u - crowd for u in nodes(1 / (b + crowd), 1 / (a + crowd), m + n + 1)]
    rows = [[x**k for k in range(m + 1)] + [-f(x) * x**k for k in range(1, n + 1)] for x in xs]
    solution = list(lu_solve(matrix(rows), matrix([f(x) for x in xs])))
    p, q = solution[: m + 1], [mpf(1)] + solution[m + 1 :]
    value = lambda x: sum(c * x**k for k, c in enumerate(p)) / sum(c * x**k for k, c in enumerate(q))
    show(name, max(abs((value(x) - f(x)) * weight(x)) for x in nodes(a, b, 400)), p, q)


def series(first, ratio):
    """Σ of the terms that `ratio` makes: for functions of a small z that cancel in closed form."""
    def f(z):
        total, term, n = mpf(0), mpf(first), 0
        while abs(term) > mpf(10) ** -55:
            total += term
            term *= ratio(n) * z
            n += 1
        return total
    return f


HALF = LN2 / 2 * mpf("1.0001")
polynomial("exp: (exp r - 1 - r) / r^2", series("0.5", lambda n: mpf(1) / (n + 3)), -HALF, HALF, 10, lambda r: r * r)
polynomial("exp2: (2^r - 1 - r ln 2) / r^2", lambda r: LN2**2 * series("0.5", lambda n: mpf(1) / (n + 3))(r * LN2), -0.5001, 0.5001, 10, lambda r: r * r)
polynomial("log: (2 atanh s - 2s) / s^3 in s^2", lambda z: sum(2 * z**k / (2 * k + 3) for k in range(60)), 0, mpf("0.02945"), 7, lambda z: z**mpf("1.5"))
Q = (pi / 4) ** 2 * mpf("1.0001")
polynomial("sin: (r - sin r) / r^3 in r^2", series(mpf(1) / 6, lambda n: -mpf(1) / ((2 * n + 4) * (2 * n + 5))), 0, Q, 6, lambda z: z)
polynomial("cos: (cos r - 1 + r^2 / 2) / r^4 in r^2", series(mpf(1) / 24, lambda n: -mpf(1) / ((2 * n + 5) * (2 * n + 6))), 0, Q, 6, lambda z: z * z)
rational("tanh: (tanh x / x - 1) / x^2 in x^2", lambda z: (tanh(sqrt(z)) / sqrt(z) - 1) / z, 0, mpf("0.3907"), 2, 3, lambda z: z)
polynomial("sinh: (sinh x / x - 1) / x^2 in x^2", series(mpf(1) / 6, lambda n: mpf(1) / ((2 * n + 4) * (2 * n + 5))), 0, mpf("1.0"), 7, lambda z: z)
polynomial("asin: (asin x / x - 1) / x^2 in x^2", lambda z: (asin(sqrt(z)) / sqrt(z) - 1) / z, 0, mpf("0.2501"), 13, lambda z: z)
polynomial("atan: (atan x / x - 1) / x^2 in x^2", lambda z: (atan(sqrt(z)) / sqrt(z) - 1) / z, 0, mpf("0.0785"), 9, lambda z: z)
polynomial("erf: erf x / x - 1 in x^2", lambda z: erf(sqrt(z)) / sqrt(z) - 1, 0, 1, 12)
polynomial("erfc: erf x / x - 1 in x^2, up to 1/2", lambda z: erf(sqrt(z)) / sqrt(z) - 1, 0, mpf("0.2501"), 9)
rational("erf: exp(x^2) erfc x on [1, 6]", lambda x: exp(x * x) * erfc(x), 1, 6, 6, 7, lambda x: exp(-x * x), mpf("0.5"))
rational("erfc: (1 + 2x) exp(x^2) erfc x - 1 on [1/2, 28]", lambda x: (1 + 2 * x) * exp(x * x) * erfc(x) - 1, 0.5, 28, 10, 10, lambda x: 1, mpf("2.3"))
polynomial("cbrt: 1 / cbrt r", lambda r: 1 / mp.cbrt(r), mpf("0.9"), mpf("1.11"), 5)
polynomial("pow: 3 (atanh s / s - 1 - s^2 / 3) / s^4 in s^2", lambda z: sum(3 * z**k / (2 * k + 5) for k in range(60)), 0, mpf("0.01024"), 6, lambda z: z * z)
