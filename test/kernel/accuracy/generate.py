"""Writes golden.json, the values that accuracy.test.ts holds the kernel's functions to.

    python3 test/kernel/accuracy/generate.py      (needs mpmath)

One line per public function of the kernel (and two for negative arguments): the arguments of a point and the value there, one point after the other.
The value is the exact one, computed with 60 digits or more from the exact binary arguments, rounded once to float64.
Most arguments are float32 numbers, so that the same points serve both types. Special values (infinities, NaN, poles) are
not here: test/kernel/primitives/elementwise-rows.ts has them.
"""
import json
import math
import random
import struct
from fractions import Fraction
from pathlib import Path

import mpmath
from mpmath import mp, mpf

mp.dps = 60
random.seed(20240229)
PI = mp.pi


def single(x):
    """The nearest float32 number, or x itself where that range ends."""
    if x == 0 or not 2.0**-126 <= abs(x) < 3.4e38:
        return x
    return struct.unpack("f", struct.pack("f", x))[0]


def to_double(y):
    """Rounds once, subnormal numbers too."""
    y = mpf(y)
    if y == 0 or not mpmath.isfinite(y):
        return float(y)
    sign, man, exponent, _ = y._mpf_
    try:
        value = float(Fraction(int(man)) * Fraction(2) ** exponent)
    except OverflowError:
        value = math.inf
    return -value if sign else value


# ---- where to look


def even(low, high, count=30):
    return [low + (high - low) * (k + random.random()) / count for k in range(count)]


def scales(low, high, count=24, signed=False):
    span = math.log(high) - math.log(low)
    points = [math.exp(math.log(low) + span * (k + random.random()) / count) for k in range(count)]
    return [x * random.choice([-1, 1]) for x in points] if signed else points


def beside(*centres, steps=(1e-1, 1e-3, 1e-7)):
    """Around a point: the point itself, its neighbours, and some at growing distance."""
    points = []
    for c in centres:
        points += [c, math.nextafter(c, math.inf), math.nextafter(c, -math.inf)]
        points += [c + s * (abs(c) or 1) * d * random.uniform(0.5, 1) for d in steps for s in (1, -1)]
    return points


TINY = [5e-324, 2.0**-1074 * 12345, 2.2250738585072014e-308, 1e-300, 2.0**-149, 1e-40, 2.0**-126, 1e-30, 1e-9, 2.0**-27]
SIGNED_TINY = TINY + [-x for x in TINY[::2]]
HUGE = [1e10, 2.0**53 - 1, 1e22, 3.4028234663852886e38, 1e100, 1e300, 1.7976931348623157e308]
# The multiples of pi/2 that come closest to a float64 and a float32 number (W. Kahan; J.-M. Muller).
NEAR_QUARTERS = [6381956970095103 * 2.0**797, 16367173.0 * 2**72, 5.319372648326541e255, 1.5707963267948966, 3.141592653589793, 355.0]
ANGLES = even(-7, 7, 50) + beside(math.pi / 2, math.pi, 3 * math.pi / 4, 0.0) + scales(1, 1e300, 20, True) + SIGNED_TINY + NEAR_QUARTERS

# ---- exact functions


def zeta(s, x):
    """Euler and Maclaurin's formula, far out; mpmath's own is exact to an absolute error only."""
    if s == 1:
        return mp.inf
    if x < 0:
        return (-1) ** int(s) * mpmath.psi(int(s) - 1, x) / mpmath.factorial(int(s) - 1)
    steps = max(0, int(mpmath.ceil(s + 50 - x)))
    a = x + steps
    total = sum(((x + k) ** -s for k in range(steps)), mpf(0)) + a ** (1 - s) / (s - 1) + a**-s / 2
    power = s * a ** (-s - 1)
    for j in range(1, 45):
        total += mpmath.bernoulli(2 * j) / mpmath.factorial(2 * j) * power
        power *= (s + 2 * j - 1) * (s + 2 * j) / a**2
    return total


def lgamma(x):
    if x > 0:
        return mpmath.loggamma(x)
    return mpmath.log(abs(PI / mpmath.sin(PI * x))) - mpmath.loggamma(1 - x)


def remainder(x, y):
    a, b = Fraction(float(x)), Fraction(float(y))
    r = a - b * math.floor(a / b)
    return mpf(r.numerator) / r.denominator


