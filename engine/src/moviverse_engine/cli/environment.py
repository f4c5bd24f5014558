"""Where a measurement was made: versions, hardware and the command itself."""

from __future__ import annotations

import os
import platform
import shlex
from importlib import metadata
from pathlib import Path

import click
from click.core import ParameterSource
from threadpoolctl import threadpool_info

_LIBRARIES = ("moviverse-engine", "numpy", "scipy", "torch")
_GIBIBYTE = 2**30


def command_line() -> str:
    """Write the running command as it would be typed, defaults left away."""
    context = click.get_current_context()
    words = ["moviverse-engine", context.info_name or ""]
    for parameter in context.command.params:
        name = parameter.name or ""
        if context.get_parameter_source(name) is not ParameterSource.COMMANDLINE:
            continue
        value = context.params[name]
        if isinstance(parameter, click.Option) and parameter.is_flag:
            words.append(parameter.opts[0])
            continue
        for each in value if parameter.multiple else (value,):
            parts = each if isinstance(each, tuple) else (each,)
            words += [parameter.opts[0], *map(str, parts)]
    return shlex.join(words)


def description() -> dict[str, str]:
    """Name the libraries' versions, the processor and the memory."""
    found = {"Python": platform.python_version()}
    for library in _LIBRARIES:
        try:
            found[library] = metadata.version(library)
        except metadata.PackageNotFoundError:
            continue
    blas = {f"{each['internal_api']} {each['version']}" for each in threadpool_info()}
    pages = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return found | {
        "BLAS and threads": ", ".join(sorted(blas)),
        "system": f"{platform.system()} {platform.machine()}",
        "processor": f"{_processor()}, {os.cpu_count()} cores",
        "memory": f"{pages / _GIBIBYTE:.1f} GiB",
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or "unknown"
