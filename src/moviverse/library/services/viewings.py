"""Watching films: where a person is in each, and what they have watched."""

from __future__ import annotations

import hashlib
import secrets
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from django.db import IntegrityError, connection, transaction
from django.utils.crypto import salted_hmac

from moviverse.catalog.errors import MovieNotFound
from moviverse.catalog.models import Movie
from moviverse.core import statements
from moviverse.library import daily_views
from moviverse.library.errors import InvalidMoment, ViewingNotFound, ViewingsCollide
from moviverse.library.models import Interaction, Viewing, VisitorSalt

if TYPE_CHECKING:
    from uuid import UUID

    from moviverse.accounts.models import User

FINISHED_AT = 0.9  # of the running time: who stops in the credits has watched the film
EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
CLOCKS_DIFFER = timedelta(minutes=5)  # between a player and this server
ONE_SITTING = timedelta(hours=12)  # credits that roll on belong to the viewing that they end
QUIET = timedelta(minutes=30)  # in which a player that goes on telling is one view
MANY = 1_000_000  # views of one visitor, where counting stops
COUNT_VIEW = """
    insert into library_anonymousview as seen (movie_id, visitor, viewed_at, count)
    values (%(movie)s, %(visitor)s, %(now)s, 1)
    on conflict (movie_id, visitor) do update set count = least(seen.count + 1, %(many)s)
"""


def watch(
    *,
    user: User,
    movie_id: int,
    progress_seconds: int | None = None,
    watched_at: datetime | None = None,
    now: datetime,
) -> tuple[Viewing, bool]:
    """Remember how far `user` has watched a film; return the viewing, and whether it is a new one.

    A viewing goes on until `FINISHED_AT` of the film; what begins after that is another one.

    Args:
        user: Who.
        movie_id: The film's public id.
        progress_seconds: Where they are, at most the film's end; None: they watched all of it.
        watched_at: When, if it was not now.
        now: When it is told.

    Raises:
        MovieNotFound: the catalogue does not hold the film.
        InvalidMoment: `watched_at` is in the future, or before there were films.
    """
    at = now if watched_at is None else _moment(watched_at, now=now)
    with transaction.atomic():
        length = _running_seconds(movie_id)
        progress, is_finished = _reached(progress_seconds, length)
        _line_up(user, movie_id)
        mine = Viewing.objects.filter(user=user, movie_id=movie_id)
        last = mine.order_by("is_finished", "-watched_at").first()  # what is unfinished first
        if last is not None and _goes_on(
            last, at=at, is_finished=is_finished, is_told=progress_seconds is not None
        ):
            if at >= last.watched_at:  # what arrives late does not wind the film back
                last.progress_seconds, last.is_finished = progress, is_finished
                last.watched_at = at
                last.save(update_fields=["progress_seconds", "is_finished", "watched_at"])
            return last, False
        return mine.get_or_create(
            watched_at=at,
            defaults={
                "user": user,
                "movie_id": movie_id,
                "progress_seconds": progress,
                "is_finished": is_finished,
                "started_at": at,
            },
        )


def correct_viewing(
    *,
    user: User,
    viewing_id: UUID,
    progress_seconds: int | None = None,
    watched_at: datetime | None = None,
    now: datetime,
) -> Viewing:
    """Change where a person was in a film, or when; what is None stays.

    Raises:
        ViewingNotFound: there is no such viewing of theirs.
        InvalidMoment: as of `watch`.
        ViewingsCollide: another viewing of the film is unfinished already, or at this time.
    """
    at = None if watched_at is None else _moment(watched_at, now=now)
    with transaction.atomic():
        viewing = Viewing.objects.select_for_update().filter(user=user, id=viewing_id).first()
        if viewing is None:
            raise ViewingNotFound
        if progress_seconds is not None:
            viewing.progress_seconds, viewing.is_finished = _reached(
                progress_seconds, _running_seconds(viewing.movie_id)
            )
        if at is not None:
            viewing.watched_at, viewing.started_at = at, min(at, viewing.started_at)
        try:
            with transaction.atomic():
                viewing.save()
        except IntegrityError as error:
            raise ViewingsCollide from error
        return viewing


