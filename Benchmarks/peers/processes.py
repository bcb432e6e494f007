"""Processes of the peers: their environment, and those that answer line by line."""

import json
import subprocess
import sys
from ctypes.util import find_library
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent))
from measure import environment  # noqa: E402


def peer_environment(name, threads, scratch):
    """PyTorch's compiler finds only what this name's processes compiled; names in -tuned load its best libraries."""
    result = environment(threads) | {"TORCHINDUCTOR_CACHE_DIR": f"{scratch}/compiled-{name}"}
    if name.endswith("-tuned"):
        result["LD_PRELOAD"] = ":".join(tuned_libraries(scratch))
    return result


def tuned_libraries(scratch):
    """A library that tells MKL the processor is one it has fast kernels for, and jemalloc."""
    jemalloc = find_library("jemalloc")
    if jemalloc is None:
        raise SystemExit("error: no libjemalloc.so.2 for PyTorch at its best: install Debian's package libjemalloc2")
    library = Path(scratch) / "mkl-any-cpu.so"
    if not library.exists():
        source = "int mkl_serv_intel_cpu_true(void) { return 1; }\nint mkl_serv_intel_cpu(void) { return 1; }\n"
        subprocess.run(["cc", "-shared", "-fPIC", "-x", "c", "-", "-o", library], input=source, text=True, check=True)
    return [str(library), jemalloc]


class Server:
    """A process that answers each line with one line of JSON."""

    def __init__(self, command, environment):
        self.command = [str(word) for word in command]
        self.process = subprocess.Popen(
            self.command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise SystemExit(f"{' '.join(self.command)}\nexited with {self.process.wait()}")
        return json.loads(answer)

    def stop(self):
        self.process.stdin.close()
        self.process.wait()