def inverse_erf(x):
    mp.dps = 90
    y = mpmath.erfinv(x)
    mp.dps = 60
    return y


def wide(f):
    """With digits to spare: for cancellation next to 0 or 1 down to the smallest numbers."""

    def g(*args):
        mp.dps = 400
        y = f(*args)
        mp.dps = 60
        return +y

    return g


one = mpf(1)
UNARY = {
    "neg": (lambda x: -x, even(-5, 5, 10)),
    "abs": (abs, even(-5, 5, 10)),
    "sign": (mpmath.sign, even(-5, 5, 10) + [0.0]),
    "floor": (mpmath.floor, even(-5, 5, 10) + [2.0**52 + 1, -0.5, 0.49999999999999994]),
    "ceil": (mpmath.ceil, even(-5, 5, 10) + [2.0**52 + 1, 0.5, 5e-324]),
    "round": (mpmath.nint, even(-5, 5, 10) + [0.5, 1.5, 2.5, -2.5, 0.49999999999999994, 2.0**52 + 1]),
    "trunc": (lambda x: mpmath.sign(x) * mpmath.floor(abs(x)), even(-5, 5, 10) + [2.0**52 + 1]),
    "sqrt": (mpmath.sqrt, scales(1e-300, 1e300, 30) + even(0, 4, 30) + TINY + HUGE),
    "cbrt": (lambda x: mpmath.sign(x) * mpmath.cbrt(abs(x)), scales(1e-300, 1e300, 30, True) + even(-9, 9, 30) + SIGNED_TINY + HUGE + [27.0, -8.0]),
    "exp": (mpmath.exp, even(-87, 88, 30) + even(-2, 2, 20) + even(-745, 709, 20) + SIGNED_TINY + [709.782712893384, -745.1332191019411, -708.4, -103.9, 88.72]),
    "exp2": (lambda x: mpmath.power(2, x), even(-126, 127, 30) + even(-2, 2, 20) + even(-1074, 1023, 20) + SIGNED_TINY + [1023.9999999999999, -1073.5, 10.0, -149.0]),
    "expm1": (wide(mpmath.expm1), even(-40, 88, 30) + even(-1, 1, 30) + scales(1e-20, 1, 20, True) + SIGNED_TINY + [709.5]),
    "log": (mpmath.log, scales(1e-38, 1e38, 30) + even(0.4, 2, 40) + beside(1.0) + TINY + HUGE),
    "log1p": (wide(mpmath.log1p), even(-1, 2, 40) + scales(1e-30, 1e30, 20) + [-1 + 2.0**-53, -1 + 2.0**-24] + SIGNED_TINY + HUGE),
    "log2": (lambda x: mpmath.log(x) / mpmath.log(2), scales(1e-38, 1e38, 30) + even(0.4, 2, 40) + beside(1.0) + [8.0, 2.0**-30, 2.0**1000] + TINY + HUGE),
    "log10": (mpmath.log10, scales(1e-38, 1e38, 30) + even(0.4, 2, 40) + beside(1.0) + [1000.0, 1e15, 0.001] + TINY + HUGE),
    "sin": (mpmath.sin, ANGLES),
    "cos": (mpmath.cos, ANGLES),
    "tan": (mpmath.tan, ANGLES),
    "asin": (mpmath.asin, even(-1, 1, 50) + [1.0, -1.0, 1 - 2.0**-53, 1 - 2.0**-24, 0.5] + SIGNED_TINY),
    "acos": (mpmath.acos, even(-1, 1, 50) + [-1.0, 1 - 2.0**-53, 1 - 2.0**-24, -1 + 2.0**-24, 0.5] + SIGNED_TINY),
    "atan": (mpmath.atan, even(-5, 5, 50) + scales(1e-20, 1e300, 20, True) + [1.0, 0.4375, 0.6875, 1.1875, 2.4375] + SIGNED_TINY + HUGE),
    "sinh": (wide(mpmath.sinh), even(-4, 4, 40) + even(-88, 88, 20) + even(-710, 710, 10) + scales(1e-20, 1, 15, True) + SIGNED_TINY + [710.4, 22.0]),
    "cosh": (mpmath.cosh, even(-4, 4, 40) + even(-88, 88, 20) + even(-710, 710, 10) + SIGNED_TINY + [710.4, 22.0]),
    "tanh": (wide(mpmath.tanh), even(-4, 4, 50) + even(-20, 20, 15) + scales(1e-20, 1, 15, True) + SIGNED_TINY + [22.0, 9.1]),
    "asinh": (wide(mpmath.asinh), even(-4, 4, 50) + scales(1e-20, 1e300, 25, True) + SIGNED_TINY + HUGE),
    "acosh": (mpmath.acosh, even(1, 4, 40) + [1 + x for x in scales(1e-15, 1, 20)] + scales(2, 1e300, 20) + HUGE),
    "atanh": (wide(mpmath.atanh), even(-1, 1, 60) + scales(1e-20, 1, 20, True) + [1 - 2.0**-53, -1 + 2.0**-24] + SIGNED_TINY),
    "sigmoid": (lambda x: 1 / (1 + mpmath.exp(-x)), even(-8, 8, 50) + even(-87, 40, 20) + even(-708, -88, 10) + SIGNED_TINY),
    "erf": (mpmath.erf, even(-1, 1, 30) + even(-6, 6, 30) + scales(1e-20, 1, 15, True) + SIGNED_TINY + beside(0.5, 1.0)),
    "erfc": (wide(mpmath.erfc), even(-6, 0.5, 20) + even(0.5, 3, 30) + even(3, 10, 20) + even(10, 27, 25) + [1e-20, -1e-9] + beside(0.5, -0.5, 1.0)),
    "erfinv": (inverse_erf, even(-1, 1, 40) + scales(1e-20, 1, 15, True) + [1 - x for x in scales(1.2e-16, 0.1, 25)] + SIGNED_TINY + beside(0.25, 0.5, 0.9)),
    "lgamma": (lgamma, even(0, 4, 50) + even(4, 10, 15) + scales(10, 1e300, 15) + scales(1e-300, 1, 10) + beside(1.0, 2.0, 0.5, 4.0, 10.0) + [-x for x in TINY] + even(-1, 0, 12) + even(-2, -1, 12)),
    "digamma": (mpmath.digamma, even(0, 4, 50) + even(4, 10, 15) + scales(10, 1e300, 15) + scales(1e-300, 1, 10) + beside(1.0, 2.0, 1.4616321449683622, 4.0, 10.0) + [-x for x in TINY[2:]] + even(-0.4, 0, 10)),
    "square": (lambda x: x * x, even(-5, 5, 10)),
    "reciprocal": (lambda x: 1 / x, even(1, 5, 10)),
    "rsqrt": (lambda x: 1 / mpmath.sqrt(x), scales(1e-38, 1e38, 30)),
    "softplus": (wide(lambda x: mpmath.log1p(mpmath.exp(x))), even(-8, 8, 40) + even(-87, 80, 20) + even(-700, -88, 5)),
    "logSigmoid": (wide(lambda x: -mpmath.log1p(mpmath.exp(-x))), even(-8, 8, 40) + even(-80, 87, 20) + even(88, 700, 5)),
    "logit": (wide(lambda x: mpmath.log(x / (1 - x))), even(0, 1, 50) + scales(1e-30, 1, 15) + beside(0.5, 0.25, 0.75) + [1 - 2.0**-53, 1 - 2.0**-24]),
    "sinc": (lambda x: mpmath.sinpi(x) / (PI * x) if x else one, even(-5, 5, 60) + scales(1e-20, 1e6, 20, True) + [0.0, 0.25, 0.2499, 1.0001]),
    "ndtr": (wide(lambda x: mpmath.erfc(-x / mpmath.sqrt(2)) / 2), even(-5, 8, 80) + even(-37, -5, 40) + scales(1e-20, 1, 10, True)),
    "silu": (lambda x: x / (1 + mpmath.exp(-x)), even(-8, 8, 50) + even(-80, 40, 20)),
    "gelu": (wide(lambda x: x * mpmath.erfc(-x / mpmath.sqrt(2)) / 2), even(-5, 8, 80) + even(-37, -5, 40) + scales(1e-20, 1, 10, True)),
    "deg2rad": (lambda x: x * PI / 180, even(-400, 400, 30)),
    "rad2deg": (lambda x: x * 180 / PI, even(-7, 7, 30)),
}


