"""PyTorch's side of `npm run bench -- structure`: its function transforms, eagerly, in the mode with fewer unit vectors."""

import json
import os
import sys
import time

import torch

try:
    from torch.func import hessian, jacfwd, jacrev
except ImportError:
    from functorch import hessian, jacfwd, jacrev


def layers(x, *weights):
    for weight in weights:
        x = (weight @ x).tanh()
    return x


def logistic(weight, x, y):
    logits = x @ weight
    return (logits.exp().log1p() - logits * y).sum()


FUNCTIONS = {
    "affine": lambda x, weight, bias: (weight @ x + bias).tanh(),
    "batch": lambda x, weight: (x @ weight).tanh(),
    "stencil": lambda x: (x[1:] - x[:-1]).square(),
    "softmax": lambda x: x.softmax(0),
    "gated": lambda x: x * x.tanh(),
    "layers": layers,
    "logistic": logistic,
    "rows": lambda x: x.exp().sum(1).log().sum(),
    "chain": lambda x: (x[1:] - x[:-1].square()).square().sum(),
}


def derivative(task):
    inputs = [torch.tensor(each["data"]).reshape(each["shape"]) for each in task["inputs"]]
    make = hessian if task["derivative"] == "hessian" else jacfwd if task["fewerInputs"] else jacrev
    function = FUNCTIONS[task["name"]]
    return lambda: make(function)(*inputs)


def summary(tensor):
    flat = tensor.detach().double().reshape(-1)
    weights = (torch.arange(flat.numel(), dtype=torch.float64) * 31 % 97) / 97
    return {
        "shape": list(tensor.shape),
        "squares": float((flat * flat).sum()),
        "weighed": float((flat * weights).sum()),
    }


def timed(call, calls):
    start = time.perf_counter()
    for _ in range(calls):
        call()
    return 1e3 * (time.perf_counter() - start)


def prepare(task):
    """Settles on the number of threads that is the faster one for this task."""
    call = derivative(task)
    start = time.perf_counter()
    result = call()
    first = 1e3 * (time.perf_counter() - start)
    best = {}
    for threads in sorted({1, os.cpu_count() or 1}):
        torch.set_num_threads(threads)
        once = max(timed(call, 1), 1e-3)
        calls = max(1, min(100, int(30 / once)))
        best[threads] = min(timed(call, calls) / calls for _ in range(3 if once < 1000 else 1))
    threads = min(best, key=best.get)
    torch.set_num_threads(threads)
    return call, {"first": first, "mode": f"{threads} threads", "leaves": [summary(result)]}


def answer(value):
    print(json.dumps(value), flush=True)


answer({"name": f"PyTorch {torch.__version__}"})
call = None
for line in sys.stdin:
    request = json.loads(line)
    try:
        if "prepare" in request:
            call, reply = prepare(request["prepare"])
        else:
            reply = {"time": timed(call, request["run"])}
    except Exception as error:
        reply = {"error": f"{type(error).__name__}: {error}"}
    answer(reply)
