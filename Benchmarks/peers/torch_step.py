"""Times whole training steps in PyTorch: forward, backward, AdamW. One JSON object on stdout.

usage: torch_step.py --mode eager|compile --precision f32|bf16 --model M --threads T --runs N STATE.safetensors
"""

import torch

import torch_ops
from common import arguments, checked, load, measured
from model import SIZES, Model

options = arguments(modes=("eager", "compile"))
torch.set_num_threads(options.threads)
torch.manual_seed(0)
state, batch = load(options.state)
fixed = {"pos_embed", "decoder_pos_embed"}
# Each leaves the state as it is converted, so that there are never two of all.
parameters = {name: torch.from_numpy(state.pop(name).copy()).requires_grad_(name not in fixed) for name in list(state)}
batch = [
    torch.from_numpy(value.astype("int64") if value.dtype.kind == "i" else value.copy()) for value in batch
]


def groups(decays):
    return [p for name, p in parameters.items() if name not in fixed and decays == (p.ndim > 1)]


optimizer = torch.optim.AdamW(
    [{"params": groups(True), "weight_decay": 0.05}, {"params": groups(False), "weight_decay": 0.0}],
    lr=1.5e-4, betas=(0.9, 0.95), fused=True,
)


def losses(rate):
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=options.precision == "bf16"):
        return Model(torch_ops, SIZES[options.model], parameters, rate).losses(*batch)


compiled = torch.compile(losses) if options.mode == "compile" else losses


def step():
    image, text = compiled(0.1)
    (image + text).backward()
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)
    return image.item(), text.item()


name = f"PyTorch {torch.__version__.split('+')[0]} {options.mode}"
if options.check:
    with torch.no_grad():
        checked(name, options, [value.item() for value in losses(0.0)])
else:
    measured(name, options, step)
