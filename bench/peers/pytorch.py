"""PyTorch's side of the benchmark, with one thread and with all, or given "cuda" on a graphics processor.

torch.func, or functorch beside an older torch.
"""

import os
import sys

import torch
from objectives import logistic, mixture_objective, reprojection_error
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


def mlp(w1, b1, w2, b2, w3, b3, x):
    hidden = functional.linear(x, w1, b1).relu()
    return functional.linear(functional.linear(hidden, w2, b2).relu(), w3, b3)


def mlp_step(rate):
    def step(*args):
        """By PyTorch's own tape, which is faster for a gradient than its function transforms."""
        parameters = [each.detach().requires_grad_() for each in args[:6]]
        loss = functional.cross_entropy(mlp(*parameters, args[6]), args[7].long())
        gradients = torch.autograd.grad(loss, parameters)
        with torch.no_grad():
            return [parameter - rate * gradient for parameter, gradient in zip(parameters, gradients)]

    return step


def lstm(x, hidden, memory, input_weight, hidden_weight, bias):
    gates = functional.linear(x, input_weight, bias) + functional.linear(hidden, hidden_weight)
    entry, forget, cell, out = gates.chunk(4, 1)
    following = forget.sigmoid() * memory + entry.sigmoid() * cell.tanh()
    return out.sigmoid() * following.tanh(), following


def lstm_gradient(*args):
    weights = [each.detach().requires_grad_() for each in args[3:]]
    hidden, memory = lstm(*args[:3], *weights)
    return torch.autograd.grad(hidden.sum() + memory.sum(), weights)


def gmm(derivative, **mixture):
    return {"grad": grad, "hessian": hessian}[derivative](mixture_objective(**mixture))


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
    "softmax": lambda: lambda x: x.softmax(-1),
    "layer norm": lambda: lambda x, weight, bias: functional.layer_norm(x, x.shape[1:], weight, bias),
    "conv2d": lambda padding: lambda x, weight: functional.conv2d(x, weight, padding=padding),
    "mlp": lambda: mlp,
    "mlp step": mlp_step,
    "lstm": lambda: lstm,
    "lstm gradient": lambda: lstm_gradient,
    "bundle adjustment": lambda: vmap(jacrev(reprojection_error)),
    "gmm": gmm,
    "logistic Hessian": lambda: hessian(logistic),
    "cholesky": lambda: torch.linalg.cholesky,
}


ON_DEVICE = sys.argv[1:] == ["cuda"]


def on_device(f, args):
    """Nothing is done before a turn; a call is over when the device is done."""

    def call():
        result = f(*args)
        torch.cuda.synchronize()
        return result

    return {"cuda": ((lambda: None), call)}


def variants_of(case, inputs):
    if case["program"] not in PROGRAMS:
        raise Unsupported("not written for PyTorch")
    f = PROGRAMS[case["program"]](**case.get("params", {}))
    args = [torch.from_numpy(each) for each in inputs]
    if ON_DEVICE:
        return on_device(f, [each.cuda() for each in args])
    threads = {os.cpu_count() or 1: "all threads", 1: "1 thread"}
    return {
        name: ((lambda count=count: torch.set_num_threads(count)), (lambda: f(*args)))
        for count, name in threads.items()
    }


where = f" on {torch.cuda.get_device_name()}" if ON_DEVICE else ""
serve(f"PyTorch {torch.__version__}{where}", variants_of, lambda leaf: leaf.detach().cpu().numpy())
