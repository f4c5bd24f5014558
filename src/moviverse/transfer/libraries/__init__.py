"""The files that people bring from other services, read as one kind of row."""

from __future__ import annotations
