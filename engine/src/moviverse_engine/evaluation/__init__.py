"""Full-ranking evaluation: protocols, metrics and how sure they are."""

from __future__ import annotations
