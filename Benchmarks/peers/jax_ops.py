"""JAX's layers for model.py. `compute` is the type of products; normalisation, softmax and losses stay in f32."""

import jax
import jax.numpy as jnp

compute = jnp.float32
sqrt = jnp.sqrt


def linear(x, weight, bias):
    return jnp.einsum("...i,oi->...o", x.astype(compute), weight.astype(compute)) + bias.astype(compute)


def gelu(x):
    return jax.nn.gelu(x, approximate=False)


def layer_norm(x, weight, bias, epsilon):
    x = x.astype(jnp.float32)
    mean = x.mean(-1, keepdims=True)
    centred = x - mean
    variance = (centred * centred).mean(-1, keepdims=True)
    return centred * jax.lax.rsqrt(variance + epsilon) * weight + bias


def _probabilities(q, k, bias):
    scores = jnp.einsum("bnhd,bmhd->bhnm", q, k).astype(jnp.float32) * (q.shape[-1] ** -0.5)
    return jax.nn.softmax(scores if bias is None else scores + bias, axis=-1)


def attention(q, k, v, bias=None):
    """[B, N, heads, size] each."""
    return jnp.einsum("bhnm,bmhd->bnhd", _probabilities(q, k, bias).astype(v.dtype), v)


def attention_dropout(q, k, v, bias, rate, key):
    kept, key = dropout(_probabilities(q, k, bias), rate, key)
    return jnp.einsum("bhnm,bmhd->bnhd", kept.astype(v.dtype), v), key


def dropout(x, rate, key):
    key, own = jax.random.split(key)
    kept = jax.random.bernoulli(own, 1 - rate, x.shape)
    return jnp.where(kept, x / (1 - rate), 0), key


def permute(x, order):
    return jnp.transpose(x, order)


def argsort(x):
    return jnp.argsort(x, axis=1)


def _halve(image, axis):
    """Bicubic with a = -0.75, pixel centres aligned, edges repeated."""
    size = image.shape[axis]
    padding = [(1, 1) if i == axis else (0, 0) for i in range(image.ndim)]
    padded = jnp.pad(image, padding, mode="edge")
    near, far = ((1.25 * 0.5 - 2.25) * 0.25 + 1), -0.75 * (((1.5 - 5) * 1.5 + 8) * 1.5 - 4)
    taps = [jax.lax.slice_in_dim(padded, i, i + size - 1, 2, axis) for i in range(4)]
    return far * (taps[0] + taps[3]) + near * (taps[1] + taps[2])


def halve(image):
    return _halve(_halve(image, 3), 2)


def rows(x, index):
    return jnp.take_along_axis(x, index[:, :, None], axis=1)


def broadcast(x, shape):
    return jnp.broadcast_to(x, shape)


def concat(parts):
    return jnp.concatenate(parts, 1)


def like(x, other):
    return x.astype(other.dtype)


def float32(x):
    return x.astype(jnp.float32)


def moments(x):
    return x.mean(-1, keepdims=True), x.var(-1, ddof=1, keepdims=True)


def embedding(ids, table):
    rows = table[ids]
    return jnp.where((ids != 0)[:, :, None], rows, jax.lax.stop_gradient(rows))


def padding_bias(mask):
    return ((1 - mask.astype(jnp.float32)) * jnp.finfo(jnp.float32).min)[:, None, None, :]


def cross_entropy(logits, labels):
    logits = logits.astype(jnp.float32)
    chosen = jnp.take_along_axis(logits, labels[:, :, None], axis=-1)[:, :, 0]
    return (jax.nn.logsumexp(logits, axis=-1) - chosen).mean()
