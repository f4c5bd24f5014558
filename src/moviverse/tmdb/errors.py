"""What can go wrong with The Movie Database; nothing else leaves this package."""

from __future__ import annotations

from moviverse.core import errors


class TmdbError(errors.MoviverseError):
    """Any of them, for whoever goes on without TMDb."""


class NotFound(TmdbError, errors.NotFound):
    """TMDb answered, and has no such thing."""

    message = "The Movie Database does not know this."


class Unavailable(TmdbError, errors.UpstreamAway):
    """TMDb did not answer in time, is too busy, or is left alone for a while."""

    message = "The Movie Database does not answer. Try again shortly."


class NotConfigured(TmdbError, errors.UpstreamAway):
    """There is no key, so TMDb is never asked."""

    message = "This site is not connected to The Movie Database: TMDB_API_KEY is not set."

    def __init__(self) -> None:
        super().__init__(retry_after_seconds=3_600)


class BadAnswer(TmdbError, errors.UpstreamFailed):
    """TMDb answered something that cannot be used."""

    message = "The Movie Database gave an answer that cannot be used."


class Refused(TmdbError, errors.UpstreamFailed):
    """TMDb does not accept our key."""

    message = "The Movie Database does not accept the key of this site."
