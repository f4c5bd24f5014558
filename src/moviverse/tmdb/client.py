"""The questions that can be put to The Movie Database."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from moviverse.tmdb import errors, fields, films, lists
from moviverse.tmdb.types import SearchResults

if TYPE_CHECKING:
    from datetime import date

    from moviverse.tmdb.line import Line
    from moviverse.tmdb.types import (
        Card,
        Changes,
        Configuration,
        Film,
        Genre,
        Page,
        TrendWindow,
    )

REQUEST_SECONDS = 4.0  # while a person waits
JOB_SECONDS = 20.0  # while nobody does
LANGUAGE = "en-US"
LONGEST_QUERY = 200
# Pictures without words on them, or with English ones.
WITH_ALL = {
    "append_to_response": "credits,videos,keywords,images",
    "include_image_language": "en,null",
}


@dataclass(frozen=True)
class Client:
    """Asks TMDb, and answers with what was checked, or with one of `tmdb.errors`.

    Any call may raise `Unavailable`, `Refused` or `BadAnswer`; where it says so, `NotFound`. Pages
    begin at 1, and TMDb has no more than 500 of any list.

    Attributes:
        line: The way there, the same for all clients of a process.
        seconds: How long a call may take, with its retries and with waiting for its turn.
    """

    line: Line = field(repr=False)
    seconds: float = REQUEST_SECONDS

    def within(self, seconds: float) -> Client:
        """Return the same client with more or less patience: `JOB_SECONDS` in a job."""
        return replace(self, seconds=seconds)

    def trending(self, window: TrendWindow, page: int = 1) -> Page[Card]:
        """Return the films that people look at today, or this week.

        Raises:
            NotFound: there is no such page.
        """
        return self._cards("trending", f"/trending/movie/{window}", page)

    def popular(self, page: int = 1) -> Page[Card]:
        """Return the films that are popular now.

        Raises:
            NotFound: there is no such page.
        """
        return self._cards("popular", "/movie/popular", page)

    def top_rated(self, page: int = 1) -> Page[Card]:
        """Return the films with the best votes.

        Raises:
            NotFound: there is no such page.
        """
        return self._cards("top_rated", "/movie/top_rated", page)

    def upcoming(self, page: int = 1) -> Page[Card]:
        """Return the films that come to the cinemas soon.

        Raises:
            NotFound: there is no such page.
        """
        return self._cards("upcoming", "/movie/upcoming", page)

    def film(self, tmdb_id: int) -> Film:
        """Return a film with its credits, videos, keywords and images.

        Raises:
            NotFound: TMDb does not have it, or not any more.
        """
        body = self.line.get(
            "film",
            f"/movie/{_public(tmdb_id)}",
            {"language": LANGUAGE, **WITH_ALL},
            seconds=self.seconds,
            may_lack=True,
        )
        return films.film(body, tmdb_id=tmdb_id)

    def similar(self, tmdb_id: int, page: int = 1) -> Page[Card]:
        """Return films that TMDb holds to be like this one.

        Raises:
            NotFound: TMDb does not have the film, or no such page.
        """
        path = f"/movie/{_public(tmdb_id)}/similar"
        return self._cards("similar", path, page, may_lack=True)

    def search(self, query: str, page: int = 1) -> SearchResults:
        """Return the films and the people whom words find; none for no words.

        Raises:
            NotFound: there is no such page.
        """
        shown = "".join(" " if unicodedata.category(each) == "Cc" else each for each in query)
        words = " ".join(shown.encode(errors="ignore").decode().split())[:LONGEST_QUERY].strip()
        if not words:
            return SearchResults(page=page, total_pages=0, total_results=0, films=(), people=())
        body = self.line.get(
            "search",
            "/search/multi",
            {
                "language": LANGUAGE,
                "query": words,
                "include_adult": "false",
                "page": str(_page(page)),
            },
            seconds=self.seconds,
        )
        return lists.search_results(body, page=page)

    def configuration(self) -> Configuration:
        """Return where images lie, and in which widths."""
        return lists.configuration(
            self.line.get("configuration", "/configuration", {}, seconds=self.seconds)
        )

    def genres(self) -> tuple[Genre, ...]:
        """Return all genres of films."""
        path, params = "/genre/movie/list", {"language": LANGUAGE}
        return lists.genres(self.line.get("genres", path, params, seconds=self.seconds))

    def changes(self, start: date, end: date, page: int = 1) -> Changes:
        """Return the ids of films that were changed from one day to another, at most 14 later.

        Raises:
            NotFound: there is no such page.
        """
        params = {
            "start_date": start.isoformat(),
            "end_date": end.isoformat(),
            "page": str(_page(page)),
        }
        body = self.line.get("changes", "/movie/changes", params, seconds=self.seconds)
        return lists.changes(body, page=page)

    def find_by_imdb_id(self, imdb_id: str) -> Card:
        """Return the film that IMDb calls so.

        Raises:
            NotFound: there is none, or it is no id of IMDb's.
        """
        if not fields.IMDB_ID.fullmatch(imdb_id):
            raise errors.NotFound
        params = {"language": LANGUAGE, "external_source": "imdb_id"}
        body = self.line.get(
            "find", f"/find/{imdb_id}", params, seconds=self.seconds, may_lack=True
        )
        found = lists.found_film(body)
        if found is None:
            raise errors.NotFound
        return found

    def _cards(self, endpoint: str, path: str, page: int, *, may_lack: bool = False) -> Page[Card]:
        params = {"language": LANGUAGE, "page": str(_page(page))}
        body = self.line.get(endpoint, path, params, seconds=self.seconds, may_lack=may_lack)
        return lists.cards(body, page=page)


def _page(page: int) -> int:
    if not 1 <= page <= lists.LAST_PAGE:
        raise errors.NotFound(f"The Movie Database has pages from 1 to {lists.LAST_PAGE}.")
    return page


def _public(tmdb_id: int) -> int:
    if not 1 <= tmdb_id <= fields.HIGHEST_ID:
        raise errors.NotFound
    return tmdb_id
