"""Writes NanoSamples.swift: the parameters of mrm-nano as a PyTorch model of it names them, and its losses in f64 for inputs
that both sides compute by formula (Formula.swift).

usage: make_samples.py ORACLE > NanoSamples.swift
ORACLE: a directory with the PyTorch model (mrm_torch.py) and its presets and public names (golden.py); needs torch, numpy.
"""
import sys, numpy as np, torch
sys.path.insert(0, sys.argv[1])
from golden import PRESETS, public_names
from mrm_torch import MRM

B, CFG = 2, PRESETS['mrm-nano']
VARIANTS = [  # options of the compiler, of the PyTorch model, of its call
    ('', {}, 0.75, 1), ('report_loss=masked', dict(report_loss='masked'), 0.75, 1), ('norm_pix_loss=false', dict(norm_pix=False), 0.75, 1),
    ('fusion=gmp', dict(fusion='gmp'), 0.75, 1), ('image_mask_ratio=0.5', {}, 0.5, 1), ('image_mask_ratio=0', {}, 0.0, 1),
    ('lambda=2', {}, 0.75, 2), ('antialias=true', dict(antialias=True), 0.75, 1),
]

def values(name, shape):
    start = sum(name.encode()) % 997
    x = 0.1 * np.sin(0.37 * np.arange(np.prod(shape, dtype=int)) + start)
    if name == 'image': x = 10 * x
    if len(shape) == 1 and name.endswith('.weight'): x = 1 + x  # a LayerNorm's
    return torch.from_numpy(x.reshape(shape))

def tokens():
    T = CFG['length']; i = torch.arange(B * T).reshape(B, T)
    mask = torch.ones(B, T, dtype=torch.int64); mask[1, T - 3:] = 0
    labels = (4 + i * 31 % 60) * mask; ids = torch.where((i % 3 == 1) & (mask > 0), 3, labels)
    return ids, labels, mask

def loss(model, ratio, lam):
    m = MRM(**model, **CFG).eval().double(); names = public_names(m)
    for k, v in m.named_parameters():
        name, _ = names[k]
        if name == 'patch_embed.proj.weight':  # given as [D, C, p, p], kept as [D, p·p·C]
            v.data = values(name, (v.shape[0], m.ch, m.patch, m.patch)).permute(0, 2, 3, 1).reshape(v.shape)
        else: v.data = values(name, v.shape)
    m.pos.copy_(values('pos_embed', m.pos.shape)); m.dpos.copy_(values('decoder_pos_embed', m.dpos.shape))
    side = 2 * CFG['img']; noise = (torch.arange(B * m.L) * 7919 % 104729).double().reshape(B, m.L) / 104729
    li, lr = m(values('image', (B, m.ch, side, side)), noise, *tokens(), ratio)
    return (lr + lam * li).item(), li.item(), lr.item()

m = MRM(**CFG)
shapes = {n: ([v.shape[0], m.ch, m.patch, m.patch] if n == 'patch_embed.proj.weight' else list(v.shape)) for (n, _), v in ((public_names(m)[k], v) for k, v in m.named_parameters())}
shapes.update(pos_embed=list(m.pos.shape), decoder_pos_embed=list(m.dpos.shape))
print('// Written by make_samples.py.\n')
print('/// What PyTorch gives for mrm-nano.\nenum NanoSamples {')
print('  /// Public name and shape of every parameter, by name.\n  static let parameters: [(name: String, shape: [Int])] = [')
for n in sorted(shapes): print(f'    ("{n}", {shapes[n]}),')
print('  ]\n')
print('  struct Losses: Sendable {\n    /// `key=value`, or empty.\n    var setting: String\n    var loss, image, report: Double\n  }\n')
print('  /// The losses in f64 for the inputs of `Formula`, batch 2, no dropout.\n  static let losses: [Losses] = [')
for setting, model, ratio, lam in VARIANTS:
    a, b, c = loss(model, ratio, lam); print(f'    Losses(\n      setting: "{setting}", loss: {a!r}, image: {b!r}, report: {c!r}),')
print('  ]\n}')
