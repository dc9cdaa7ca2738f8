"""PyTorch's side of the benchmark; speaks as ours.js does. Needs torch with torch.func, or functorch beside it."""

import torch
from torch_side import serve, settled, summary

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


def prepare(case):
    call = derivative(case)
    result, first, threads = settled(call, budget=50, most=200)
    return call, {"first": first, "threads": threads, "leaves": [summary(leaf) for leaf in leaves(result)]}


serve(prepare)
