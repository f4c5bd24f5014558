"""Ratings for tests, made by the service that keeps real ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from moviverse.library import services

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from moviverse.accounts.models import User
    from moviverse.catalog.models import Movie


def rate(user: User, values: Mapping[Movie | int, float], *, now: datetime | None = None) -> None:
    """Let `user` rate films, given as rows or public ids."""
    for movie, value in values.items():
        movie_id = movie if isinstance(movie, int) else movie.pk
        services.rate(user=user, movie_id=movie_id, value=value, now=now or timezone.now())
