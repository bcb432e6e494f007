"""Writes op_samples.safetensors: results and gradients of single operations as PyTorch computes them in f64.

usage: python op_samples.py            needs torch, numpy, safetensors

Each case NAME has NAME/in<i>, NAME/out<i>, and for the differentiable ones NAME/cotangent and NAME/grad<i>: the gradient of
sum(out0 * cotangent). OpSampleTests.swift holds the same cases in tensor IR.
"""
import math
import os
import torch
import torch.nn.functional as F
from safetensors.torch import save_file

torch.manual_seed(2023)
tensors = {}


def real(*shape, low=-1.5, high=1.5):
    return torch.rand(*shape, dtype=torch.float64) * (high - low) + low


def tied(*shape):
    return torch.randint(-1, 2, shape).double()


def case(name, function, *inputs, differentiable=True):
    leaves = [x.clone().requires_grad_() if x.is_floating_point() else x for x in inputs]
    out = function(*leaves)
    for i, x in enumerate(inputs):
        tensors[f"{name}/in{i}"] = x.contiguous()
    tensors[f"{name}/out0"] = out.detach().contiguous()
    if differentiable:
        cotangent = torch.randn(out.shape, dtype=torch.float64)
        (out * cotangent).sum().backward()
        tensors[f"{name}/cotangent"] = cotangent
        for i, x in enumerate(leaves):
            if x.is_floating_point():
                tensors[f"{name}/grad{i}"] = x.grad.contiguous()


def gelu_derivative(x):
    return 0.5 * (1 + torch.erf(x / math.sqrt(2))) + x * torch.exp(-x * x / 2) / math.sqrt(2 * math.pi)


case("abs", torch.abs, torch.tensor([-1.5, -0.0, 0.0, 2.0], dtype=torch.float64))
case("exp", torch.exp, real(2, 3))
case("log", torch.log, real(5, low=0.1, high=3))
case("sqrt", torch.sqrt, real(5, low=0.1, high=3))
case("rsqrt", torch.rsqrt, real(5, low=0.1, high=3))
case("tanh", torch.tanh, real(7))
case("erf", torch.erf, real(7))
case("gelu", F.gelu, real(9, low=-4, high=4))
case("gelu_derivative", gelu_derivative, real(9, low=-4, high=4))
case("sign", torch.sign, tied(6), differentiable=False)
case("div", torch.div, real(6), real(6, low=0.5, high=2))
case("maximum", torch.maximum, tied(12), tied(12))
case("minimum", torch.minimum, tied(12), tied(12))
case("amax", lambda x: x.amax((0, 2)), tied(3, 4, 5))
case("sum", lambda x: x.sum((0, 2)), real(3, 4, 5))
case("softmax", lambda x: x.softmax(-1), real(3, 7, low=-3, high=3))
case("log_sum_exp", lambda x: x.logsumexp(-1), real(3, 7, low=-3, high=3))
case("argsort", lambda x: x.argsort(dim=-1, stable=True).int(), tied(3, 9), differentiable=False)
case("argmax", lambda x: x.argmax(-1).int(), real(3, 9), differentiable=False)
case("matmul", torch.matmul, real(2, 3, 4), real(2, 4, 5))
case("matmul_tt", lambda a, b: a.mT @ b.mT, real(2, 4, 3), real(2, 5, 4))
case("linear", F.linear, real(4, 6), real(3, 6), real(3))
case("embedding", lambda table, ids: F.embedding(ids.long(), table), real(5, 3), torch.tensor([[4, 0, 4], [4, 2, 0]]).int())
case("batched_gather", lambda x, i: x.gather(1, i.long()[..., None].expand(-1, -1, 3)), real(2, 5, 3),
     torch.tensor([[1, 1, 4, 0], [3, 3, 3, 2]]).int())
case("scatter_add", lambda x, i: torch.zeros(4, 3, dtype=x.dtype).index_add(0, i.long(), x), real(6, 3),
     torch.tensor([3, 0, 3, 3, 1, 0]).int())
case("strided_slice", lambda x: x[1:5:2, :, 2:7:3], real(5, 2, 8))
case("pad", lambda x: F.pad(x, (2, 1, 0, 3)), real(3, 4))
case("concat", lambda a, b: torch.cat([a, b, a], 1), real(2, 3), real(2, 1))
case("permute", lambda x: x.permute(2, 0, 3, 1), real(2, 3, 4, 2))
case("where", lambda a, b: torch.where(a > b, a * b, b), real(8), real(8))
case("bf16", lambda x: x.to(torch.bfloat16).double(), real(16).float().double(), differentiable=False)
case("layer_norm", lambda x, w, b: F.layer_norm(x, (8,), w, b, 1e-6), real(3, 8), real(8), real(8))
case("attention", lambda q, k, v: F.scaled_dot_product_attention(q, k, v), real(2, 3, 4), real(2, 5, 4), real(2, 5, 4))
case("cross_entropy", lambda x, t: F.cross_entropy(x, t.long()), real(6, 9, low=-3, high=3), torch.tensor([0, 8, 3, 3, 5, 1]).int())

save_file(tensors, os.path.join(os.path.dirname(os.path.abspath(__file__)), "op_samples.safetensors"))
print(len(tensors), "tensors")
