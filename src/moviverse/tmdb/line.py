"""One question to TMDb, whatever state the network, TMDb or its answer is in.

Everything that is asked passes here: within a deadline that holds for all tries together, at most a
few at a time, no more often than the site may, and not at all while TMDb does not work.
"""

from __future__ import annotations

import email.utils
import random
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from math import ceil
from typing import TYPE_CHECKING, Any, Protocol

import httpx
import structlog

from moviverse.tmdb import bodies, errors, sign, transport
from moviverse.tmdb.breaker import Breaker, Shut
from moviverse.tmdb.recorder import Nobody, Outcome, Recorder

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from moviverse.tmdb.breaker import Pass

RETRIES = 2
FIRST_PAUSE_SECONDS = 0.1  # before the first retry; twice as long before the second
CONNECT_SECONDS = 2.0
TRY_SHARE = 0.6  # of the deadline, for one read: a try that hangs leaves time for another
MOST_AT_ONCE = 3  # calls of one process: of the threads that serve people, one is left for the rest
TURN_SHARE = 0.25  # of the deadline, until it is one's turn
SPARE_SECONDS = 0.3  # a wait that leaves less of the deadline than this is none
LIMITED_SECONDS = 1.0  # a rest where TMDb is too busy and does not say for how long
LONGEST_RETRY_AFTER = 3_600

FOUND, NO_SUCH_THING, TIMED_OUT, TOO_MANY = 200, 404, 408, 429
REFUSALS = {401, 403}
SERVER_ERRORS = range(500, 600)

log = structlog.get_logger(__name__)


class Bucket(Protocol):
    """Gives out turns."""

    def take(self, *, longest_seconds: float) -> float:
        """Take a turn, unless it is further away than that, and return how long to wait for it."""


class _Again(Exception):
    """This try failed, and another may not; `error` is for when there is none."""

    def __init__(self, error: errors.TmdbError, outcome: Outcome = "away") -> None:
        self.error, self.outcome = error, outcome


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    retry_after: str
    body: bytes


