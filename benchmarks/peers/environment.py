"""Throwaway Python environments of the libraries compared."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

LIBRARIES = {  # each in an environment of its own: they do not agree on a NumPy
    "implicit": ("implicit==0.7.3",),
    "irspack": ("irspack==0.5.2",),
    "lenskit": ("torch==2.13.0", "lenskit==2025.8.1"),
    "cornac": ("cornac==3.0.1",),
    "rectools": ("rectools==0.19.0",),
    "surprise": ("scikit-surprise==1.1.5", "pandas"),
}
SINGLE = ("OPENBLAS", "OMP", "MKL", "NUMBA")  # libraries whose threads are bound to one


def python(home: Path, library: str) -> Path:
    """Return the interpreter of a library's environment, which is made when it is not there yet.

    Raises:
        subprocess.CalledProcessError: the library cannot be installed here.
    """
    wanted = LIBRARIES[library]
    made = home / f"{library}-{hashlib.sha256(repr(wanted).encode()).hexdigest()[:8]}"
    interpreter = made / "bin" / "python"
    if not (made / "complete").exists():
        shutil.rmtree(made, ignore_errors=True)
        print(f"Installing {' '.join(wanted)}", flush=True)
        subprocess.run([sys.executable, "-m", "venv", made], check=True)
        for package in wanted:
            pip = [str(interpreter), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
            subprocess.run([*pip, package], check=True, stderr=subprocess.DEVNULL)
        (made / "complete").touch()
    return interpreter


def run(interpreter: Path, root: Path, *arguments: object, limit: float) -> str:
    """Run a contender with one thread; return what went wrong in one line, or nothing."""
    threads = {f"{name}_NUM_THREADS": "1" for name in SINGLE}
    paths = {"PYTHONPATH": str(root), "PYTHONWARNINGS": "ignore"}
    command = [str(interpreter), "-m", "benchmarks.peers.worker", *map(str, arguments)]
    try:
        done = subprocess.run(
            command,
            cwd=root,
            env={**os.environ, **threads, **paths},
            capture_output=True,
            text=True,
            timeout=limit,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"stopped after {limit:.0f} s"
    if done.returncode:
        return (done.stderr.strip().splitlines() or [f"exit {done.returncode}"])[-1][:120]
    return ""
