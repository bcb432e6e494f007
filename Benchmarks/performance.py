#!/usr/bin/env python3
"""Writes the tables of docs/performance.md anew from Benchmarks/results. `--check` only says whether they are current."""

import json
import re
import sys

from measure import RESULTS, ROOT, write

PAGE = ROOT / "docs/performance.md"
# Parts of a kernel's shape that are no sizes.
FLAGS = ("masked", "residual")


def rows(name):
    path = RESULTS / f"{name}.json"
    return json.loads(path.read_text()) if path.exists() else []


def table(heads, lines):
    """A Markdown table; heads that start with > are aligned to the right."""
    if not lines:
        return "(not measured)"
    rule = ["--:" if head.startswith(">") else "---" for head in heads]
    cells = [[head.lstrip("> ") for head in heads], *[[str(cell) for cell in line] for line in lines]]
    text = ["| " + " | ".join(line) + " |" for line in cells]
    return "\n".join([text[0], "|" + "|".join(rule) + "|", *text[1:]])


def figure(value, digits=3):
    """Three significant digits, without exponents."""
    if value == 0:
        return "0"
    text = f"{value:.{digits}g}"
    return f"{value:.0f}" if "e" in text else text


def share(value):
    return f"{100 * value:.0f} %"


def seconds(entry):
    return f"{figure(entry['median'])} s ± {share(entry['spread'] / 2)}"


def machine():
    measured = next((row for row in rows("kernels") if row.get("peak_gflops")), None)
    if not measured:
        return "(not measured)"
    bf16 = next((row for row in rows("kernels-bf16") if row.get("peak_gflops")), None)
    wide = f", {bf16['peak_gflops']:.0f} GFLOP/s of bf16" if bf16 else ""
    return (f"{measured['cpu']}, {measured['threads']} threads: {measured['peak_gflops']:.0f} GFLOP/s of f32{wide}, "
            f"{measured['peak_gb_per_s']:.0f} GB/s, OpenBLAS' kernels for {measured['openblas_core']}.")


def kernels():
    """Fused against unfused, with the most that any fusion could give.

    Unfused takes the time of its products at the machine's peak and that of its bytes; the best fused kernel the longer
    of its own. Data that fit a cache move faster than memory, so that small shapes may pass the bound where they only
    move data, and stay below it where unfused data never reach memory.
    """
    lines = []
    for row in rows("kernels") + rows("kernels-bf16"):
        if not row.get("peak_gflops") or not row["ratio"]:
            continue
        products = row["fused_gflops"] * row["fused_s"] / row["peak_gflops"]
        known = "unfused_gflops" in row
        unfused_products = row["unfused_gflops"] * row["unfused_s"] / row["peak_gflops"] if known else products
        unfused, fused = (row[side] / row["peak_gb_per_s"] * 1e-9 for side in ("unfused_bytes", "fused_bytes"))
        bound = (unfused_products + unfused) / max(products, fused)
        shape = "×".join(str(value) for key, value in row["shape"].items() if key not in FLAGS)
        rate = row["fused_bytes"] / row["fused_s"] * 1e-9
        limit = f"{row['fused_gflops']:.0f} GFLOP/s" if products > fused else f"{rate:.0f} GB/s"
        lines.append([row["kernel"], row["direction"], shape, row["precision"], figure(1e3 * row["fused_s"]),
                      figure(1e3 * row["unfused_s"]), f"{row['ratio']:.2f}", f"{bound:.2f}", limit,
                      share(max(products, fused) / row["fused_s"]), share(row["spread"])])
    return table(["kernel", "direction", "shape", "", "> fused ms", "> unfused ms", "> ratio", "> bound", "> fused runs at",
                  "> of its limit", "> spread"], lines)


def peers(*names):
    lines = []
    for name in names:
        for row in rows(name):
            own = next(r for r in rows(name) if r["peer"] == "mrmc" and r["precision"] == row["precision"])
            lines.append([row["peer"], row["precision"], row["batch"], f"{row['records_per_s']:.2f}",
                          f"{row['median_s'] / own['median_s']:.2f} ×", f"{row['first_step_s']:.0f}",
                          f"{row['peak_rss_bytes'] / 2**30:.2f}",
                          f"{own['peak_rss_bytes'] / row['peak_rss_bytes']:.2f}"])
    return table(["", "", "> batch", "> records/s", "> mrmc faster by", "> first step s", "> peak RSS GiB",
                  "> mrmc's share"], lines)


def layer(name):
    lines = []
    for row in rows(name):
        ratio = f"{row['ratio']:.2f} ×" if "ratio" in row else ""
        lines.append([row["peer"], row["precision"], row["length"], row["dropout"], f"{1e3 * row['median_s']:.0f}",
                      share(row["spread"]), ratio])
    return table(["", "", "> length", "> dropout", "> ms", "> spread", "> faster than the best PyTorch"], lines)


def step():
    lines = []
    for row in rows("step-vit-b16"):
        if "ratio" not in row or not rows("kernels"):
            continue
        peak = next(r["peak_gflops"] for r in rows("kernels") if r.get("peak_gflops"))
        products = row["gflops"] * row["median_s"] / peak
        lines.append([row["model"], row["batch"], row["precision"], f"{row['median_s']:.2f}", f"{row['unfused_s']:.2f}",
                      f"{row['ratio']:.2f}", share(row["spread"]), f"{row['gflops'] * row['median_s']:.0f}",
                      f"{row['unfused_gflops'] * row['unfused_s']:.0f}", f"{row['planned_bytes'] / 2**30:.2f}",
                      f"{row['unfused_planned_bytes'] / 2**30:.2f}", f"{row['unfused_s'] / products:.2f}"])
    return table(["model", "> batch", "", "> fused s", "> unfused s", "> ratio", "> spread", "> fused GFLOP", "> unfused GFLOP",
                  "> fused GiB", "> unfused GiB", "> bound"], lines)


