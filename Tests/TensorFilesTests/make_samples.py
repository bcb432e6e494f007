"""Small PyTorch files of every kind, and files to be refused. usage: make_samples.py (needs torch, safetensors)

Writes Samples/<name>.pth and, for those that are to be read, Samples/<name>.safetensors with what torch finds in them, as f32.
The files to be refused would create a file `executed` in the working directory if anything in them were called.
"""
import argparse, os, warnings, zipfile
from collections import OrderedDict
import torch
from safetensors.torch import save_file

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "Samples")
torch.manual_seed(5)


def path(name):
    return os.path.join(HERE, name)


def expect(name, weights):
    numbers = {key: value.detach() for key, value in weights.items() if value.is_floating_point()}
    save_file({key: value.float().contiguous().clone() for key, value in numbers.items()}, path(name + ".safetensors"))
    os.chmod(path(name + ".safetensors"), 0o644)


def save(name, content, weights, legacy=False, **options):
    torch.save(content, path(name + ".pth"), _use_new_zipfile_serialization=not legacy, **options)
    expect(name, weights)


def rezip(source, target, edit=lambda name, data: data, method=zipfile.ZIP_STORED, drop=()):
    with zipfile.ZipFile(path(source)) as old, zipfile.ZipFile(path(target), "w", method) as new:
        for info in old.infolist():
            name = info.filename.split("/", 1)[1]
            if name not in drop:
                new.writestr(zipfile.ZipInfo("other/" + name), edit(name, old.read(info)), method)


class Call:
    def __init__(self, function, *arguments):
        self.function, self.arguments = function, arguments

    def __reduce__(self):
        return self.function, self.arguments


weights = OrderedDict(cls_token=torch.randn(1, 1, 4), scale=torch.tensor(2.5), none=torch.zeros(0, 3))
weights["blocks.0.norm.weight"] = torch.randn(4)
optimizer = torch.optim.AdamW([torch.nn.Parameter(torch.ones(2))])
optimizer.param_groups[0]["params"][0].grad = torch.ones(2)
optimizer.step()
arguments = argparse.Namespace(batch_size=32, betas=(0.9, 0.95), resume="", seed=2**70, mask_ratio=0.75)
run = dict(model=weights, optimizer=optimizer.state_dict(), epoch=199, args=arguments)
save("zip", run, weights)
save("legacy", run, weights, legacy=True)
save("protocol4", run, weights, pickle_protocol=4)
rezip("zip.pth", "before2.pth", drop=("byteorder", ".format_version", ".storage_alignment"))
expect("before2", weights)
limit, zipfile.ZIP64_LIMIT = zipfile.ZIP64_LIMIT, 0
rezip("zip.pth", "zip64.pth")
zipfile.ZIP64_LIMIT = limit
expect("zip64", weights)

narrow = OrderedDict(
    bf16=torch.randn(2, 3).bfloat16(), f16=torch.tensor([1.5, -6e-8, 65504.0, float("inf"), -0.0]).half(),
    f64=torch.tensor([0.1, 1e-40, -3e38], dtype=torch.float64), f32=torch.randn(3))
save("narrow", narrow, narrow)
base = torch.randn(6, 10)
strided = OrderedDict(
    transposed=base.t(), column=base[:, 3], rows=base[2:5], step=base[::2, 1::3], expanded=base[:1, :4].expand(3, 4),
    permuted=torch.randn(2, 3, 4).permute(2, 0, 1), diagonal=base.diagonal())
save("strided", dict(state_dict=strided), strided)
save("strided-legacy", dict(state_dict=strided), strided, legacy=True)
shared = OrderedDict(word=base, decoder=base, tail=base.view(60)[50:], kept=torch.nn.Parameter(base[0].clone()))
save("shared", dict(model_state_dict=shared), shared)

net = torch.nn.Sequential(OrderedDict(fc=torch.nn.Linear(3, 2), bn=torch.nn.BatchNorm1d(2)))
state = net.state_dict()
save("metadata", state, state)

# For the hand-written model of the training tests, as several processors train it.
probe = {"module.weight": torch.tensor([[1.5, 0.0], [-2.0, 0.0], [0.25, 0.0], [3.0, 0.0]]).half()[:, 0]}
probe["module.bias"] = torch.tensor([0.5], dtype=torch.float64)
torch.save(dict(epoch=3, state_dict=probe), path("probe.pth"))

torch.save(dict(model=weights, args=Call(os.system, "touch executed")), path("system.pth"))
torch.save(dict(model=Call(eval, "open('executed', 'w')")), path("eval.pth"), _use_new_zipfile_serialization=False)
warnings.simplefilter("ignore")
torch.save(torch.nn.Linear(2, 2), path("module.pth"))
rezip("zip.pth", "short.pth", edit=lambda name, data: data[:-4] if name == "data/0" else data)
rezip("zip.pth", "deflated.pth", method=zipfile.ZIP_DEFLATED)
with zipfile.ZipFile(path("foreign.pth"), "w") as file:
    file.writestr(zipfile.ZipInfo("readme.txt"), "not a checkpoint")
