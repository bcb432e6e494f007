"""Writes mrm_samples.safetensors: losses and gradients of mrm-nano, with options, and five AdamW steps, from PyTorch in f64.

usage: python mrm_samples.py           needs torch, numpy, safetensors

All inputs come from SplitMix64 seeded by the FNV-1a hash of their names, so that MRMSampleTests.swift makes the same; of each
gradient a dozen elements, a random projection and the largest magnitude are kept.
"""
import os
import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import save_file

B, SIDE, PATCH, D, DEPTH, HEADS, DD, DHEADS = 2, 32, 8, 32, 2, 2, 24, 2
V, T, R, RDEPTH, RHEADS = 64, 12, 16, 2, 2
L = (SIDE // PATCH) ** 2
BERT, HEAD = "bert_encoder.model.bert.", "bert_encoder.model.cls.predictions."


def random_bits(name, count):
    seed = 0xCBF29CE484222325
    for byte in name.encode():
        seed = (seed ^ byte) * 0x100000001B3 % 2**64
    with np.errstate(over="ignore"):
        z = np.uint64(seed) + np.uint64(0x9E3779B97F4A7C15) * np.arange(1, count + 1, dtype=np.uint64)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return z ^ (z >> np.uint64(31))


def uniform(name, shape, low, high):
    unit = (random_bits(name, int(np.prod(shape))) >> np.uint64(40)).astype(np.float64) * 2.0**-24
    return torch.from_numpy((low + (high - low) * unit).astype(np.float32).astype(np.float64)).reshape(shape)


def integers(name, shape, low, high):
    bits = random_bits(name, int(np.prod(shape)))
    return torch.from_numpy((low + (bits % np.uint64(high - low)).astype(np.int64))).reshape(shape)


class Parameters:
    """Makes each parameter on its first use."""

    def __init__(self):
        self.made = {}

    def __call__(self, name, *shape, trainable=True):
        if name not in self.made:
            value = uniform(name, shape, -0.15, 0.15) + (1 if len(shape) == 1 and name.endswith(".weight") else 0)
            self.made[name] = value.float().double().requires_grad_(trainable)
        return self.made[name]

    def linear(self, name, x, out):
        return F.linear(x, self(f"{name}.weight", out, x.shape[-1]), self(f"{name}.bias", out))

    def norm(self, name, x, eps):
        d = x.shape[-1]
        return F.layer_norm(x, (d,), self(f"{name}.weight", d), self(f"{name}.bias", d), eps)


def heads(x, count):
    return x.unflatten(-1, (count, -1)).transpose(1, 2)


def vit_block(p, name, x, count):
    d = x.shape[-1]
    q, k, v = p.linear(f"{name}.attn.qkv", p.norm(f"{name}.norm1", x, 1e-6), 3 * d).chunk(3, -1)
    mixed = F.scaled_dot_product_attention(heads(q, count), heads(k, count), heads(v, count)).transpose(1, 2).flatten(2)
    x = x + p.linear(f"{name}.attn.proj", mixed, d)
    hidden = F.gelu(p.linear(f"{name}.mlp.fc1", p.norm(f"{name}.norm2", x, 1e-6), 4 * d))
    return x + p.linear(f"{name}.mlp.fc2", hidden, d)


def bert_layer(p, name, x, bias):
    q, k, v = (heads(p.linear(f"{name}.attention.self.{part}", x, R), RHEADS) for part in ("query", "key", "value"))
    mixed = F.scaled_dot_product_attention(q, k, v, attn_mask=bias).transpose(1, 2).flatten(2)
    x = p.norm(f"{name}.attention.output.LayerNorm", x + p.linear(f"{name}.attention.output.dense", mixed, R), 1e-12)
    hidden = F.gelu(p.linear(f"{name}.intermediate.dense", x, 4 * R))
    return p.norm(f"{name}.output.LayerNorm", x + p.linear(f"{name}.output.dense", hidden, R), 1e-12)


def patches(x, side):
    b, c, h, w = x.shape
    x = x.reshape(b, c, h // side, side, w // side, side)
    return x.permute(0, 2, 4, 3, 5, 1).reshape(b, L, side * side * c)


def rows(x, index):
    return x.gather(1, index[..., None].expand(-1, -1, x.shape[-1]))


def loss(p, image, noise, ids, labels, attention_mask, o):
    small = F.interpolate(image, scale_factor=0.5, mode="bicubic", align_corners=False, antialias=o.get("antialias", False))
    weight = p("patch_embed.proj.weight", D, 3, PATCH, PATCH)
    x = F.conv2d(small, weight, p("patch_embed.proj.bias", D), stride=PATCH).flatten(2).mT
    position = p("pos_embed", 1, 1 + L, D, trainable=False)
    x = x + position[:, 1:]
    keep = int(L * (1 - o.get("image_mask_ratio", 0.75)))
    order = noise.argsort(dim=1, stable=True)
    restore = order.argsort(dim=1, stable=True)
    mask = (restore >= keep).double()
    cls = (p("cls_token", 1, 1, D) + position[:, :1]).expand(B, -1, -1)
    x = torch.cat([cls, rows(x, order[:, :keep])], 1)
    for i in range(DEPTH):
        x = vit_block(p, f"blocks.{i}", x, HEADS)
    x = p.norm("norm", x, 1e-6)

    reports = o.get("report_objective", True)
    if reports:
        words = F.embedding(ids, p(BERT + "embeddings.word_embeddings.weight", V, R), padding_idx=0)
        words = words + p(BERT + "embeddings.position_embeddings.weight", T, R)
        words = words + p(BERT + "embeddings.token_type_embeddings.weight", 2, R)[0]
        words = p.norm(BERT + "embeddings.LayerNorm", words, 1e-12)

    y = p.linear("decoder_embed", x, DD)
    hidden = p("mask_token", 1, 1, DD).expand(B, L - keep, -1)
    y = torch.cat([y[:, :1], rows(torch.cat([y[:, 1:], hidden], 1), restore)], 1)
    y = y + p("decoder_pos_embed", 1, 1 + L, DD, trainable=False)
    if o.get("image_restoration") == "multimodal":
        known = ((ids == labels) & (attention_mask > 0)).double()[..., None]
        y = y + p.linear("decoder_report_embed", (words * known).sum(1, True) / known.sum(1, True).clamp(min=1), DD)
    y = vit_block(p, "decoder_blocks.0", y, DHEADS)
    side = 2 * PATCH if o.get("super_resolution", True) else PATCH
    prediction = p.linear("decoder_pred", p.norm("decoder_norm", y, 1e-6), side * side * 3)[:, 1:]
    target = patches(image if side == 2 * PATCH else small, side)
    if o.get("norm_pix_loss", True):
        target = (target - target.mean(-1, True)) / (target.var(-1, keepdim=True) + 1e-6) ** 0.5
    image_loss = (((prediction - target) ** 2).mean(-1) * mask).sum() / mask.sum()
    if not reports:
        return image_loss * o.get("lambda", 1), image_loss, torch.zeros(()).double()

    g = p.linear("bert_mlp", x, R)[:, 1:]
    g = g.amax(1) if o.get("fusion") == "gmp" else g.mean(1)
    bias = ((1 - attention_mask.double()) * torch.finfo(torch.float32).min)[:, None, None, :]
    z = words + g[:, None]
    for i in range(RDEPTH):
        z = bert_layer(p, f"{BERT}encoder.layer.{i}", z, bias)
    z = p.norm(HEAD + "transform.LayerNorm", F.gelu(p.linear(HEAD + "transform.dense", z, R)), 1e-12)
    tied = o.get("tie_embeddings", False)
    matrix = p(BERT + "embeddings.word_embeddings.weight", V, R) if tied else p(HEAD + "decoder.weight", V, R)
    entropy = F.cross_entropy(F.linear(z, matrix, p(HEAD + "bias", V)).flatten(0, 1), labels.flatten(), reduction="none")
    counted = (ids != labels).flatten().double() if o.get("report_loss") == "masked" else torch.ones(B * T).double()
    report_loss = (entropy * counted).sum() / counted.sum()
    return report_loss + o.get("lambda", 1) * image_loss, image_loss, report_loss


def batch():
    image, noise = uniform("image", (B, 3, 2 * SIDE, 2 * SIDE), -2, 2), uniform("noise", (B, L), 0, 1)
    labels = integers("labels", (B, T), 4, V)
    labels[:, 0] = 2
    labels[1, T - 3:] = 0
    hide = integers("hide", (B, T), 0, 2) == 1
    hide[:, 0] = hide[:, -1] = False
    return image, noise, torch.where(hide & (labels > 0), 3, labels), labels, (labels > 0).int()


def summary(name, x):
    flat = x.detach().flatten()
    picks = [i * len(flat) // 12 for i in range(min(12, len(flat)))]
    return torch.cat([flat[picks], (flat * uniform("probe." + name, flat.shape, -1, 1)).sum()[None], flat.abs().max()[None]])


CASES = {
    "default": {},
    "paper": {"report_loss": "masked", "norm_pix_loss": False, "fusion": "gmp", "lambda": 2, "antialias": True},
    "tied": {"tie_embeddings": True, "super_resolution": False, "image_mask_ratio": 0.5},
    "multimodal": {"image_restoration": "multimodal"},
    "mae": {"report_objective": False},
}


def main():
    out = {}
    for case, options in CASES.items():
        p = Parameters()
        losses = loss(p, *batch(), options)
        losses[0].backward()
        out[f"{case}/losses"] = torch.stack([x.detach() for x in losses])
        for name, value in p.made.items():
            if value.requires_grad:
                out[f"{case}/grad.{name}"] = summary(name, value.grad)

    p, losses, norms = Parameters(), [], []
    loss(p, *batch(), {})
    trained = {name: value for name, value in p.made.items() if value.requires_grad}
    decay = [v for n, v in trained.items() if v.ndim > 1 and not n.endswith(".bias")]
    rest = [v for n, v in trained.items() if not (v.ndim > 1 and not n.endswith(".bias"))]
    groups = [{"params": decay, "weight_decay": 0.05}, {"params": rest, "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, lr=1e-3, betas=(0.9, 0.95), eps=1e-8)
    for _ in range(5):
        total = loss(p, *batch(), {})[0]
        optimizer.zero_grad()
        total.backward()
        losses.append(total.detach())
        norms.append(torch.stack([(v.grad**2).sum() for v in trained.values()]).sum().sqrt())
        optimizer.step()
    out["steps/losses"], out["steps/grad_norms"] = torch.stack(losses), torch.stack(norms)
    for name, value in trained.items():
        if "key.bias" not in name:
            state = optimizer.state[value]
            parts = [value, state["exp_avg"], state["exp_avg_sq"]]
            out[f"steps/{name}"] = torch.cat([summary(name, x)[-2:] for x in parts])
    save_file(out, os.path.join(os.path.dirname(os.path.abspath(__file__)), "mrm_samples.safetensors"))
    print(len(out), "tensors,", out["steps/losses"].tolist())


if __name__ == "__main__":
    main()
