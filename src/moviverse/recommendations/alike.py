"""Films that are like one film: by what they are about, mixed with those that TMDb names."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from moviverse.catalog import selectors as catalog
from moviverse.recommendations import sentences, serving
from moviverse.recommendations.wishes import MAX_LIMIT, MovieReason, NamedFilm, Recommendation

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from moviverse.catalog.selectors import MovieCard
    from moviverse.recommendations.serving import Neighbours

OURS_BEFORE_ONE_OF_THEIRS = 2


def similar(tmdb_id: int, limit: int = MAX_LIMIT) -> Neighbours:
    """Return films that are about what a film is about, every third one by TMDb where it tells.

    Ours come first and in their order; a film that both name stands where we have it. TMDb's have
    no score, since no model of ours speaks for them.

    Raises:
        MovieNotFound: the catalogue does not hold the film.
        ModelNotTrained: there is no Content model.
    """
    found = serving.similar_by_content(tmdb_id, limit)
    ours = {each.movie.tmdb_id for each in found.results}
    named = [each for each in catalog.tmdb_similar(tmdb_id=tmdb_id) if each not in ours]
    if not named:
        return found
    cards = catalog.cards([tmdb_id, *named])
    theirs = [_named(cards[each], cards[tmdb_id]) for each in named if each in cards]
    mixed = list(_mixed(found.results, theirs))[:limit]
    ranked = (replace(each, rank=rank) for rank, each in enumerate(mixed, start=1))
    return replace(found, results=tuple(ranked))


def _mixed(
    ours: Sequence[Recommendation], theirs: Sequence[Recommendation]
) -> Iterator[Recommendation]:
    rest = iter(theirs)
    for place, each in enumerate(ours, start=1):
        yield each
        if place % OURS_BEFORE_ONE_OF_THEIRS == 0 and (one := next(rest, None)) is not None:
            yield one
    yield from rest


def _named(card: MovieCard, of: MovieCard) -> Recommendation:
    why = MovieReason(
        share=0.0,
        text=sentences.named_by_tmdb(of.title),
        movie=NamedFilm(tmdb_id=of.tmdb_id, title=of.title),
    )
    return Recommendation(rank=0, score=0.0, predicted_rating=None, movie=card, reasons=(why,))
