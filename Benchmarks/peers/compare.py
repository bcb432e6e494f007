"""Times the same training step by mrmc, PyTorch and JAX, in turn.

Everybody's losses from the same parameters and batch are compared first, so that all do the same work. The peers' timed
steps take these too, those of mrmc parameters as it starts them and a made batch of the same shape. Writes a table to
stdout, and the results as JSON and a chart beside it.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy
from safetensors.numpy import load_file, save_file

from chart import bars
from common import BATCH
from model import SIZES
from processes import peer_environment  # first: it says where measure is
from measure import environment, machine, merge, note, result_file, run, write

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
# Rows that agree in these replace each other.
SAME = ("model", "batch", "precision", "peer")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="mrm-vit-b16", choices=list(SIZES))
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--precision", default="f32,bf16", help="f32, bf16 or both")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--runs", type=int, default=5, help="steps of each process")
    parser.add_argument("--rounds", type=int, default=1, help="processes of each peer, in turn")
    parser.add_argument("--peers", default="torch-eager,torch-compile,jax")
    parser.add_argument("--tuned", action="store_true", help="PyTorch also with MKL's vendor check answered and jemalloc")
    parser.add_argument("--mrmc", default=str(ROOT / "bin/mrmc"))
    parser.add_argument("-o", "--output", type=result_file, help="results, beside others in it; and a chart")
    return parser.parse_args()


def make_state(options, scratch):
    """Parameters as mrmc starts them, and a batch, in one file; and mrmc's losses on them."""
    size, batch = SIZES[options.model], options.batch
    random = numpy.random.default_rng(0)
    labels = random.integers(5, size.vocabulary, (batch, size.tokens), dtype=numpy.int32)
    ids = numpy.where(random.random(labels.shape) < 0.5, numpy.int32(3), labels)
    tensors = {
        "image": random.standard_normal((batch, 3, 2 * size.side, 2 * size.side), dtype=numpy.float32),
        "noise": random.random((batch, size.patches), dtype=numpy.float32),
        "ids": ids, "labels": labels, "attention_mask": numpy.ones_like(labels),
    }
    scalars = {"lr": numpy.float32(0).reshape(()), "step": numpy.int64(1).reshape(())}
    save_file(tensors | {key: numpy.array(value) for key, value in scalars.items()}, f"{scratch}/in.safetensors")
    results = own_results(options, "f32", scratch)
    state = {name: value for name, value in results.items()
             if not name.startswith(("exp_avg", "loss")) and name != "grad_norm"}
    for table, width in (("pos_embed", size.width), ("decoder_pos_embed", size.decoder_width)):
        state[table] = sincos(width, int(size.patches**0.5))
    save_file(state | {"batch." + name: tensors[name] for name in BATCH}, f"{scratch}/state.safetensors")
    return losses(results)


def own_results(options, precision, scratch):
    """Of mrmc's step at rate 0, which gives the parameters back as they started."""
    run(options.mrmc, "run", options.model, "--precision", precision, "--function", "train_step", "--init", "0",
        "--set", "dropout=0", "--inputs", f"{scratch}/in.safetensors", "--outputs", f"{scratch}/out.safetensors",
        env=environment(options.threads))
    return load_file(f"{scratch}/out.safetensors")


def losses(results):
    return {name: float(results[name]) for name in ("loss_image", "loss_report")}


