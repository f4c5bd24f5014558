"""Run every benchmark, each in a process of its own, and print their tables.

`python -m benchmarks NAME...` runs those that are named. The big site (`bigsite`) and the ten million
views of `trending` are run only so: they take long to make, and gigabytes.
"""

from __future__ import annotations

import subprocess
import sys

BENCHMARKS = (
    "ease",
    "reading",
    "recommendations_endpoint",
    "cached_endpoints",
    "web_memory",
    "start",
    "sharing",
    "scaling",
    "generate_recommendations",
)


def main() -> int:
    """Run all, or those that are named; return 1 when one of them failed."""
    failed = [name for name in sys.argv[1:] or BENCHMARKS if not _succeeds(name)]
    if failed:
        print(f"These failed: {', '.join(failed)}.", file=sys.stderr)
    return 1 if failed else 0


def _succeeds(name: str) -> bool:
    done = subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=False)
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
