"""Times one post-norm BERT layer by mrmc and PyTorch, forward and backward with every gradient, in turn.

Output and gradients without dropout are compared first, so that both do the same work. PyTorch has its best settings: MKL's
vendor check answered, jemalloc, compiled and eager, processes that stay warm. In each round every one runs in turn; medians
count, and the ratio is the median of the rounds' ratios to the faster form of PyTorch.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
from pathlib import Path

import numpy
from safetensors.numpy import save_file

from processes import Server, peer_environment  # first: it says where measure is
from measure import environment, machine, merge, note, result_file, run

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
MODEL = ROOT / "docs/examples/bert.swift"
# Attention as one operation, compiled and not; and written out, for the compiler to fuse.
MODES = ("compile", "compile-plain", "eager")
# Distance of PyTorch's output and gradients from mrmc's, in norm: in bf16 both round, at different places.
TOLERANCE = {"f32": 1e-4, "bf16": 2e-2}
# Rows that agree in these are of one measurement, which replaces them all.
SAME = ("precision", "length", "batch", "width", "heads", "dropout", "threads")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, prog="run.sh layer")
    parser.add_argument("--width", type=int, default=768)
    parser.add_argument("--heads", type=int, default=12)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--lengths", default="128,192")
    parser.add_argument("--precision", default="f32,bf16", help="f32, bf16 or both")
    parser.add_argument("--dropout", type=float, default=0.1, help="as in training; 0 is none")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--runs", type=int, default=7, help="runs of each in a round; the first is not counted")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--mrmc", default=str(ROOT / "bin/mrmc"))
    parser.add_argument("-o", "--output", type=result_file, help="results; others in the file stay")
    return parser.parse_args()


def make_state(options, length, path):
    random = numpy.random.default_rng(0)
    width, shape = options.width, (options.batch, length, options.width)
    tensors = {
        "x": random.standard_normal(shape), "cotangent": random.standard_normal(shape),
        "attention_mask": numpy.ones((options.batch, length), numpy.int32),
    }
    for name, outputs, inputs in (
        ("attention.self.query", width, width), ("attention.self.key", width, width),
        ("attention.self.value", width, width), ("attention.output.dense", width, width),
        ("intermediate.dense", 4 * width, width), ("output.dense", width, 4 * width),
    ):
        tensors[f"layer.0.{name}.weight"] = random.standard_normal((outputs, inputs)) * inputs**-0.5
        tensors[f"layer.0.{name}.bias"] = random.standard_normal(outputs) * 0.1
    for name in ("attention.output.LayerNorm", "output.LayerNorm"):
        tensors[f"layer.0.{name}.weight"] = 1 + 0.1 * random.standard_normal(width)
        tensors[f"layer.0.{name}.bias"] = 0.1 * random.standard_normal(width)
    save_file({k: v if v.dtype == numpy.int32 else v.astype(numpy.float32) for k, v in tensors.items()}, path)


class Layer:
    """The layer at one length and precision, by everybody."""

    def __init__(self, options, length, precision, scratch):
        self.options, self.length, self.precision = options, length, precision
        self.state, self.results = f"{scratch}/state.safetensors", f"{scratch}/results.safetensors"
        make_state(options, length, self.state)
        self.own = environment(options.threads)
        self.peers = [
            Server([sys.executable, HERE / "torch_layer.py", self.state, "--mode", mode, "--precision", precision,
                    "--heads", options.heads, "--dropout", options.dropout, "--threads", options.threads],
                   peer_environment(f"{mode}-tuned", options.threads, scratch))
            for mode in MODES
        ]

    def mrmc(self, dropout, *more):
        options = self.options
        output = run(
            options.mrmc, "run", MODEL, "--function", "loss_and_grads", "--batch", options.batch, "--precision",
            self.precision, "--set", f"width={options.width}", "--set", f"heads={options.heads}", "--set",
            f"length={self.length}", "--set", f"dropout={dropout:g}", "--inputs", self.state, "--outputs", self.results,
            "--threads", options.threads, *more, env=self.own)[0]
        return json.loads(output) if output else None

    def check(self):
        self.mrmc(0)
        for peer in self.peers:
            answer = peer.ask(f"check {self.results}")
            note(f"{self.precision} length {self.length}: {answer['peer']} differs by {answer['distance']:.1e} "
                 f"at most ({answer['worst']})")
            if not answer["distance"] < TOLERANCE[self.precision]:
                raise SystemExit("the results differ: they do not do the same work")

    def measure(self):
        """A row for mrmc and one for each form of PyTorch."""
        self.check()
        runs, rows = self.options.runs, {}
        for peer in self.peers:
            peer.ask("2")
        for number in range(self.options.rounds):
            own = self.mrmc(self.options.dropout, "--runs", runs - 1)
            answers = [{"peer": "mrmc", "gflops": own["gflops"], "seconds": own["seconds"],
                        "peak_rss_bytes": own["peak_rss_bytes"]}]
            for peer in self.peers:
                answer = peer.ask(str(runs))
                answers.append(answer | {"seconds": answer["seconds"][1:]})
            for answer in answers:
                row = rows.setdefault(answer["peer"], answer | {"rounds": []})
                row["rounds"].append(statistics.median(answer["seconds"]))
            times = (f"{answer['peer']} {1e3 * statistics.median(answer['seconds']):.1f} ms" for answer in answers)
            note(f"round {number + 1}: " + ", ".join(times))
        for peer in self.peers:
            peer.stop()
        return [self.row(row, rows) | machine(own) for row in rows.values()]

    def row(self, row, rows):
        times = row["rounds"]
        best = [min(peers) for peers in zip(*(r["rounds"] for r in rows.values() if r["peer"] != "mrmc"))]
        figures = {
            "kernel": "bert-layer", "peer": row["peer"], "precision": self.precision, "length": self.length,
            "batch": self.options.batch, "width": self.options.width, "heads": self.options.heads,
            "dropout": self.options.dropout, "median_s": statistics.median(times), "rounds": times,
            "spread": (max(times) - min(times)) / statistics.median(times),
            "peak_rss_bytes": row["peak_rss_bytes"], "threads": self.options.threads,
        }
        if row["peer"] == "mrmc":
            figures["ratio"] = statistics.median(b / own for b, own in zip(best, times))
        return figures


def main():
    options = arguments()
    rows = []
    for precision in options.precision.split(","):
        for length in map(int, options.lengths.split(",")):
            with tempfile.TemporaryDirectory() as scratch:
                new = Layer(options, length, precision, scratch).measure()
            rows += new
            if options.output:
                merge(options.output, new, SAME)
    print(f"One post-norm BERT layer {options.width}/{options.heads}/{4 * options.width}, batch {options.batch}, "
          f"dropout {options.dropout:g}, forward + backward, on {rows[0]['cpu']}, {options.threads} threads; "
          f"medians of {options.rounds} rounds of {options.runs - 1} runs.\n")
    print("| | precision | length | ms | spread | faster than the best PyTorch |\n|---|---|--:|--:|--:|--:|")
    for row in rows:
        ratio = f"{row['ratio']:.2f} ×" if "ratio" in row else ""
        print(f"| {row['peer']} | {row['precision']} | {row['length']} | {1e3 * row['median_s']:.1f} "
              f"| {100 * row['spread']:.0f} % | {ratio} |")


if __name__ == "__main__":
    main()
