"""Movie discovery with instant, explained, private recommendations."""

from __future__ import annotations
