"""Writes the models of this folder, trained and exported by PyTorch, and what PyTorch says of them: values and Jacobians.

Run as `python3 make-models.py` where torch can be imported (written with 1.13).
"""

import json
import pathlib

import torch
from torch import nn
from torch.autograd.functional import hessian, jacobian

HERE = pathlib.Path(__file__).parent
torch.manual_seed(20)
torch.use_deterministic_algorithms(True)
torch.set_num_threads(1)


def trained(model, loss_of, steps=150, rate=0.01):
    """`model` after some steps of Adam on `loss_of`, as it is used."""
    optimizer = torch.optim.Adam(model.parameters(), lr=rate)
    model.train()
    for _ in range(steps):
        optimizer.zero_grad()
        loss_of(model).backward()
        optimizer.step()
    return model.eval()


def flat(value):
    return {"shape": list(value.shape), "data": [float(f"{entry:.9g}") for entry in value.flatten().tolist()]}


def save(name, model, x, opset, gradient=None, **options):
    """The file, and beside it the value and the Jacobian at `x`."""
    torch.onnx.export(
        model, x, str(HERE / f"{name}.onnx"), opset_version=opset, input_names=["x"], output_names=["y"], **options
    )
    # In double precision, so that what is compared with is right to the last digit of single.
    double = model.double()
    point = x.double()
    facts = {"input": flat(x), "output": flat(double(point)), "jacobian": flat(jacobian(double, point))}
    if gradient is not None:
        double.zero_grad()
        (double(point) ** 2).sum().backward()
        facts["gradients"] = {key: flat(dict(double.named_parameters())[key].grad) for key in gradient}
    if point.numel() <= 16:
        facts["hessian"] = flat(hessian(lambda at: (double(at) ** 2).sum(), point))
    (HERE / f"golden-{name}.json").write_text(json.dumps(facts, separators=(",", ":")) + "\n")


def mlp():
    """Learns x₀ · sin(2 x₁) and the distance from 0."""
    model = nn.Sequential(nn.Linear(2, 12), nn.Tanh(), nn.Linear(12, 10), nn.GELU(), nn.Linear(10, 2))
    points = torch.rand(256, 2) * 4 - 2
    wanted = torch.stack([points[:, 0] * torch.sin(2 * points[:, 1]), points.norm(dim=1)], 1)
    trained(model, lambda f: nn.functional.mse_loss(f(points), wanted), rate=0.02)
    x = torch.tensor([[0.3, -1.1], [1.4, 0.2], [-0.7, 0.9]])
    save("mlp", model, x, 13, gradient=["0.weight", "2.bias"], dynamic_axes={"x": {0: "batch"}, "y": {0: "batch"}})


class ConvNet(nn.Module):
    """Batch normalisation, two kinds of pools, a shortcut."""

    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(1, 6, 3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(6)
        self.second = nn.Conv2d(6, 6, 3, padding=1, groups=2)
        self.last = nn.Linear(6 * 2, 3)

    def forward(self, x):
        x = nn.functional.max_pool2d(nn.functional.relu(self.norm(self.first(x))), 2)
        x = x + nn.functional.silu(self.second(x))
        x = nn.functional.adaptive_avg_pool2d(x, (2, 1))
        return nn.functional.log_softmax(self.last(x.flatten(1)), dim=1)


def bars(count):
    """Pictures of 8 × 6 with a bar that lies, stands, or is not there, and noise."""
    kinds = torch.randint(0, 3, (count,))
    images = 0.3 * torch.randn(count, 1, 8, 6)
    for image, kind in zip(images, kinds):
        if kind == 0:
            image[0, torch.randint(0, 8, ()), :] += 1.5
        elif kind == 1:
            image[0, :, torch.randint(0, 6, ())] += 1.5
    return images, kinds


def convnet():
    images, kinds = bars(240)
    model = trained(ConvNet(), lambda f: nn.functional.nll_loss(f(images), kinds), steps=120)
    # Batch normalisation is folded into the convolution unless the export is told not to.
    save("convnet", model, images[:2], 16, do_constant_folding=False, training=torch.onnx.TrainingMode.PRESERVE,
         gradient=["first.weight", "norm.bias"])


class Block(nn.Module):
    """An encoder block as it is written by hand: attention with a causal mask, and shapes taken from the input."""

    def __init__(self, width=8, heads=2):
        super().__init__()
        self.heads = heads
        self.embed = nn.Embedding(11, width)
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.norms = nn.ModuleList([nn.LayerNorm(width), nn.LayerNorm(width)])
        self.feed = nn.Sequential(nn.Linear(width, 2 * width), nn.GELU(), nn.Linear(2 * width, width))

    def forward(self, x):
        n, length, width = x.shape
        q, k, v = self.qkv(self.norms[0](x)).view(n, length, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4)
        scores = q @ k.transpose(-2, -1) / (width // self.heads) ** 0.5
        mask = torch.ones(length, length, dtype=torch.bool).tril()
        weights = scores.masked_fill(~mask, float("-inf")).softmax(-1)
        x = x + self.out((weights @ v).transpose(1, 2).reshape(n, length, width))
        return x + self.feed(self.norms[1](x))


def transformer():
    model = Block()
    x = torch.randn(2, 5, 8)
    # It learns to repeat what was three places before.
    wanted = torch.cat([torch.zeros(32, 3, 8), (data := torch.randn(32, 7, 8))[:, :-3]], 1)
    trained(model, lambda f: nn.functional.mse_loss(f(data), wanted), steps=60)
    axes = {0: "batch", 1: "length"}
    save("transformer", model, x, 16, gradient=["qkv.bias", "norms.0.weight"], dynamic_axes={"x": axes, "y": axes})


def encoder():
    """PyTorch's own encoder layer, after the norm rather than before it, and with ReLU."""
    model = nn.TransformerEncoderLayer(6, 3, 10, dropout=0.0, batch_first=True)
    data = torch.randn(16, 4, 6)
    trained(model, lambda f: nn.functional.mse_loss(f(data), data.roll(1, 1)), steps=40)
    # In eval() it is one operator of PyTorch's own, which cannot be exported.
    model.train()
    save("encoder", model, torch.randn(1, 4, 6), 14, training=torch.onnx.TrainingMode.PRESERVE)


def wave():
    """Sequence convolutions: along one axis, transposed, with a gate and a mean of a window."""

    class Wave(nn.Module):
        def __init__(self):
            super().__init__()
            self.down = nn.Conv1d(2, 8, 4, stride=2, padding=1)
            self.up = nn.ConvTranspose1d(4, 2, 4, stride=2, padding=1)
            self.norm = nn.GroupNorm(2, 4)

        def forward(self, x):
            gated = self.norm(nn.functional.glu(self.down(x), dim=1))
            return nn.functional.avg_pool1d(self.up(nn.functional.elu(gated)), 3, stride=1, padding=1)

    data = torch.randn(32, 2, 12)
    model = trained(Wave(), lambda f: nn.functional.mse_loss(f(data), data.cumsum(-1) / 4), steps=60)
    save("wave", model, data[:1], 17)


if __name__ == "__main__":
    mlp()
    convnet()
    transformer()
    encoder()
    wave()
