"""Posters drawn by the site itself, for films that have no picture, without a network."""

from __future__ import annotations