def threads(folder=""):
    return table(["model", "> batch", "", "> 1 thread", "> all threads", "> faster by"], [
        [row["model"], row["batch"], row["precision"], seconds(row["one_thread_s"]), seconds(row["all_threads_s"]),
         f"{row['speedup']['median']:.2f} ×"] for row in rows(folder + "threads")])


def start(folder=""):
    keys = ("ready_s", "records_s", "weights_s", "first_step_s", "step_s")
    return table(["model", "> batch", "", "> ready", "> first records", "> reading weights alone", "> first step", "> later"], [
        [row["model"], row["batch"], row["precision"], *[seconds(row[key]) for key in keys]] for row in rows(folder + "start")])


def records(folder=""):
    return table(["model", "> batch", "", "images", "> train, records/s", "> in memory", "> ratio", "> reading, a step"], [
        [row["model"], row["batch"], row["precision"], row["images"], f"{row['train_records_per_s']['median']:.2f}",
         f"{row['bench_records_per_s']['median']:.2f}", f"{row['ratio']['median']:.3f}",
         f"{1e3 * row['data_wait_s']['median']:.0f} ms"] for row in rows(folder + "records")])


def build(folder=""):
    phases = ("frontend", "autodiff", "passes", "lower", "codegen", "link")
    return table(["model", "> batch", "", "> whole", *[f"> {phase}" for phase in phases]], [
        [row["model"], row["batch"], row["precision"], seconds(row["build_s"]),
         *[f"{row['phases_s'].get(phase, 0):.2f}" for phase in phases]] for row in rows(folder + "build")])


def size(folder=""):
    return table(["model", "> batch", "", "> step", "> GFLOP/s", "> of the best", "> peak RSS GiB", "> of the plan"], [
        [row["model"], row["batch"], row["precision"], seconds(row["median_s"]), f"{row['gflops']['median']:.0f}",
         share(row["of_the_best"]), f"{row['peak_rss_bytes'] / 2**30:.2f}", f"{row['resident_of_plan']:.3f}"]
        for row in rows(folder + "size")])


def quality(folder=""):
    def cells(row, side):
        return [f"{row[precision][side][key]:.4f}" for key in ("loss_image", "loss_report") for precision in ("f32", "bf16")]
    return table(["model", "> batch", "> steps", "> seed", "", "> image f32", "> bf16", "> report f32", "> bf16",
                  "> whole, bf16 by f32"], [
        [row["model"], row["batch"], row["steps"], row["seed"], side.replace("_", " "), *cells(row, side),
         f"{row['bf16_of_f32'][side]['loss']:.4f}"] for row in rows(folder + "quality") for side in ("training", "held_out")])


def profile(precision):
    path = RESULTS / f"profile-mrm-vit-b16-{precision}.txt"
    return "```\n" + path.read_text().rstrip() + "\n```" if path.exists() else "(not measured)"


def sums(folder):
    """The ends of profiles: products, everything else, the step."""
    text = []
    for path in sorted((RESULTS / folder).glob("profile-*.txt")):
        lines = path.read_text().rstrip().splitlines()
        text += [path.stem.removeprefix("profile-"), *lines[:2], *lines[lines.index("") + 1:], ""]
    return "```\n" + "\n".join(text).rstrip() + "\n```" if text else "(not measured)"


TABLES = {"machine": machine, "kernels": kernels, "peers": lambda: peers("peers-vit-b16", "peers-vit-b16-64"),
          "layer": lambda: layer("bert-layer"), "step": step, "threads": threads, "start": start, "records": records,
          "build": build, "size": size, "quality": quality, "profile-f32": lambda: profile("f32"),
          "profile-bf16": lambda: profile("bf16"), "peers-avx2": lambda: peers("avx2/peers-vit-b16", "avx2/peers-vit-b16-64"),
          "layer-avx2": lambda: layer("avx2/bert-layer"), "sums-avx2": lambda: sums("avx2")}
for scaling in (threads, start, records, build, size, quality):
    TABLES[f"{scaling.__name__}-avx2"] = lambda of=scaling: of("avx2/")


def require_one_machine(folder):
    """Rows of several machines in one folder would be shown as one's."""
    rows = [row for path in folder.glob("*.json") for row in json.loads(path.read_text()) if "cpu" in row]
    machines = {f"{row['cpu']} ({row['openblas_core']})" for row in rows}
    if len(machines) > 1:
        sys.exit(f"{folder} holds rows of several machines: {', '.join(sorted(machines))}")


def main():
    for folder in (RESULTS, RESULTS / "avx2"):
        require_one_machine(folder)
    text = PAGE.read_text()
    new = re.sub(r"(<!-- begin (\S+) -->\n).*?(<!-- end -->)",
                 lambda match: match[1] + TABLES[match[2]]() + "\n" + match[3], text, flags=re.S)
    if "--check" in sys.argv[1:]:
        sys.exit(0 if new == text else f"{PAGE} is older than the results: run {sys.argv[0]}")
    write(PAGE, new)


main()