def sincos(width, grid):
    """The fixed position table [1, 1 + grid^2, width]: columns first, then rows, [sin, cos] each, after a row of zeros."""
    half = width // 2
    frequencies = 10000.0 ** (-numpy.arange(half // 2) / (2 * half))
    place = numpy.arange(grid)[:, None] * frequencies
    waves = numpy.concatenate([numpy.sin(place), numpy.cos(place)], 1)
    columns = numpy.tile(waves, (grid, 1))
    rows = numpy.repeat(waves, grid, 0)
    table = numpy.concatenate([numpy.zeros((1, width)), numpy.concatenate([columns, rows], 1)])
    return table[None].astype(numpy.float32)


def peer_command(peer, options, precision, scratch, check):
    kind, _, mode = peer.removesuffix("-tuned").partition("-")
    command = [sys.executable, HERE / f"{kind}_step.py", f"{scratch}/state.safetensors", "--precision", precision,
               "--model", options.model, "--threads", options.threads, "--runs", options.runs]
    return command + (["--mode", mode] if mode else []) + (["--check"] if check else [])


def run_peer(peer, options, precision, scratch, check=False):
    output, _ = run(*peer_command(peer, options, precision, scratch, check),
                    env=peer_environment(f"{precision}-{peer}", options.threads, scratch))
    return json.loads(output.splitlines()[-1])


def run_mrmc(options, precision):
    row = json.loads(run(
        options.mrmc, "bench", "step", "--model", options.model, "--batch", options.batch, "--precision", precision,
        "--threads", options.threads, "-r", options.runs, "--format", "json", env=environment(options.threads))[0])[0]
    return {"peer": "mrmc", "precision": precision, "threads": row["threads"], "seconds": [row["median_s"]],
            "first_step_s": row["build_s"] + row["first_step_s"],
            "peak_rss_bytes": row["peak_rss_bytes"]} | machine(row)


def check(mine, theirs, precision):
    """Everybody computes the same losses, to what bf16 leaves of them."""
    tolerance = 2e-4 if precision == "f32" else 2e-2
    for name, value in mine.items():
        if not abs(theirs[name] - value) <= tolerance * abs(value):
            raise SystemExit(f"{theirs['peer']} {precision}: {name} is {theirs[name]}, mrmc's in f32 is {value}")


def measure(options, precision, scratch, mine):
    peers = [peer for peer in options.peers.split(",") if peer]
    if options.tuned:
        peers += [peer + "-tuned" for peer in peers if peer.startswith("torch")]
    check(mine, {"peer": "mrmc"} | losses(own_results(options, precision, scratch)), precision)
    for peer in peers:
        check(mine, run_peer(peer, options, precision, scratch, check=True), precision)
    results = {}
    for _ in range(options.rounds):
        for peer in ["mrmc"] + peers:
            row = run_mrmc(options, precision) if peer == "mrmc" else run_peer(peer, options, precision, scratch)
            if peer.endswith("-tuned"):
                row["peer"] += " tuned"
            note(f"{row['peer']} {precision}: {statistics.median(row['seconds']):.3f} s")
            known = results.setdefault(peer, row | {"seconds": []})
            known["seconds"] += row["seconds"]
            known["peak_rss_bytes"] = max(known["peak_rss_bytes"], row["peak_rss_bytes"])
    for row in results.values():
        row["median_s"] = statistics.median(row["seconds"])
        row["records_per_s"] = options.batch / row["median_s"]
        row |= {"model": options.model, "batch": options.batch} | machine(results["mrmc"])
    return list(results.values())


def show(options, rows):
    print(f"One training step of {options.model}, batch {options.batch}, on {place(rows)}.\n")
    print("| | precision | records/s | step s | mrmc / peer | first step s | peak RSS GiB |\n|---|---|--:|--:|--:|--:|--:|")
    for row in rows:
        own = next(r for r in rows if r["peer"] == "mrmc" and r["precision"] == row["precision"])
        print(f"| {row['peer']} | {row['precision']} | {row['records_per_s']:.2f} | {row['median_s']:.3f} "
              f"| {row['median_s'] / own['median_s']:.2f} | {row['first_step_s']:.1f} "
              f"| {row['peak_rss_bytes'] / 2**30:.2f} |")


def keep(options, rows):
    """Adds rows to the output, and draws all that it has of this step."""
    known = [row for row in merge(options.output, rows, SAME)
             if (row["model"], row["batch"]) == (options.model, options.batch)]
    title = f"Training steps of {options.model}, batch {options.batch}"
    write(options.output.with_suffix(".svg"), bars(title, f"records/s on {place(rows)}", known))


def place(rows):
    return f"{rows[0]['cpu']}, {rows[0]['threads']} threads, OpenBLAS {rows[0]['openblas_core']}"


def main():
    options = arguments()
    rows = []
    with tempfile.TemporaryDirectory() as scratch:
        mine = make_state(options, scratch)
        for precision in options.precision.split(","):
            new = measure(options, precision, scratch, mine)
            rows += new
            if options.output:
                keep(options, new)
    show(options, rows)


if __name__ == "__main__":
    main()
