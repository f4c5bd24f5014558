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
from moviverse.catalog.selectors.charts import Chart, decent, popular, top_rated, upcoming
from moviverse.catalog.selectors.details import (
    Credit,
    Edition,
    MovieDetail,
    PersonDetail,
    edition,
    movie,
    person,
)
from moviverse.catalog.selectors.identities import Titles, ids_of, ids_of_imdb, titles
from moviverse.catalog.selectors.lists import (
    SORTS,
    CountedGenre,
    MovieFilters,
    counted_genres,
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
    "Chart",
    "CountedGenre",
    "Credit",
    "Edition",
    "Found",
    "MovieCard",
    "MovieDetail",
    "MovieFilters",
    "PersonDetail",
    "Suggestions",
    "Titles",
    "backdrop_url",
    "card",
    "cards",
    "counted_genres",
    "decent",
    "edition",
    "exists",
    "genres",
    "ids_of",
    "ids_of_imdb",
    "ids_of_source",
    "is_local",
    "known",
    "languages",
    "movie",
    "movies",
    "person",
    "popular",
    "profile_url",
    "search",
    "suggest",
    "title_matches",
    "titles",
    "top_rated",
    "upcoming",
    "version",
    "with_card",
]
