"""What the measuring scripts share: building and running programs, medians, and their results."""

import argparse
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MRMC = ROOT / "bin/mrmc"
# What mrmc links into every program.
RUNTIME = ROOT / "bin/lib/libTrainingProgram.a"
RESULTS = ROOT / "Benchmarks/results"


def environment(threads=None):
    """OpenBLAS chooses its kernels for this processor; as many threads for everybody, where a number is given."""
    result = {key: value for key, value in os.environ.items() if not key.startswith("OPENBLAS_")}
    if threads:
        result |= {"OMP_NUM_THREADS": str(threads), "MKL_NUM_THREADS": str(threads)}
    return result


def run(*command, env=None):
    """(stdout, stderr) of a command, which must succeed."""
    done = subprocess.run([str(word) for word in command], env=env or environment(), capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(map(str, command))}\nexited with {done.returncode}\n{done.stderr}")
    return done.stdout, done.stderr


def build(model, batch, precision, scratch):
    """A program of the model, built once for a place and a compiler."""
    path = Path(scratch) / f"{model}-{batch}-{precision}"
    if stale(path, MRMC, RUNTIME):
        run(MRMC, "build", model, "--batch", batch, "--precision", precision, "-o", path)
    return path


def stale(path, *sources):
    """Whether a file made by others is missing, or older than one of them."""
    return not path.exists() or any(path.stat().st_mtime < source.stat().st_mtime for source in sources)


def bench(program, runs, threads):
    """One process of the program's `bench`."""
    return json.loads(run(program, "bench", "--runs", runs, "--threads", threads)[0])


def summary(values):
    """Median and spread, (largest - smallest) / |median|, 0 where the median is."""
    median = statistics.median(values)
    spread = (max(values) - min(values)) / abs(median) if median else 0
    return {"median": median, "spread": spread, "values": values}


def machine(row):
    return {"cpu": row["cpu"], "openblas_core": row["openblas_core"]}


def note(text):
    print(text, file=sys.stderr, flush=True)


def result_file(text):
    """A path on the command line, whose folder must exist before anything is measured."""
    path = Path(text)
    if not path.parent.is_dir():
        raise argparse.ArgumentTypeError(f"{path.parent} is no directory")
    return path


def write(path, text):
    """Puts a file in place whole, or not at all."""
    new = path.with_name(f".{path.name}.new")
    new.write_text(text)
    os.replace(new, path)


def merge(path, rows, same):
    """Writes rows to a result file, in place of those that agree in the keys `same`; the others stay. All its rows."""
    known = json.loads(path.read_text()) if path.exists() else []
    new = [tuple(row.get(key) for key in same) for row in rows]
    kept = [row for row in known if tuple(row.get(key) for key in same) not in new]
    write(path, json.dumps(kept + rows, indent=2) + "\n")
    return kept + rows


def store(folder, name, row, same):
    """Merges a row into the file of a measurement and prints it."""
    merge(folder / f"{name}.json", [row], same)
    print(json.dumps(row), flush=True)
