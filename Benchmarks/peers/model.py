"""Masked record modeling over a table of parameters under their public names, written once for PyTorch and JAX.

`ops` gives each framework's own best form of a layer: see torch_ops.py and jax_ops.py.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Sizes:
    side: int
    patch: int
    width: int
    depth: int
    heads: int
    decoder_width: int
    decoder_depth: int
    decoder_heads: int
    vocabulary: int
    tokens: int
    report_width: int
    report_depth: int
    report_heads: int

    @property
    def patches(self):
        return (self.side // self.patch) ** 2

    @property
    def visible(self):
        return self.patches // 4


SIZES = {
    "mrm-nano": Sizes(32, 8, 32, 2, 2, 24, 1, 2, 64, 12, 16, 2, 2),
    "mrm-tiny": Sizes(112, 16, 192, 4, 3, 128, 2, 2, 30000, 100, 128, 2, 2),
    "mrm-vit-b16": Sizes(224, 16, 768, 12, 12, 768, 4, 6, 30000, 100, 384, 6, 6),
    "mrm-vit-l16": Sizes(224, 16, 1024, 24, 16, 768, 4, 6, 30000, 100, 384, 6, 6),
}
BERT = "bert_encoder.model.bert"
HEAD = "bert_encoder.model.cls.predictions"


class Model:
    """One forward pass; `p` is the table of parameters, `rate` the report branch's dropout."""

    def __init__(self, ops, sizes, p, rate, key=None):
        self.o, self.s, self.p, self.rate, self.key = ops, sizes, p, rate, key

    def linear(self, x, name):
        return self.o.linear(x, self.p[name + ".weight"], self.p[name + ".bias"])

    def norm(self, x, name, epsilon):
        return self.o.layer_norm(x, self.p[name + ".weight"], self.p[name + ".bias"], epsilon)

    def dropout(self, x):
        if self.rate == 0:
            return x
        x, self.key = self.o.dropout(x, self.rate, self.key)
        return x

    def block(self, x, name, heads):
        """Pre-norm: x + attention(norm(x)), then x + mlp(norm(x))."""
        b, n, d = x.shape
        qkv = self.linear(self.norm(x, name + ".norm1", 1e-6), name + ".attn.qkv")
        q, k, v = (qkv.reshape(b, n, 3, heads, d // heads)[:, :, i] for i in range(3))
        x = x + self.linear(self.o.attention(q, k, v).reshape(b, n, d), name + ".attn.proj")
        hidden = self.o.gelu(self.linear(self.norm(x, name + ".norm2", 1e-6), name + ".mlp.fc1"))
        return x + self.linear(hidden, name + ".mlp.fc2")

    def bert_layer(self, x, bias, name, heads):
        """Post-norm: norm(x + attention(x)), then norm(x + mlp(x))."""
        b, n, d = x.shape
        q, k, v = (
            self.linear(x, f"{name}.attention.self.{part}").reshape(b, n, heads, d // heads)
            for part in ("query", "key", "value")
        )
        if self.rate > 0:
            context, self.key = self.o.attention_dropout(q, k, v, bias, self.rate, self.key)
        else:
            context = self.o.attention(q, k, v, bias)
        projected = self.dropout(self.linear(context.reshape(b, n, d), name + ".attention.output.dense"))
        x = self.norm(x + projected, name + ".attention.output.LayerNorm", 1e-12)
        hidden = self.o.gelu(self.linear(x, name + ".intermediate.dense"))
        projected = self.dropout(self.linear(hidden, name + ".output.dense"))
        return self.norm(x + projected, name + ".output.LayerNorm", 1e-12)

    def patchify(self, image, side, channels_last):
        b, c, h, w = image.shape
        split = image.reshape(b, c, h // side, side, w // side, side)
        split = self.o.permute(split, (0, 2, 4, 3, 5, 1) if channels_last else (0, 2, 4, 1, 3, 5))
        return split.reshape(b, (h // side) * (w // side), side * side * c)

    def losses(self, image, noise, ids, labels, attention_mask):
        """(image loss, report loss)."""
        o, s, p = self.o, self.s, self.p
        b = image.shape[0]
        order = o.argsort(noise)
        restore = o.argsort(order)

        # Encoder: the visible patches of the down-sampled image.
        patches = self.patchify(o.halve(image), s.patch, False)
        embedded = o.linear(
            patches, p["patch_embed.proj.weight"].reshape(s.width, -1), p["patch_embed.proj.bias"]
        )
        embedded = o.rows(embedded + p["pos_embed"][:, 1:], order[:, : s.visible])
        first = o.broadcast(p["cls_token"] + p["pos_embed"][:, :1], (b, 1, s.width))
        x = o.concat([first, o.like(embedded, first)])
        for i in range(s.depth):
            x = self.block(x, f"blocks.{i}", s.heads)
        tokens = self.norm(x, "norm", 1e-6)

        # Image decoder: mask tokens where patches were hidden.
        x = self.linear(tokens, "decoder_embed")
        hidden = o.broadcast(p["mask_token"], (b, s.patches - s.visible, s.decoder_width))
        full = o.rows(o.concat([x[:, 1:], o.like(hidden, x)]), restore)
        x = o.concat([x[:, :1], full]) + p["decoder_pos_embed"]
        for i in range(s.decoder_depth):
            x = self.block(x, f"decoder_blocks.{i}", s.decoder_heads)
        prediction = self.linear(self.norm(x, "decoder_norm", 1e-6), "decoder_pred")[:, 1:]
        pixels = self.patchify(image, 2 * s.patch, True)
        mean, variance = o.moments(pixels)
        target = (pixels - mean) / o.sqrt(variance + 1e-6)
        hidden = order[:, s.visible :]
        error = o.float32(o.rows(prediction, hidden)) - o.rows(target, hidden)
        image_loss = (error * error).mean()

        # Report branch: masked tokens, and one vector of the image.
        name = BERT + ".embeddings"
        words = o.embedding(ids, p[name + ".word_embeddings.weight"])
        words = words + p[name + ".position_embeddings.weight"] + p[name + ".token_type_embeddings.weight"][:1]
        x = self.dropout(self.norm(words, name + ".LayerNorm", 1e-12))
        x = x + self.linear(tokens, "bert_mlp")[:, 1:].mean(1)[:, None]
        bias = o.padding_bias(attention_mask)
        for i in range(s.report_depth):
            x = self.bert_layer(x, bias, f"{BERT}.encoder.layer.{i}", s.report_heads)
        x = self.norm(o.gelu(self.linear(x, HEAD + ".transform.dense")), HEAD + ".transform.LayerNorm", 1e-12)
        logits = o.linear(x, p[HEAD + ".decoder.weight"], p[HEAD + ".bias"])
        return image_loss, o.cross_entropy(logits, labels)
