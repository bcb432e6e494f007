"""One post-norm BERT layer in PyTorch, forward and backward with every gradient: a process that answers line by line.

`check FILE`: how far output and gradients without dropout are from those of a file. A number: the seconds of that many runs.
"""

import argparse
import json
import resource
import sys
import time

import torch
from safetensors.torch import load_file

import torch_ops
from model import Model

parser = argparse.ArgumentParser()
parser.add_argument("state", help="x, cotangent, attention_mask, and parameters by their names")
parser.add_argument("--mode", choices=("eager", "compile", "compile-plain"), default="eager")
parser.add_argument("--dropout", type=float, default=0.1)
parser.add_argument("--precision", choices=("f32", "bf16"), default="f32")
parser.add_argument("--heads", type=int, required=True)
parser.add_argument("--threads", type=int, default=2)
options = parser.parse_args()

torch.set_num_threads(options.threads)
torch.manual_seed(0)
state = load_file(options.state)
mask, cotangent = state.pop("attention_mask"), state.pop("cotangent")
cotangent /= cotangent.numel()  # the loss is a mean
parameters = {name: value.requires_grad_() for name, value in state.items()}


class PlainAttention:
    """The layers of torch_ops, but attention written out, for the compiler to fuse."""

    def __getattr__(self, name):
        return getattr(torch_ops, name)

    def attention(self, q, k, v, bias=None, rate=0.0):
        q, k, v = (x.transpose(1, 2) for x in (q, k, v))
        scores = q @ k.transpose(-1, -2) * q.shape[-1] ** -0.5 + bias.to(q.dtype)
        probabilities = scores.softmax(-1, dtype=torch.float32).to(v.dtype)
        return (torch.nn.functional.dropout(probabilities, rate, True) @ v).transpose(1, 2)

    def attention_dropout(self, q, k, v, bias, rate, key):
        return self.attention(q, k, v, bias, rate), key


ops = PlainAttention() if options.mode.endswith("plain") else torch_ops


def output(rate):
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=options.precision == "bf16"):
        bias = torch_ops.padding_bias(mask)
        model = Model(ops, None, parameters, rate)
        return model.bert_layer(parameters["x"], bias, "layer.0", options.heads)


compiled = torch.compile(output) if options.mode != "eager" else output


def step():
    compiled(options.dropout).backward(cotangent)
    for value in parameters.values():
        value.grad = None


def check(path):
    """The largest distance of a tensor from the file's, in norm; gradients that are zero in truth hold rounding only."""
    expected = load_file(path)
    result = output(0.0)
    result.backward(cotangent)
    least = 1e-2 * max(expected["grad." + name].norm() for name in parameters)
    distances = {"output": ((result - expected["output"]).norm() / result.norm()).item()}
    for name, value in parameters.items():
        difference = (value.grad - expected["grad." + name]).norm()
        distances[name] = (difference / max(value.grad.norm(), least)).item()
        value.grad = None
    worst = max(distances, key=distances.get)
    return {"distance": distances[worst], "worst": worst}


def timed(runs):
    seconds = []
    for _ in range(runs):
        start = time.perf_counter()
        step()
        seconds.append(time.perf_counter() - start)
    return {"seconds": seconds, "peak_rss_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}


for line in sys.stdin:
    verb, *words = line.split()
    answer = check(*words) if verb == "check" else timed(int(verb))
    print(json.dumps({"peer": f"PyTorch {torch.__version__.split('+')[0]} {options.mode}"} | answer), flush=True)
