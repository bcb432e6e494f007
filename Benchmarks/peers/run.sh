#!/bin/sh
# Times one training step by mrmc, PyTorch (eager and compiled) and JAX, f32 and bf16, on this machine. Sets up what it
# needs in .venv beside it, or takes the Python named by PEERS_PYTHON.
# usage: Benchmarks/peers/run.sh [--model M] [--batch B] [--tuned] [-o results.json] …   (--help lists all)
#        Benchmarks/peers/run.sh layer [--lengths 128,192] [-o results.json] …           one BERT layer instead
set -e
here=$(cd "$(dirname "$0")" && pwd)
python=${PEERS_PYTHON:-$here/.venv/bin/python}
if [ ! -x "$python" ]; then
  if [ -n "${PEERS_PYTHON:-}" ]; then echo "error: PEERS_PYTHON: $python is no program" >&2; exit 66; fi
  # In place only once it is complete.
  rm -rf "$here/.venv" "$here/.venv.new"
  python3 -m venv "$here/.venv.new"
  pip="$here/.venv.new/bin/python -m pip install -q"
  $pip --index-url https://download.pytorch.org/whl/cpu --extra-index-url https://pypi.org/simple torch
  $pip jax optax numpy safetensors
  mv "$here/.venv.new" "$here/.venv"
fi
script=compare
if [ "${1:-}" = layer ]; then script=layer; shift; fi
exec "$python" "$here/$script.py" "$@"
