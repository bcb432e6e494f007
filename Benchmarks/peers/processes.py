"""Processes of the peers: their environment, and those that answer line by line."""

import json
import os
import subprocess
from pathlib import Path


def environment(threads, tuned=False, scratch=None):
    """OpenBLAS chooses for this processor; as many threads for everybody."""
    result = {key: value for key, value in os.environ.items() if not key.startswith("OPENBLAS_")}
    result |= {"OMP_NUM_THREADS": str(threads), "MKL_NUM_THREADS": str(threads)}
    if tuned:
        result["LD_PRELOAD"] = ":".join(tuned_libraries(scratch))
    return result


def tuned_libraries(scratch):
    """A library that tells MKL the processor is one it has fast kernels for, and jemalloc if there is one."""
    library = Path(scratch) / "mkl-any-cpu.so"
    if not library.exists():
        source = "int mkl_serv_intel_cpu_true(void) { return 1; }\nint mkl_serv_intel_cpu(void) { return 1; }\n"
        subprocess.run(["cc", "-shared", "-fPIC", "-x", "c", "-", "-o", library], input=source, text=True, check=True)
    known = subprocess.run(["ldconfig", "-p"], capture_output=True, text=True).stdout.splitlines()
    jemalloc = [line.split()[-1] for line in known if "libjemalloc.so.2" in line]
    return [str(library)] + jemalloc[:1]


def run(command, environment):
    done = subprocess.run([str(word) for word in command], env=environment, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(map(str, command))}\nexited with {done.returncode}\n{done.stderr}")
    return done.stdout


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
