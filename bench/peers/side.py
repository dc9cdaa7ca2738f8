"""A side of the benchmark in a Python process: as serve.js is for those in Node."""

import json
import sys
import time

import numpy as np
from draws import drawn


class Unsupported(Exception):
    """Why a side has no column in a row: not an error."""


def summary(array):
    flat = np.asarray(array, dtype=np.float64).reshape(-1)
    weights = (np.arange(flat.size) * 31 % 97) / 97
    return {
        "shape": list(np.shape(array)),
        "squares": float(flat @ flat),
        "weighed": float(flat @ weights),
        "absolute": float(np.abs(flat).sum()),
    }


def leaves(result):
    return [leaf for each in result for leaf in leaves(each)] if isinstance(result, (tuple, list)) else [result]


def timed(call, calls):
    """Milliseconds. Where calls are many one more goes first, since whoever had the machine before filled its caches."""
    if calls > 1:
        call()
    start = time.perf_counter()
    for _ in range(calls):
        call()
    return 1e3 * (time.perf_counter() - start)


def described(variant, to_array):
    """What one variant computes, and how long that took the first time."""
    begin, call = variant
    begin()
    start = time.perf_counter()
    try:
        result = call()
    except Exception as error:
        return {"failed": f"{type(error).__name__}: {error}"}
    first = 1e3 * (time.perf_counter() - start)
    return {"first": first, "leaves": [summary(to_array(leaf)) for leaf in leaves(result)]}


def serve(name, variants_of, to_array=lambda leaf: leaf):
    """Answers one line of JSON with another.

    variants_of(case, inputs) gives, for each way of computing the case, what to do before a turn of it and the call.
    """

    def answer(value):
        print(json.dumps(value), flush=True)

    answer({"name": name})
    variants = {}
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if "prepare" in request:
                case = request["prepare"]
                variants = {}
                variants = variants_of(case, drawn(case["inputs"]))
                reply = {"variants": {key: described(each, to_array) for key, each in variants.items()}}
            else:
                begin, call = variants[request["run"]["variant"]]
                begin()
                reply = {"time": timed(call, request["run"]["calls"])}
        except Unsupported as reason:
            reply = {"unsupported": str(reason)}
        except Exception as error:
            reply = {"error": f"{type(error).__name__}: {error}"}
        answer(reply)
