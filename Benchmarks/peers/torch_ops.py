"""PyTorch's layers for model.py."""

import torch
import torch.nn.functional as F

linear = F.linear
gelu = F.gelu
sqrt = torch.sqrt


def layer_norm(x, weight, bias, epsilon):
    return F.layer_norm(x, (x.shape[-1],), weight, bias, epsilon)


def attention(q, k, v, bias=None, rate=0.0):
    """[B, N, heads, size] each."""
    bias = None if bias is None else bias.to(q.dtype)
    out = F.scaled_dot_product_attention(
        q.transpose(1, 2), k.transpose(1, 2), v.transpose(1, 2), attn_mask=bias, dropout_p=rate
    )
    return out.transpose(1, 2)


def attention_dropout(q, k, v, bias, rate, key):
    return attention(q, k, v, bias, rate), key


def dropout(x, rate, key):
    return F.dropout(x, rate, True), key


def permute(x, order):
    return x.permute(order)


def argsort(x):
    return torch.argsort(x, dim=1)


def halve(image):
    return F.interpolate(image, scale_factor=0.5, mode="bicubic", align_corners=False)


def rows(x, index):
    return torch.gather(x, 1, index[:, :, None].expand(-1, -1, x.shape[2]))


def broadcast(x, shape):
    return x.expand(shape)


def concat(parts):
    return torch.cat(parts, 1)


def like(x, other):
    """x in the precision of other."""
    return x.to(other.dtype)


def float32(x):
    return x.float()


def moments(x):
    return x.mean(-1, keepdim=True), x.var(-1, keepdim=True)


def embedding(ids, table):
    return F.embedding(ids, table, padding_idx=0)


def padding_bias(mask):
    return ((1 - mask.float()) * torch.finfo(torch.float32).min)[:, None, None, :]


def cross_entropy(logits, labels):
    return F.cross_entropy(logits.flatten(0, 1).float(), labels.flatten())
