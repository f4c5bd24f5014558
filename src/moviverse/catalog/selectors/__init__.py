"""Reading the catalogue: lists, cards, one film, the search."""

from __future__ import annotations

from moviverse.catalog.selectors.cards import (
    CardList,
    MovieCard,
    backdrop_url,
    card,
    cards,
    profile_url,
    with_card,
)
from moviverse.catalog.selectors.details import (
    Credit,
    MovieDetail,
    PersonDetail,
    changed_at,
    movie,
    person,
)
from moviverse.catalog.selectors.lists import (
    SORTS,
    MovieFilters,
    exists,
    genres,
    ids_of_source,
    is_local,
    known,
    languages,
    movies,
)
from moviverse.catalog.selectors.search import Found, Suggestions, search, suggest, title_matches
from moviverse.catalog.selectors.word_index import version

__all__ = [
    "SORTS",
    "CardList",
    "Credit",
    "Found",
    "MovieCard",
    "MovieDetail",
    "MovieFilters",
    "PersonDetail",
    "Suggestions",
    "backdrop_url",
    "card",
    "cards",
    "changed_at",
    "exists",
    "genres",
    "ids_of_source",
    "is_local",
    "known",
    "languages",
    "movie",
    "movies",
    "person",
    "profile_url",
    "search",
    "suggest",
    "title_matches",
    "version",
    "with_card",
]
