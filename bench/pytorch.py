"""PyTorch's side of the benchmark; speaks as ours.js does. Needs torch with torch.func, or functorch beside it."""

import json
import os
import sys
import time

import torch

try:
    from torch.func import grad, hessian, jacfwd, jacrev, jvp, vjp, vmap
except ImportError:
    from functorch import grad, hessian, jacfwd, jacrev, jvp, vjp, vmap


def predict(weight, bias, x):
    return torch.nn.functional.linear(x, weight, bias).tanh()


def derivative(case):
    torch.manual_seed(0)
    din, dout, batch, transform = case["din"], case["dout"], case.get("batch"), case["transform"]
    if transform == "hvp":
        x, v = torch.randn(din), torch.randn(din)
        return lambda: jvp(grad(lambda u: u.sin().sum()), (x,), (v,))[1]
    weight, bias = torch.randn(dout, din) * (1 / din**0.5), torch.randn(dout)
    x = torch.randn(batch, din) if batch else torch.randn(din)
    if transform == "vmap(vjp)":

        def rows():
            out, pullback = vjp(lambda u: predict(weight, bias, u), x)
            return vmap(pullback)(torch.eye(out.shape[0]))[0]

        return rows
    argnums = case["argnums"]
    argnums = tuple(argnums) if isinstance(argnums, list) else argnums
    make = {"jacrev": jacrev, "jacfwd": jacfwd, "hessian": hessian}[transform.removeprefix("vmap(").rstrip(")")]
    if batch:
        return lambda: vmap(make(predict, argnums=argnums), in_dims=(None, None, 0))(weight, bias, x)
    return lambda: make(predict, argnums=argnums)(weight, bias, x)


def leaves(result):
    return result if isinstance(result, tuple) else (result,)


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


def prepare(case):
    """Settles on the number of threads that is the faster one for this case."""
    call = derivative(case)
    start = time.perf_counter()
    result = call()
    first = 1e3 * (time.perf_counter() - start)
    best = {}
    for threads in sorted({1, os.cpu_count() or 1}):
        torch.set_num_threads(threads)
        once = max(timed(call, 1), 1e-3)
        calls = max(1, min(200, int(50 / once)))
        timed(call, calls)
        best[threads] = min(timed(call, calls) / calls for _ in range(3))
    threads = min(best, key=best.get)
    torch.set_num_threads(threads)
    return call, {"first": first, "threads": threads, "leaves": [summary(leaf) for leaf in leaves(result)]}


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
