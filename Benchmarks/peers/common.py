"""What the peers' scripts share: their arguments, the state all start from, timing, and the result."""

import argparse
import json
import resource
import time

import numpy
from safetensors.numpy import load_file

BATCH = ("image", "noise", "ids", "labels", "attention_mask")


def arguments(modes):
    parser = argparse.ArgumentParser()
    parser.add_argument("state", help="parameters under their public names, and the batch")
    parser.add_argument("--mode", choices=modes, default=modes[0])
    parser.add_argument("--precision", choices=("f32", "bf16"), default="f32")
    parser.add_argument("--model", default="mrm-vit-b16")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--check", action="store_true", help="only the losses without dropout, before any step")
    return parser.parse_args()


def load(path):
    """(parameters, batch in the order of BATCH)."""
    tensors = load_file(path)
    batch = [tensors.pop("batch." + name) for name in BATCH]
    return {name: numpy.asarray(value) for name, value in tensors.items()}, batch


def timed(step, runs):
    """(seconds of the first step, which compiles; seconds of `runs` steps after one more that warms up)."""
    start = time.perf_counter()
    step()
    first = time.perf_counter() - start
    step()
    seconds = []
    for _ in range(runs):
        start = time.perf_counter()
        step()
        seconds.append(time.perf_counter() - start)
    return first, sorted(seconds)


def result(name, options, **figures):
    figures = {"peer": name, "precision": options.precision, "threads": options.threads} | figures
    print(json.dumps(figures))


def checked(name, options, losses):
    """The losses of the model at the start, without dropout."""
    result(name, options, loss_image=losses[0], loss_report=losses[1])


def measured(name, options, step):
    first, seconds = timed(step, options.runs)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    result(name, options, first_step_s=first, seconds=seconds, peak_rss_bytes=peak)
