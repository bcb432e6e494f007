"""Writes Samples/positions.json: position tables and what PyTorch's bicubic interpolation, in f64, makes of them.

usage: make_samples.py        (needs torch)
"""
import json, os
import torch
import torch.nn.functional as F

WIDTH = 3
CASES = [  # rows of their own, old side, new grid
    (1, 4, (7, 7)), (1, 4, (5, 9)), (1, 6, (3, 4)), (1, 7, (2, 7)), (0, 5, (8, 8)), (2, 5, (4, 6)), (1, 1, (3, 2)), (1, 2, (1, 1)),
    (1, 14, (4, 3)),
]


def shortest(table):
    return [float(str(v)) for v in table.reshape(-1).numpy()]


def main():
    torch.manual_seed(3); cases = []
    for prefix, side, grid in CASES:
        table = torch.randn(1, prefix + side * side, WIDTH)
        case = dict(prefix=prefix, side=side, rows=grid[0], columns=grid[1], table=shortest(table))
        x = table[:, prefix:].double().reshape(1, side, side, WIDTH).permute(0, 3, 1, 2)
        for name, antialias in (('bicubic', False), ('antialiased', True)):
            y = F.interpolate(x, size=grid, mode='bicubic', align_corners=False, antialias=antialias)
            case[name] = shortest(torch.cat([table[:, :prefix].double(), y.permute(0, 2, 3, 1).flatten(1, 2)], 1).float())
        cases.append(case)
    folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'Samples')
    with open(os.path.join(folder, 'positions.json'), 'w') as f:
        f.write(json.dumps(dict(width=WIDTH, cases=cases), separators=(',', ':')) + '\n')


if __name__ == '__main__': main()
