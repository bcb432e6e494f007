"""Whether bf16 learns as f32 does: the same steps on the same phantom records in both precisions."""

import json
import shutil
import statistics

from measure import bench, build, machine, note, run, store
from training import Records, train

MODEL, BATCH, STEPS = "mrm-tiny", 16, 300
RECORDS, RATE, WARMUP = 2000, 5e-4, 30
LAST = 20
KEYS = ("loss", "loss_image", "loss_report")


def losses(program, records, seed, threads, scratch):
    """Losses after STEPS steps: the mean of the last of them in training, and held out."""
    output, lines = train(program, records, STEPS, threads, scratch, "--lr", RATE, "--warmup-steps", WARMUP, "--seed", seed)
    held = json.loads(run(program, "eval", "--data", records.path / "heldout.csv", "--tokenizer",
                          records.path / "tokenizer.json", "--weights", output / f"checkpoint-{STEPS}",
                          "--threads", threads, "--json")[0])
    shutil.rmtree(output)
    return {"training": {key: statistics.mean(line[key] for line in lines[-LAST:]) for key in KEYS},
            "held_out": {key: held[key] for key in KEYS}}


def quality(options, scratch):
    """One row per seed; weights, batches, masks and dropout of a seed are the same in both precisions."""
    data = Records(scratch, RECORDS)
    for seed in range(options.rounds):
        found = {}
        for precision in ("f32", "bf16"):
            program = build(MODEL, BATCH, precision, scratch)
            found[precision] = losses(program, data, seed, options.threads, scratch)
            note(f"seed {seed}, {precision}: {found[precision]}")
        ratio = {side: {key: found["bf16"][side][key] / value for key, value in found["f32"][side].items()}
                 for side in found["f32"]}
        store(options.results, "quality", {
            "model": MODEL, "batch": BATCH, "steps": STEPS, "records": RECORDS, "seed": seed, "bf16_of_f32": ratio}
            | found | machine(bench(program, 1, options.threads)), ("model", "batch", "steps", "seed"))
