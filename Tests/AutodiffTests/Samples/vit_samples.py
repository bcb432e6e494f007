"""Writes vit_samples.safetensors: losses, logits and gradients of vit-nano, with options, and five clipped steps of SGD and of
AdamW with layer-wise decay, from PyTorch in f64.

usage: python vit_samples.py           needs torch, numpy, safetensors

Inputs and what is kept are those of mrm_samples.py.
"""
import os
import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from mrm_samples import B, D, DEPTH, HEADS, L, PATCH, SIDE, Parameters, heads, integers, summary, uniform

CLASSES = 5


def block(p, name, x, keep):
    q, k, v = p.linear(f"{name}.attn.qkv", p.norm(f"{name}.norm1", x, 1e-6), 3 * D).chunk(3, -1)
    mixed = F.scaled_dot_product_attention(heads(q, HEADS), heads(k, HEADS), heads(v, HEADS)).transpose(1, 2).flatten(2)
    x = x + p.linear(f"{name}.attn.proj", mixed, D) * keep[0]
    hidden = F.gelu(p.linear(f"{name}.mlp.fc1", p.norm(f"{name}.norm2", x, 1e-6), 4 * D))
    return x + p.linear(f"{name}.mlp.fc2", hidden, D) * keep[1]


def logits(p, image, keep, keep_prob, o):
    x = F.conv2d(image, p("patch_embed.proj.weight", D, 3, PATCH, PATCH), p("patch_embed.proj.bias", D), stride=PATCH)
    x = torch.cat([p("cls_token", 1, 1, D).expand(B, -1, -1), x.flatten(2).mT], 1)
    x = x + p("pos_embed", 1, 1 + L, D, trainable=o.get("positions") != "fixed")
    for i in range(DEPTH):
        x = block(p, f"blocks.{i}", x, (keep[i] / keep_prob[i])[..., None, None])
    if o.get("pooling") == "class":
        x = p.norm("norm", x[:, 0], 1e-6)
    else:
        x = p.norm("fc_norm", x[:, 1:].mean(1), 1e-6)
    if o.get("head") == "mlp":
        x = F.gelu(p.linear("head.hidden", x, D))
    return p.linear("head", x, CLASSES)


def batch(o):
    image = uniform("image", (B, 3, SIDE, SIDE), -2, 2)
    keep = integers("keep", (DEPTH, 2, B), 0, 2).double()
    keep[0] = 1
    keep[1, 0, 1] = keep[1, 1, 0] = 1
    if o.get("loss") == "softmax":
        labels = integers("labels", (B,), 0, CLASSES)
    else:
        labels = integers("labels", (B, CLASSES), -1 if o.get("missing") == "ignored" else 0, 2).double()
    return image, labels, keep, torch.tensor([1.0, 0.75], dtype=torch.float64)


def loss(p, o):
    image, labels, keep, keep_prob = batch(o)
    scores = logits(p, image, keep, keep_prob, o)
    if o.get("loss") == "softmax":
        return F.cross_entropy(scores, labels), scores
    known = labels >= 0
    return F.binary_cross_entropy_with_logits(scores[known], labels[known]), scores


CASES = {
    "default": {},
    "softmax": {"loss": "softmax", "pooling": "class"},
    "ignored": {"missing": "ignored", "head": "mlp"},
    "fixed": {"positions": "fixed"},
}
CLIP = 0.05


def layer(name):
    if name.startswith("blocks."):
        return int(name.split(".")[1]) + 1
    return 0 if name.split(".")[0] in ("cls_token", "pos_embed", "patch_embed") else DEPTH + 1


def steps(kind, out):
    p = Parameters()
    loss(p, {})
    if kind == "sgd":
        optimizer = torch.optim.SGD(p.made.values(), lr=0.1, momentum=0.9)
    else:
        groups = [{"params": [v], "lr": 1e-3 * 0.65 ** (DEPTH + 1 - layer(n)),
                   "weight_decay": 0.05 if v.ndim > 1 and not n.endswith(".bias") else 0.0} for n, v in p.made.items()]
        optimizer = torch.optim.AdamW(groups, betas=(0.9, 0.999), eps=1e-8)
    losses, norms = [], []
    for _ in range(5):
        total = loss(p, {})[0]
        optimizer.zero_grad()
        total.backward()
        norms.append(torch.nn.utils.clip_grad_norm_(p.made.values(), CLIP))
        losses.append(total.detach())
        optimizer.step()
    out[f"{kind}/losses"], out[f"{kind}/grad_norms"] = torch.stack(losses), torch.stack(norms)
    for name, value in p.made.items():
        out[f"{kind}/{name}"] = summary(name, value)


def main():
    out = {}
    for case, options in CASES.items():
        p = Parameters()
        total, scores = loss(p, options)
        total.backward()
        trained = {n: v for n, v in p.made.items() if v.requires_grad}
        out[f"{case}/loss"], out[f"{case}/logits"] = total.detach(), scores.detach()
        for name, value in trained.items():
            out[f"{case}/grad.{name}"] = summary(name, value.grad)
        out[f"{case}/grad_norm"] = torch.nn.utils.clip_grad_norm_(trained.values(), CLIP)
        for name, value in trained.items():
            out[f"{case}/clipped.{name}"] = summary(name, value.grad)
    for kind in ("sgd", "adamw"):
        steps(kind, out)
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "vit_samples.safetensors")
    save_file({name: value.contiguous() for name, value in out.items()}, path)


if __name__ == "__main__":
    main()
