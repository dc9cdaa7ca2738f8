"""PyTorch's side of `npm run bench -- structure`: its function transforms, eagerly, in the mode with fewer unit vectors."""

import torch

try:
    from torch.func import hessian, jacfwd, jacrev
except ImportError:
    from functorch import hessian, jacfwd, jacrev

from torch_side import serve, settled, summary


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


def prepare(task):
    call = derivative(task)
    result, first, threads = settled(call, budget=30, most=100)
    return call, {"first": first, "mode": f"{threads} threads", "leaves": [summary(result)]}


serve(prepare)
