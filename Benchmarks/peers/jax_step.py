"""Times whole training steps in JAX: forward, backward, AdamW, compiled as one. One JSON object on stdout.

usage: jax_step.py --precision f32|bf16 --model M --threads T --runs N STATE.safetensors
"""

import os

from common import arguments, checked, load, measured

options = arguments(modes=("jit",))
# XLA takes its threads from the processors it may run on.
os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: options.threads])

import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402
import optax  # noqa: E402

import jax_ops  # noqa: E402
from model import SIZES, Model  # noqa: E402

jax_ops.compute = jnp.bfloat16 if options.precision == "bf16" else jnp.float32
state, batch = load(options.state)
fixed = {name: jnp.asarray(state.pop(name)) for name in ("pos_embed", "decoder_pos_embed")}
# Each leaves the state as it is converted, so that there are never two of all.
parameters = {name: jnp.asarray(state.pop(name)) for name in list(state)}
batch = [jnp.asarray(value) for value in batch]
optimizer = optax.adamw(
    1.5e-4, b1=0.9, b2=0.95, weight_decay=0.05, mask={name: value.ndim > 1 for name, value in parameters.items()}
)
moments = optimizer.init(parameters)


def losses(parameters, batch, rate, key):
    image, text = Model(jax_ops, SIZES[options.model], parameters | fixed, rate, key).losses(*batch)
    return image + text, (image, text)


@jax.jit
def evaluate(parameters, batch):
    return losses(parameters, batch, 0.0, None)[1]


def update(parameters, moments, batch, key):
    (_, parts), gradients = jax.value_and_grad(losses, has_aux=True)(parameters, batch, 0.1, key)
    updates, moments = optimizer.update(gradients, moments, parameters)
    return optax.apply_updates(parameters, updates), moments, parts


compiled = jax.jit(update, donate_argnums=(0, 1))
key = jax.random.key(0)


def step():
    global parameters, moments, key
    key, own = jax.random.split(key)
    parameters, moments, parts = compiled(parameters, moments, batch, own)
    return [float(value) for value in parts]


name = f"JAX {jax.__version__}"
if options.check:
    checked(name, options, [float(value) for value in evaluate(parameters, batch)])
else:
    measured(name, options, step)
