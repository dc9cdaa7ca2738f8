"""Times calls in PyTorch when asked, and says what came out."""

import json
import os
import sys
import time

import torch


def summary(tensor):
    flat = tensor.detach().double().reshape(-1)
    weights = (torch.arange(flat.numel(), dtype=torch.float64) * 31 % 97) / 97
    return {
        "shape": list(tensor.shape),
        "squares": float((flat * flat).sum()),
        "weighed": float((flat * weights).sum()),
        "absolute": float(flat.abs().sum()),
    }


def timed(call, calls):
    start = time.perf_counter()
    for _ in range(calls):
        call()
    return 1e3 * (time.perf_counter() - start)


def settled(call, budget, most):
    """The first result, how long it took, and the number of threads that is the faster one, which is set.

    budget: milliseconds per measurement; most: calls in one.
    """
    start = time.perf_counter()
    result = call()
    first = 1e3 * (time.perf_counter() - start)
    best = {}
    for threads in sorted({1, os.cpu_count() or 1}):
        torch.set_num_threads(threads)
        once = max(timed(call, 1), 1e-3)
        calls = max(1, min(most, int(budget / once)))
        best[threads] = min(timed(call, calls) / calls for _ in range(3 if once < 1000 else 1))
    threads = min(best, key=best.get)
    torch.set_num_threads(threads)
    return result, first, threads


def serve(prepare):
    """Answers one line of JSON with another; `prepare` gives a call for a task, and what to say about it."""

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
