"""PyTorch's side of the benchmark, with one thread and with all; torch.func, or functorch beside an older torch."""

import os

import torch
from side import Unsupported, serve
from torch.nn import functional

try:
    from torch.func import grad, hessian, jacfwd, jacrev, jvp, vjp, vmap
except ImportError:
    from functorch import grad, hessian, jacfwd, jacrev, jvp, vjp, vmap


def predict(weight, bias, x):
    return functional.linear(x, weight, bias).tanh()


def pulled_back(weight, bias, x):
    out, pullback = vjp(lambda u: predict(weight, bias, u), x)
    return vmap(pullback)(torch.eye(out.shape[0]))[0]


def predict_derivative(transform, batched, weights):
    if transform == "vmap(vjp)":
        return pulled_back
    make = {"jacrev": jacrev, "jacfwd": jacfwd, "hessian": hessian}[transform]
    derive = make(predict, argnums=(0, 1) if weights else 2)
    return vmap(derive, in_dims=(None, None, 0)) if batched else derive


PROGRAMS = {
    "predict derivative": predict_derivative,
    "hvp of sin": lambda: lambda x, v: jvp(grad(lambda u: u.sin().sum()), (x,), (v,))[1],
    "matmul": lambda: lambda a, b: a @ b,
    "add": lambda: lambda x, y: x + y,
    "tanh": lambda: lambda x: x.tanh(),
    "exp": lambda: lambda x: x.exp(),
    "gated": lambda: lambda x: (x.square() + x).tanh() * x,
    "sum": lambda: lambda x: x.sum(),
    "max": lambda: lambda x: x.max(),
    "sum of rows": lambda: lambda x: x.sum(1),
    "sum of columns": lambda: lambda x: x.sum(0),
    "logsumexp": lambda: lambda x: x.logsumexp(0),
}


def variants_of(case, inputs):
    if case["program"] not in PROGRAMS:
        raise Unsupported("not written for PyTorch")
    f = PROGRAMS[case["program"]](**case.get("params", {}))
    args = [torch.from_numpy(each) for each in inputs]
    threads = {1: "1 thread", os.cpu_count() or 1: "all threads"}
    threads[1] = "1 thread"
    return {
        name: ((lambda count=count: torch.set_num_threads(count)), (lambda: f(*args)))
        for count, name in threads.items()
    }


serve(f"PyTorch {torch.__version__}", variants_of, lambda leaf: leaf.detach().numpy())