# Between the negative poles, where zeros are: held to an absolute error instead.
NEGATIVE = {
    "negative lgamma": (lgamma, [-x for x in even(2, 20, 40)]),
    "negative digamma": (mpmath.digamma, [-x for x in even(0.4, 20, 40)]),
}


def pairs(xs, ys):
    xs, ys = list(xs), list(ys)
    random.shuffle(ys)
    return [(x, ys[k % len(ys)]) for k, x in enumerate(xs)]


PLAIN = pairs(even(-9, 9, 20), even(-5, 5, 20))
BINARY = {
    "add": (lambda x, y: x + y, PLAIN),
    "sub": (lambda x, y: x - y, PLAIN),
    "mul": (lambda x, y: x * y, PLAIN),
    "div": (lambda x, y: x / y, PLAIN),
    "maximum": (max, PLAIN),
    "minimum": (min, PLAIN),
    "remainder": (remainder, PLAIN + pairs(scales(1, 1e30, 20, True), even(0.5, 9, 20))),
    "fmod": (
        lambda x, y: mpf(math.fmod(float(x), float(y))),
        PLAIN + pairs(scales(1, 1e30, 20, True), even(0.5, 9, 20)),
    ),
    "pow": (
        mpmath.power,
        pairs(even(0, 10, 30), even(-10, 10, 30))
        + pairs(scales(1e-300, 1e300, 20), even(-1, 1, 20))
        + pairs(even(0.9, 1.1, 20), even(-800, 800, 20))
        + [(float(-k), float(k % 7 - 3)) for k in range(1, 12)]
        + [(10.0, -300.0), (2.0, -1074.0), (1.0000000000000002, 1e18), (0.9999999999999999, 1e18)],
    ),
    "atan2": (
        mpmath.atan2,
        pairs(even(-5, 5, 40), even(-5, 5, 40)) + pairs(scales(1e-150, 1e150, 30, True), scales(1e-150, 1e150, 30, True)),
    ),
    "hypot": (
        lambda x, y: mpmath.sqrt(x * x + y * y),
        pairs(even(-5, 5, 30), even(-5, 5, 30)) + pairs(scales(1e-300, 1e300, 30, True), scales(1e-300, 1e300, 30, True)),
    ),
    "logaddexp": (
        wide(lambda x, y: mpmath.log(mpmath.exp(x) + mpmath.exp(y))),
        pairs(even(0, 9, 30), even(0, 9, 30)) + pairs(even(-700, 700, 20), even(-700, 700, 20)),
    ),
    "xlogy": (lambda x, y: x * mpmath.log(y), pairs(even(-5, 5, 40), scales(1e-30, 1e30, 40)) + pairs(even(0, 2, 20), even(0.5, 2, 20))),
    "zeta": (
        zeta,
        pairs(even(1, 10, 30), even(0, 20, 30))
        + pairs(even(1, 4, 20), scales(1e-8, 1e10, 20))
        + pairs(even(10, 100, 15), even(0.5, 100, 15))
        + [(1 + x, y) for x, y in pairs(scales(1e-15, 0.1, 8), even(0.1, 10, 8))]
        + [(float(k), 1.0) for k in (2, 3, 4, 5, 10, 31, 60)]
        + [(float(2 * (k % 5) + 2), -x) for k, x in enumerate(even(0, 10, 12))]
        + [(200.0, 3.5), (300.0, 9.25), (150.0, 80.5)],
    ),
}


def rows(f, points):
    flat = []
    seen = set()
    for k, args in enumerate(points):
        args = args if isinstance(args, tuple) else (args,)
        # Neighbours of a point and the first of every six stay as they are, the others become float32 numbers.
        close = len(args) == 1 and abs(args[0] - single(args[0])) < 1e-14 * abs(args[0])
        if k % 6 != 0 and not close and not math.isinf(to_double(f(*(mpf(single(x)) for x in args)))):
            args = tuple(single(x) for x in args)
        if args in seen:
            continue
        seen.add(args)
        try:
            value = to_double(f(*(mpf(x) for x in args)))
        except (ValueError, ZeroDivisionError):
            raise SystemExit(f"no value at {args}")
        if math.isinf(value):
            continue
        flat += [*args, value]
    return flat


if __name__ == "__main__":
    table = {name: rows(f, points) for name, (f, points) in {**UNARY, **BINARY, **NEGATIVE}.items()}
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(flat)}" for name, flat in table.items())
    Path(__file__).with_name("golden.json").write_text("{\n" + lines + "\n}\n")
    print({name: len(flat) for name, flat in table.items()})
