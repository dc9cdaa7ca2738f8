"""Derives the polynomial coefficients in kernel/loops/special/.

    python3 test/kernel/accuracy/coefficients.py      (needs mpmath)

Each fit is a Chebyshev interpolant of the function in a variable t that runs over [-1, 1] on the interval, computed
with 60 digits, economised to the fewest terms that keep 1e-18 and written in powers of t, the highest first, as
Horner's rule takes them. Singularities decide the number of terms: the interval [a, 2a] next to a pole at 0 has a
Bernstein ellipse of parameter 3 + sqrt(8), so 22 terms give 17 digits.
"""
from mpmath import mp, mpf, chebyfit, erf, erfc, exp, sqrt, loggamma, digamma, findroot, bernoulli, factorial

mp.dps = 60


def fit(name, f, goal=mpf("1e-18")):
    for terms in range(4, 60):
        coefficients, error = chebyfit(f, [-1, 1], terms, error=True)
        if error < goal:
            break
    print(f"\n{name}: {terms} terms, error {mp.nstr(error, 2)}")
    print(", ".join(repr(float(c)) for c in coefficients))


def without_zero(f, zeros):
    """f(x) divided by its zeros. Never evaluated at one: no node of the fit is there, or the limit is taken beside."""

    def g(x):
        step = mpf(10) ** -25
        at = x + step if any(abs(x - zero) < step for zero in zeros) else x
        value = f(at)
        for zero in zeros:
            value /= at - zero
        return value

    return g


# erf(x) / x in t = 2 x² - 1, so that x² runs over [0, 1].
fit("erf on [0, 1]", lambda t: 2 / sqrt(mp.pi) if t <= -1 else erf(sqrt((t + 1) / 2)) / sqrt((t + 1) / 2))

# (1 + 2x) exp(x²) erfc(x) on [1/2, infinity), in u = 1 / (x + K) scaled to [-1, 1] (t = 1 at 1/2, -1 at infinity).
K = mpf(3)


def scaled_erfc(t):
    u = (t + 1) / 2 / (K + mpf("0.5"))
    if u < mpf("1e-25"):
        return 2 / sqrt(mp.pi)
    x = 1 / u - K
    if x < 30:
        return (1 + 2 * x) * exp(x * x) * erfc(x)
    # DLMF 7.12.1
    total, term, n = mpf(0), mpf(1), 0
    while n < 60 and abs(term) > mpf("1e-50"):
        total += term
        n += 1
        term *= -(2 * n - 1) / (2 * x * x)
    return (1 + 2 * x) * total / (x * sqrt(mp.pi))


fit("erfcx on [1/2, inf)", scaled_erfc)

lg = lambda x: loggamma(x)
fit("lgamma/(x-1) on [1/2, 1]", lambda t: without_zero(lg, [1])((t + 3) / 4))
fit("lgamma/((x-1)(x-2)) on [1, 2]", lambda t: without_zero(lg, [1, 2])((t + 3) / 2))
fit("lgamma/(x-2) on [2, 4]", lambda t: without_zero(lg, [2])(t + 3))

zero = findroot(digamma, mpf("1.4616321449683623"))
high = mpf(float(zero))
print("\nzero of digamma:", repr(float(high)), repr(float(zero - high)))
fit("digamma/(x-zero) on [1, 2]", lambda t: without_zero(digamma, [zero])((t + 3) / 2))
fit("digamma on [2, 4]", lambda t: digamma(t + 3))

print("\nStirling, B(2k) / (2k (2k - 1)):")
print(", ".join(repr(float(bernoulli(2 * k) / (2 * k * (2 * k - 1)))) for k in range(1, 11)))
print("\ndigamma, B(2k) / (2k):")
print(", ".join(repr(float(bernoulli(2 * k) / (2 * k))) for k in range(1, 11)))
print("\nEuler-Maclaurin, B(2k) / (2k)!:")
print(", ".join(repr(float(bernoulli(2 * k) / factorial(2 * k))) for k in range(1, 13)))
