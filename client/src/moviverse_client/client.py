"""The client: one object for a site and a session."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import httpx

from moviverse_client.accounts import Auth
from moviverse_client.library import Library
from moviverse_client.movies import Movies
from moviverse_client.recommendations import Recommender
from moviverse_client.transfer import Transfer
from moviverse_client.transport import Tokens, Transport

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

USER_AGENT = "moviverse-client/0.1.0"
TIMEOUT_SECONDS = 10.0


class Client:
    """A site's API, and the session of one person with it.

    Threads may share a client. Expired tokens are renewed on the way. Calls that may be repeated
    are repeated when the connection breaks or the server asks for patience: `Retry-After` is
    obeyed up to half a minute.

    Attributes:
        auth: Accounts and sessions.
        movies: The catalogue.
        library: One's own ratings, lists and history.
        recommendations: What to watch.
        transfer: Import and export of one's own library.
    """

    def __init__(
        self,
        base_url: str,
        token: str | None = None,
        *,
        refresh: str = "",
        timeout: float | httpx.Timeout = TIMEOUT_SECONDS,
        on_tokens: Callable[[Tokens | None], None] | None = None,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        """Prepare the client; nothing is asked yet.

        Args:
            base_url: Of the site, such as `https://films.example.org`.
            token: An access token, to go on with a session.
            refresh: Its refresh token.
            timeout: Of a connection, and of each wait for data, in seconds.
            on_tokens: Is told every new pair of tokens, to store it, and None at the end.
            transport: What carries the requests, in place of the network.
        """
        self._http = httpx.Client(
            base_url=base_url,
            timeout=timeout,
            transport=transport,
            headers={"Accept": "application/json", "User-Agent": USER_AGENT},
        )
        tokens = Tokens(access=token, refresh=refresh) if token else None
        self._transport = Transport(http=self._http, tokens=tokens, on_tokens=on_tokens)
        self.auth = Auth(self._transport)
        self.movies = Movies(self._transport)
        self.library = Library(self._transport)
        self.recommendations = Recommender(self._transport)
        self.transfer = Transfer(self._transport)

    @property
    def tokens(self) -> Tokens | None:
        """The session's tokens, to go on with it later; None when nobody is signed in."""
        return self._transport.tokens

    def close(self) -> None:
        """Close the connections. The session goes on; `auth.logout` ends it."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