@dataclass
class Line:
    """The way to TMDb of one process; safe between threads.

    Attributes:
        base_url: Of the API, without a slash at its end.
        key: A v3 key or a v4 token.
        bucket: How often may be asked.
        breaker: Whether may be asked.
        recorder: Told of each request.
    """

    base_url: str
    key: str = field(repr=False)
    bucket: Bucket = field(repr=False)
    breaker: Breaker = field(default_factory=Breaker, repr=False)
    recorder: Recorder = field(default_factory=Nobody, repr=False)

    def __post_init__(self) -> None:
        self._http = httpx.Client(
            transport=transport.Transport(self.key),
            headers={"Accept": "application/json", "Accept-Encoding": "gzip"},
            follow_redirects=False,
            trust_env=False,
        )
        self._turns = threading.BoundedSemaphore(MOST_AT_ONCE)
        self._rng = random.SystemRandom()

    def get(
        self,
        endpoint: str,
        path: str,
        params: Mapping[str, str],
        *,
        seconds: float,
        may_lack: bool = False,
    ) -> Mapping[str, Any]:
        """Return the JSON object of an answer.

        Args:
            endpoint: What it is called in the usage record.
            path: Below the base URL.
            params: The query, without the key.
            seconds: How long all of it may take.
            may_lack: TMDb may say that there is no such thing.

        Raises:
            NotFound: it does, where it may.
            Unavailable, Refused, BadAnswer: there is no answer, or none of use.
        """
        deadline = time.monotonic() + seconds
        failed: errors.TmdbError | None = None
        tries = 0
        with self._turn(seconds * TURN_SHARE):
            while tries <= RETRIES:
                if failed is not None and not self._paused(tries, deadline):
                    break
                try:
                    let_in = self.breaker.enter()
                except Shut as shut:
                    if shut.is_rest and _slept(shut.seconds, deadline):
                        continue
                    raise failed or _away(shut.seconds) from None
                tries += 1
                try:
                    return self._tried(
                        let_in, endpoint, path, params,
                        deadline=deadline, may_lack=may_lack,
                    )  # fmt: skip
                except _Again as again:
                    failed = again.error
        raise failed or _away(1.0)

    def close(self) -> None:
        """Hang up."""
        self._http.close()

    @contextmanager
    def _turn(self, seconds: float) -> Iterator[None]:
        if not self._turns.acquire(timeout=seconds):
            raise _away(1.0)
        try:
            yield
        finally:
            self._turns.release()

    def _paused(self, tries: int, deadline: float) -> bool:
        pause = FIRST_PAUSE_SECONDS * 2 ** (tries - 1) * self._rng.uniform(0.5, 1.5)
        return _slept(pause, deadline)

    def _tried(
        self,
        let_in: Pass,
        endpoint: str,
        path: str,
        params: Mapping[str, str],
        *,
        deadline: float,
        may_lack: bool,
    ) -> Mapping[str, Any]:
        """Ask once, and say to the breaker and the recorder what came of it."""
        wait = self.bucket.take(longest_seconds=deadline - time.monotonic() - SPARE_SECONDS)
        if not _slept(wait, deadline):
            self.breaker.gave_up(let_in)
            raise _away(wait)
        begun = time.monotonic()
        outcome: Outcome = "away"
        try:
            found = self._read(self._asked(path, params, deadline=deadline), may_lack=may_lack)
            outcome = "ok"
        except errors.NotFound:
            outcome = "not found"
            raise
        except errors.BadAnswer:
            outcome = "bad answer"
            log.warning("tmdb_answer_unusable", endpoint=endpoint)
            raise
        except errors.Refused:
            outcome = "refused"
            raise
        except _Again as again:
            outcome = again.outcome
            raise
        finally:
            self._learn(let_in, works=outcome in {"ok", "not found"})
            self._note(endpoint, (time.monotonic() - begun) * 1_000, outcome)
        return found

    def _asked(self, path: str, params: Mapping[str, str], *, deadline: float) -> _Answer:
        left = deadline - time.monotonic()
        timeout = httpx.Timeout(left * TRY_SHARE, connect=min(CONNECT_SECONDS, left))
        address = f"{self.base_url}{path}"
        try:
            with (
                transport.until(deadline),
                self._http.stream("GET", address, params=dict(params), timeout=timeout) as response,
            ):
                # Of an answer that is none nothing is read but its status; it may have no end.
                wanted = response.status_code in {FOUND, NO_SUCH_THING}
                return _Answer(
                    status=response.status_code,
                    retry_after=response.headers.get("Retry-After", ""),
                    body=bodies.read(response) if wanted else b"",
                )
        except (httpx.HTTPError, OSError) as error:
            log.info("tmdb_try_failed", error=type(error).__name__)
        # Out here, so that no frame that knows the key hangs on the error.
        raise _Again(errors.Unavailable())

    def _read(self, answer: _Answer, *, may_lack: bool) -> Mapping[str, Any]:
        status = answer.status
        if status == FOUND:
            return bodies.parsed(answer.body)
        if status == NO_SUCH_THING and may_lack and "status_code" in bodies.parsed(answer.body):
            # In TMDb's own words. A proxy's page says nothing about a film.
            raise errors.NotFound
        if status in REFUSALS:
            raise errors.Refused
        if status in {TIMED_OUT, TOO_MANY} or status in SERVER_ERRORS:
            raise self._again(answer)
        raise errors.BadAnswer

    def _again(self, answer: _Answer) -> _Again:
        """Return what to raise for an answer of a TMDb that is busy or broken."""
        seconds = _retry_after(answer.retry_after)
        if answer.status != TOO_MANY:
            if seconds:
                self.breaker.rest(seconds)
            return _Again(_away(seconds) if seconds else errors.Unavailable())
        self.breaker.rest(seconds or LIMITED_SECONDS)
        return _Again(_away(seconds or LIMITED_SECONDS), "limited")

    def _learn(self, let_in: Pass, *, works: bool) -> None:
        if works:
            self.breaker.succeeded(let_in)
            sign.take_down()
            return
        self.breaker.failed(let_in)
        if self.breaker.state() != "closed":
            sign.put_up()

    def _note(self, endpoint: str, milliseconds: float, outcome: Outcome) -> None:
        try:
            self.recorder.called(endpoint, milliseconds, outcome)
        except Exception:  # a record is never worth an answer
            log.exception("tmdb_call_not_recorded")


def _slept(seconds: float, deadline: float) -> bool:
    """Wait, unless too little of the deadline would be left after it; say whether."""
    if seconds > deadline - time.monotonic() - SPARE_SECONDS:
        return False
    if seconds > 0:
        time.sleep(seconds)
    return True


def _away(seconds: float) -> errors.Unavailable:
    return errors.Unavailable(retry_after_seconds=max(1, ceil(seconds)))


def _retry_after(said: str) -> float:
    """Return the seconds of a `Retry-After`, a number or a date; 0 when it says neither."""
    try:
        seconds = float(int(said))
    except ValueError:
        try:
            when = email.utils.parsedate_to_datetime(said)
        except ValueError:
            return 0.0
        moment = when if when.tzinfo else when.replace(tzinfo=UTC)
        seconds = (moment - datetime.now(UTC)).total_seconds()
    return min(max(seconds, 0.0), LONGEST_RETRY_AFTER)
