"""Writes random.json: what PyTorch's CPU generator draws. Run as `python3 make-random.py` where torch can be imported."""

import hashlib
import json
import pathlib
import random
import re

import torch

SIZES = (0, 1, 2, 3, 15, 16, 17, 31, 32, 33, 100, 496, 1000)
SEEDS = (0, 42, 7, -1, 2**32 + 7)


def draw(method, args):
    if method == "uniformFloat32":
        return torch.rand(*args)
    if method == "uniformFloat64":
        return torch.rand(*args, dtype=torch.float64)
    if method == "normalFloat32":
        return torch.randn(*args)
    if method == "normalFloat64":
        return torch.randn(*args, dtype=torch.float64)
    if method == "randint":
        return torch.randint(args[0], args[1], (args[2],)).int()
    if method == "permutation":
        return torch.randperm(*args).int()
    if method == "bernoulli":
        return torch.empty(args[1]).bernoulli_(args[0]).to(torch.uint8)
    raise ValueError(method)


def record(method, *args):
    """The digest decides; the first and last values are there to be read, and where only an ulp is promised."""
    values = draw(method, args).numpy()
    shown = [float(str(v)) for v in (values if values.size <= 6 else [*values[:3], *values[-3:]])]
    return {
        "method": method,
        "args": args,
        "shown": shown,
        "sha256": hashlib.sha256(values.tobytes()).hexdigest(),
    }


def streams():
    for seed in SEEDS:
        for method in ("uniformFloat32", "uniformFloat64", "normalFloat32", "normalFloat64"):
            for n in SIZES:
                torch.manual_seed(seed)
                yield {"seed": seed, "draws": [record(method, n)]}
        torch.manual_seed(seed)
        yield {
            "seed": seed,
            "draws": [
                record("randint", 0, 10, 100),
                record("randint", -5, 7, 33),
                record("randint", -(2**31), 2**31, 7),
                record("randint", 3, 4, 5),
                record("permutation", 1),
                record("permutation", 17),
                record("permutation", 1000),
                record("bernoulli", 0.25, 100),
                record("bernoulli", 0.9, 17),
            ],
        }
    # Interleaved: a short normal draw leaves half a pair behind, which the next short one takes, of either type.
    random.seed(1)
    for seed in SEEDS:
        torch.manual_seed(seed)
        methods = ("uniformFloat32", "uniformFloat64", "normalFloat32", "normalFloat64", "permutation")
        yield {"seed": seed, "draws": [record(random.choice(methods), random.choice(SIZES)) for _ in range(40)]}


lines = ",\n".join("    " + json.dumps(stream) for stream in streams())
capability = re.search(r"CPU capability usage: (\w+)", torch.__config__.show())
source = f"PyTorch {torch.__version__}, CPU, {capability[1]}"
pathlib.Path(__file__).with_name("random.json").write_text(
    f'{{\n  "source": {json.dumps(source)},\n  "streams": [\n{lines}\n  ]\n}}\n'
)
