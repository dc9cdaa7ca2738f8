"""The objectives of the benchmark in PyTorch; ../cases/objectives.js says whose they are."""

import torch


def rotated(rotation, vector):
    angle = rotation.square().sum().sqrt()
    axis = rotation / angle
    cosine = angle.cos()
    return vector * cosine + torch.cross(axis, vector, dim=0) * angle.sin() + axis * ((axis @ vector) * (1 - cosine))


def reprojection_error(parameters, observed):
    rotation, centre, focal, principal, radial, point, weight = parameters.split([3, 3, 1, 2, 2, 3, 1])
    seen = rotated(rotation, point - centre)
    projected = seen[:2] / seen[2:]
    square = projected.square().sum()
    distortion = 1 + square * radial[0] + square.square() * radial[1]
    return (projected * distortion * focal + principal - observed) * weight


def mixture_objective(points, dimensions, components):
    d, k = dimensions, components
    below = d * (d - 1) // 2
    rows, columns = torch.tril_indices(d, d, -1)
    positions = torch.zeros(d, d, dtype=torch.int64)
    positions[rows, columns] = torch.arange(1, below + 1)

    def objective(parameters, x):
        alphas, means, log_diagonals, lower = parameters.split([k, k * d, k * d, k * below])
        log = log_diagonals.reshape(k, d)
        diagonal = log.exp()
        triangle = torch.cat([torch.zeros(k, 1), lower.reshape(k, below)], 1)
        factors = triangle[:, positions] + diagonal.reshape(k, d, 1) * torch.eye(d)
        centred = x.reshape(points, 1, d) - means.reshape(k, d)
        distances = (factors @ centred.unsqueeze(-1)).square().sum((2, 3))
        terms = alphas + log.sum(1) - 0.5 * distances
        prior = 0.5 * (diagonal.square().sum() + lower.square().sum())
        return terms.logsumexp(1).sum() - points * alphas.logsumexp(0) + prior

    return objective


def logistic(weight, x, y):
    logits = x @ weight
    return (logits.exp().log1p() - logits * y).sum()
