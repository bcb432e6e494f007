#!/usr/bin/env python3
"""Measures what training takes besides its kernels: threads, start, reading records, the build, the model's size, and
whether bf16 learns as f32 does.

Each measurement runs its sides in turn (A B A B), prints one JSON object per row, and keeps them in Benchmarks/results;
rows of other models and precisions in a file stay. Needs bin/mrmc (make build) and nothing else.
"""

import argparse
import os
import re
import tempfile
import time
from pathlib import Path

from measure import MRMC, RESULTS, bench, build, machine, note, run, store, summary, write
from quality import quality
from training import Records, first_step, steps, weights

# Rows that agree in these replace each other.
SAME = ("model", "batch", "precision")


def threads(options, scratch):
    """The same program's step on one thread and on all."""
    for precision in options.precision:
        program = build(options.model, options.batch, precision, scratch)
        one, all_ = [], []
        for _ in range(options.rounds):
            one.append(bench(program, 1, 1)["median_s"])
            last = bench(program, options.steps, options.threads)
            all_.append(last["median_s"])
            note(f"{precision}: 1 thread {one[-1]:.3f} s, {options.threads} threads {all_[-1]:.3f} s")
        store(options.results, "threads", {
            "model": options.model, "batch": options.batch, "precision": precision, "threads": options.threads,
            "speedup": summary([a / b for a, b in zip(one, all_)]), "one_thread_s": summary(one),
            "all_threads_s": summary(all_), "runs": options.rounds} | machine(last), SAME)


def start(options, scratch):
    """From the start of a built program to its first step, beyond reading the weights it starts from."""
    data = Records(scratch, 4 * options.batch)
    for precision in options.precision:
        program = build(options.model, options.batch, precision, scratch)
        file = weights(program, data, options.threads, scratch)
        found = []
        for _ in range(options.rounds):
            found.append(first_step(program, data, file, options.threads, scratch))
            note(f"{precision}: " + ", ".join(f"{key} {value:.3f} s" for key, value in found[-1].items()))
        store(options.results, "start", {
            "model": options.model, "batch": options.batch, "precision": precision, "threads": options.threads,
            "runs": options.rounds} | {key: summary([f[key] for f in found]) for key in found[0]}
            | machine(bench(program, 1, options.threads)), SAME)


def records(options, scratch):
    """Training on images that are decoded and augmented while it runs, against the same step on a batch in memory."""
    data = Records(scratch, options.batch * (options.steps + 2), options.side)
    for precision in options.precision:
        program = build(options.model, options.batch, precision, scratch)
        ratios, trained, resident, waits = [], [], [], []
        for _ in range(options.rounds):
            row = bench(program, options.steps, options.threads)
            resident.append(row["records_per_s"])
            training = steps(program, data, options.steps + 2, options.threads, scratch)
            trained.append(training.records_per_s)
            waits.append(training.data_wait)
            ratios.append(trained[-1] / resident[-1])
            note(f"{precision}: train {trained[-1]:.3f}, bench {resident[-1]:.3f} records/s")
        store(options.results, "records", {
            "model": options.model, "batch": options.batch, "precision": precision, "threads": options.threads,
            "images": data.text, "ratio": summary(ratios), "train_records_per_s": summary(trained),
            "bench_records_per_s": summary(resident), "data_wait_s": summary(waits), "runs": options.rounds}
            | machine(row), (*SAME, "images"))


def compile_(options, scratch):
    """`mrmc build`, and which phases its time goes to."""
    for precision in options.precision:
        seconds, phases = [], {}
        for number in range(options.rounds):
            begin = time.monotonic()
            _, text = run(MRMC, "build", options.model, "--batch", options.batch, "--precision", precision,
                          "--time-passes", "-o", f"{scratch}/{precision}-{number}")
            seconds.append(time.monotonic() - begin)
            note(f"{precision}: {seconds[-1]:.2f} s")
            for value, name in re.findall(r"^ *([\d.]+) s  (.*)$", text, re.M):
                phases.setdefault(phase(name), [0.0] * options.rounds)[number] += float(value)
        program = f"{scratch}/{precision}-0"
        store(options.results, "build", {
            "model": options.model, "batch": options.batch, "precision": precision, "build_s": summary(seconds),
            "phases_s": {name: summary(values)["median"] for name, values in phases.items()},
            "program_bytes": os.path.getsize(program), "runs": options.rounds}
            | machine(bench(program, 1, options.threads)), SAME)


def phase(name):
    """`pass cse  28083 -> …` as `passes`, `lower @apply` as `lower`."""
    word = name.split()[0]
    return "passes" if word == "pass" else word


def profile(options, scratch):
    """The kernels of a step by time, against the machine's limits."""
    for precision in options.precision:
        program = build(options.model, options.batch, precision, scratch)
        _, text = run(program, "bench", "--runs", options.rounds, "--threads", options.threads,
                      "--profile", f"{scratch}/trace.json")
        write(options.results / f"profile-{options.model}-{precision}.txt", text)
        print(text)


SIZES = (("mrm-tiny", 256), ("mrm-vit-b16", 16), ("mrm-vit-b16", 64), ("mrm-vit-l16", 8))


def size(options, scratch):
    """FLOP/s of whole steps from the smallest to the largest model, and resident memory against the plan."""
    for precision in options.precision:
        found = {}
        for _ in range(options.rounds):
            for model, batch in SIZES:
                row = bench(build(model, batch, precision, scratch), options.steps, options.threads)
                found.setdefault((model, batch), []).append(row)
                note(f"{precision} {model} batch {batch}: {row['median_s']:.3f} s, {row['gflops']:.1f} GFLOP/s")
        best = max(summary([row["gflops"] for row in group])["median"] for group in found.values())
        for (model, batch), group in found.items():
            last, gflops = group[-1], summary([row["gflops"] for row in group])
            store(options.results, "size", {
                "model": model, "batch": batch, "precision": precision, "threads": options.threads, "gflops": gflops,
                "of_the_best": gflops["median"] / best, "median_s": summary([row["median_s"] for row in group]),
                "runs": options.rounds * options.steps,
                "resident_of_plan": max(row["peak_rss_bytes"] for row in group)
                / (last["planned_bytes"] + last["fixed_bytes"]),
            } | {key: last[key] for key in ("peak_rss_bytes", "planned_bytes", "fixed_bytes")} | machine(last), SAME)


MEASUREMENTS = {"threads": threads, "start": start, "records": records, "build": compile_, "size": size,
                "profile": profile, "quality": quality}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="*", default=list(MEASUREMENTS), metavar="|".join(MEASUREMENTS))
    parser.add_argument("--model", default="mrm-vit-b16")
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--precision", default="f32,bf16", type=lambda text: text.split(","))
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--steps", type=int, default=3, help="timed steps of one process")
    parser.add_argument("--side", type=int, default=320, help="pixels along each edge of an image, for records")
    parser.add_argument("--results", type=Path, default=RESULTS, help="where the figures go: a machine's own folder")
    parser.add_argument("--scratch", type=Path, help="where programs and records are kept; otherwise thrown away")
    options = parser.parse_args()
    unknown = [name for name in options.what if name not in MEASUREMENTS]
    if unknown:
        parser.error(f"{unknown[0]}: expected {', '.join(MEASUREMENTS)}")
    options.results.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        scratch = (options.scratch or Path(temporary)).resolve()
        scratch.mkdir(parents=True, exist_ok=True)
        for name in options.what:
            MEASUREMENTS[name](options, scratch)


main()
