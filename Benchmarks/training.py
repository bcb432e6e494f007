"""Runs of a built program's `train` on phantom records."""

import json
import shutil
import statistics
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from measure import MRMC, environment, run, stale


class Records:
    """Phantom records, made once for a place."""

    def __init__(self, scratch, count, side=320):
        self.text = f"{side} x {side} PNG"
        self.path = Path(scratch) / f"records-{count}-{side}"
        if not (self.path / "training.csv").exists():  # written last
            shutil.rmtree(self.path, ignore_errors=True)
            run(MRMC, "data", "synth", self.path, "-n", count, "--side", side)

    def flags(self, output, count, threads):
        """Those of a run of `count` steps."""
        data, tokenizer = self.path / "training.csv", self.path / "tokenizer.json"
        return ["train", "--data", data, "--tokenizer", tokenizer, "--output", output, "--steps", count,
                "--threads", threads, "--log-format", "json"]


@dataclass
class Training:
    """What a run logged."""

    lines: list
    batch: int

    @property
    def between(self):
        """All but the first, which also takes memory from the system and reads its own records, and the last, which
        prepares no batch."""
        return self.lines[1:-1]

    @property
    def seconds(self):
        return [self.batch / line["images_per_s"] for line in self.between]

    @property
    def records_per_s(self):
        return self.batch / statistics.median(self.seconds)

    @property
    def data_wait(self):
        """Seconds of a step in which a thread decodes and augments."""
        return statistics.median(line["data_wait_s"] for line in self.between)


def train(program, records, count, threads, scratch, *flags):
    """A run of `count` steps: its new directory, and the lines it logged."""
    output = Path(scratch) / "run"
    shutil.rmtree(output, ignore_errors=True)
    run(program, *records.flags(output, count, threads), *flags)
    return output, [json.loads(line) for line in (output / "log.jsonl").read_text().splitlines()]


def steps(program, records, count, threads, scratch, batch=None):
    """A run of `count` steps; its directory is removed."""
    output, lines = train(program, records, count, threads, scratch)
    shutil.rmtree(output)
    return Training(lines, batch or json.loads(run(program, "info", "--json")[0])["batch"])


def weights(program, records, threads, scratch):
    """Parameters in a file, as a run of one step leaves them."""
    kept = Path(scratch) / f"{program.name}.safetensors"
    if stale(kept, program):
        output, _ = train(program, records, 1, threads, scratch)
        (output / "checkpoint-1/model.safetensors").rename(kept)
        shutil.rmtree(output)
    return kept


def first_step(program, records, file, threads, scratch, count=4):
    """Seconds from the start of the program to the start of its first step, and what of them is what:

    `ready_s` libraries, threads, memory, tokenizer, list and parameters; `records_s` the first records; `weights_s`
    reading the file of parameters alone. The first step, which also takes pages from the system, is `first_step_s`, one
    between it and the last `step_s`.
    """
    output = Path(scratch) / "run"
    shutil.rmtree(output, ignore_errors=True)
    reading = reading_seconds(file)
    ready, ends, waits = watch([program, *records.flags(output, count, threads), "--init-weights", file])
    if len(ends) != count:
        raise SystemExit(f"{program} train ended after {len(ends)} steps")
    shutil.rmtree(output)
    return {"ready_s": ready, "records_s": waits[0], "weights_s": reading, "first_step_s": ends[0] - ready - waits[0],
            "step_s": statistics.median(b - a for a, b in zip(ends, ends[1:-1]))}


def watch(command):
    """Seconds of `train` until it is ready and until each step's end, and those each step waits for records."""
    begin, ready, ends, waits = time.monotonic(), None, [], []
    with subprocess.Popen([str(word) for word in command], env=environment(), stderr=subprocess.PIPE,
                          stdout=subprocess.DEVNULL, text=True) as process:
        try:
            for text in process.stderr:
                now, line = time.monotonic() - begin, json.loads(text)
                ready = ready or now
                if "step" in line:
                    ends.append(now)
                    waits.append(line["data_wait_s"])
        except BaseException:
            process.kill()
            raise
    if process.returncode != 0:
        raise SystemExit(f"{' '.join(map(str, command))}\nexited with {process.returncode} after {len(ends)} steps")
    return ready, ends, waits


def reading_seconds(file):
    """Reading a file into memory that has been written to before."""
    buffer = bytearray(file.stat().st_size)
    for _ in range(2):
        begin = time.monotonic()
        with open(file, "rb", buffering=0) as stream:
            stream.readinto(buffer)
    return time.monotonic() - begin
