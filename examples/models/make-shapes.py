"""Writes shapes.onnx: a small network, trained by PyTorch to tell rings, squares and crosses apart in noisy pictures.

Run as `python3 make-shapes.py` where torch can be imported (written with 1.13).
"""

import pathlib

import torch
from torch import nn

HERE = pathlib.Path(__file__).parent
SIZE = 16
torch.manual_seed(4)
torch.set_num_threads(1)


def draw(kind, row, column, radius):
    """Lines about two pixels thick, of height 1."""
    down, right = torch.meshgrid(torch.arange(SIZE) - row, torch.arange(SIZE) - column, indexing="ij")
    far = torch.maximum(down.abs(), right.abs())
    if kind == 0:
        off = (down**2 + right**2).sqrt() - radius
    elif kind == 1:
        off = far - radius
    else:
        off = torch.where(far > radius, torch.tensor(9.0), torch.minimum(down.abs(), right.abs()))
    return torch.exp(-(off**2))


def pictures(count):
    kinds = torch.randint(0, 3, (count,))
    places = torch.rand(count, 3)
    images = [
        draw(int(kind), 5 + 5 * float(a), 5 + 5 * float(b), 3 + 2 * float(c)) for kind, (a, b, c) in zip(kinds, places)
    ]
    return torch.stack(images)[:, None] + 0.2 * torch.randn(count, 1, SIZE, SIZE), kinds


model = nn.Sequential(
    nn.Conv2d(1, 6, 3, padding=1),
    nn.BatchNorm2d(6),
    nn.ReLU(),
    nn.MaxPool2d(2),
    nn.Conv2d(6, 12, 3, padding=1),
    nn.ReLU(),
    nn.MaxPool2d(2),
    nn.Flatten(),
    nn.Linear(12 * 4 * 4, 3),
)
optimizer = torch.optim.Adam(model.parameters(), lr=0.01, weight_decay=1e-3)
for _ in range(200):
    images, kinds = pictures(64)
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(images), kinds).backward()
    optimizer.step()
model.eval()

images, kinds = pictures(500)
print(f"{(model(images).argmax(1) == kinds).float().mean():.3f} of 500 new pictures are told right")
torch.onnx.export(
    model,
    images[:1],
    str(HERE / "shapes.onnx"),
    opset_version=16,
    input_names=["pictures"],
    output_names=["scores"],
    dynamic_axes={"pictures": {0: "count"}, "scores": {0: "count"}},
)
