"""Speed and memory, measured side by side in one run; `make bench` prints every table."""

from __future__ import annotations