def forget_viewing(*, user: User, viewing_id: UUID) -> None:
    """Take a viewing out of a person's history.

    Raises:
        ViewingNotFound: there is no such viewing of theirs.
    """
    deleted, _ = Viewing.objects.filter(user=user, id=viewing_id).delete()
    if not deleted:
        raise ViewingNotFound


def view(
    *, user: User, movie_id: int, progress_seconds: int | None = None, now: datetime
) -> Viewing | None:
    """Remember that `user` looks at a film, and how far they have watched it if that is told.

    A player tells every few seconds; within `QUIET` that is one view.

    Raises:
        MovieNotFound: the catalogue does not hold the film.
    """
    with transaction.atomic():
        if not Movie.objects.filter(pk=movie_id).exists():
            raise MovieNotFound
        _line_up(user, movie_id)
        views = Interaction.objects.filter(user=user, movie_id=movie_id, type=Interaction.Type.VIEW)
        if not views.filter(happened_at__gt=now - QUIET).exists():
            views.create(user=user, movie_id=movie_id, type=Interaction.Type.VIEW, happened_at=now)
            daily_views.add(movie_id)
        if progress_seconds is None:
            return None
        viewing, _ = watch(user=user, movie_id=movie_id, progress_seconds=progress_seconds, now=now)
        return viewing


def view_anonymously(*, address: str, movie_id: int, now: datetime) -> None:
    """Count that somebody at `address` looks at a film: one row a day, however often.

    Raises:
        MovieNotFound: the catalogue does not hold the film.
    """
    with transaction.atomic():
        if not Movie.objects.filter(pk=movie_id).exists():
            raise MovieNotFound
        visitor = salted_hmac(_salt(now=now), address, algorithm="sha256").hexdigest()[:32]
        statements.executed(
            COUNT_VIEW, {"movie": movie_id, "visitor": visitor, "now": now, "many": MANY}
        )
        daily_views.add(movie_id)


def _salt(*, now: datetime) -> str:
    """Return the day's salt; the first visitor of a day throws those of earlier days away."""
    today = now.astimezone(UTC).date()
    found, is_new = VisitorSalt.objects.get_or_create(
        day=today, defaults={"salt": secrets.token_hex(32)}
    )
    if is_new:
        VisitorSalt.objects.filter(day__lt=today).delete()
    return found.salt


def _goes_on(last: Viewing, *, at: datetime, is_finished: bool, is_told: bool) -> bool:
    """Say whether what is told now belongs to the last viewing, and begins no other."""
    if not last.is_finished:
        return is_told or at >= last.watched_at
    return is_told and is_finished and abs(at - last.watched_at) < ONE_SITTING


def _reached(progress: int | None, length: int | None) -> tuple[int | None, bool]:
    """Return a progress that is not beyond the end, and whether it is as good as the end."""
    if progress is None:
        return length, True
    if length is None:
        return progress, False
    return min(progress, length), progress >= FINISHED_AT * length


def _running_seconds(movie_id: int) -> int | None:
    found = Movie.objects.filter(pk=movie_id).values_list("runtime_minutes", flat=True)
    if not found:
        raise MovieNotFound
    return 60 * found[0] if found[0] else None


def _moment(at: datetime, *, now: datetime) -> datetime:
    if not EARLIEST <= at <= now + CLOCKS_DIFFER:
        raise InvalidMoment
    return min(at, now)


def _line_up(user: User, movie_id: int) -> None:
    """Wait until nobody else writes what this person watches of this film."""
    name = hashlib.sha256(f"viewing {user.pk} {movie_id}".encode()).digest()[:8]
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [int.from_bytes(name, signed=True)])
