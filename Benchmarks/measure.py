"""What the measuring scripts share: building and running programs, medians, and their results."""

import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MRMC = ROOT / "bin/mrmc"
RESULTS = ROOT / "Benchmarks/results"


def environment():
    """OpenBLAS chooses its kernels for this processor."""
    return {key: value for key, value in os.environ.items() if not key.startswith("OPENBLAS_")}


def run(*command):
    """(stdout, stderr) of a command, which must succeed."""
    done = subprocess.run([str(word) for word in command], env=environment(), capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(map(str, command))}\nexited with {done.returncode}\n{done.stderr}")
    return done.stdout, done.stderr


def build(model, batch, precision, scratch):
    """A program of the model, built once for a place."""
    path = Path(scratch) / f"{model}-{batch}-{precision}"
    if not path.exists():
        run(MRMC, "build", model, "--batch", batch, "--precision", precision, "-o", path)
    return path


def bench(program, runs, threads):
    """One process of the program's `bench`."""
    return json.loads(run(program, "bench", "--runs", runs, "--threads", threads)[0])


def summary(values):
    """Median and spread, (largest - smallest) / median."""
    median = statistics.median(values)
    return {"median": median, "spread": (max(values) - min(values)) / median, "values": values}


def machine(row):
    return {"cpu": row["cpu"], "openblas_core": row["openblas_core"]}


def note(text):
    print(text, file=sys.stderr, flush=True)


def store(folder, name, rows, same):
    """Writes rows to a result file, in place of those that agree in the keys `same`; the others stay."""
    path = folder / f"{name}.json"
    folder.mkdir(parents=True, exist_ok=True)
    known = json.loads(path.read_text()) if path.exists() else []
    new = [tuple(row.get(key) for key in same) for row in rows]
    kept = [row for row in known if tuple(row.get(key) for key in same) not in new]
    path.write_text(json.dumps(kept + rows, indent=2) + "\n")
    for row in rows:
        print(json.dumps(row))
