"""Films of TMDb as the catalogue takes them. Pure: what the client read in, rows out."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from moviverse.catalog import merging
from moviverse.catalog.rows import CastRow, CrewRow, MovieRow
from moviverse.catalog.vocabulary import GENRES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from moviverse.catalog.models import MovieMedia
    from moviverse.tmdb.types import Card, Film

MOST_VIDEOS = 30
MOST_IMAGES = 20  # of each kind
# A page shows a trailer first, and a clip last.
KINDS = ("Trailer", "Teaser", "Clip", "Featurette", "Behind the Scenes", "Bloopers")
NAME_OF_GENRE = {tmdb_id: name for name, tmdb_id in GENRES.items()}
SHOWN = 300  # characters of what TMDb says otherwise


@dataclass(frozen=True, slots=True)
class Media:
    """What can be looked at of a film, as `MovieMedia` keeps it."""

    videos: tuple[dict[str, Any], ...] = ()
    posters: tuple[str, ...] = ()
    backdrops: tuple[str, ...] = ()

    @classmethod
    def held(cls, row: MovieMedia) -> Media:
        """Return what we hold."""
        return cls(tuple(row.videos), tuple(row.posters), tuple(row.backdrops))


def film(told: Film) -> MovieRow:
    """Return all that the catalogue keeps of a film."""
    return MovieRow(
        tmdb_id=told.tmdb_id,
        title=told.title,
        original_title=told.original_title,
        imdb_id=told.imdb_id,
        overview=told.overview,
        tagline=told.tagline,
        released_on=told.released_on,
        runtime_minutes=told.runtime_minutes,
        language=told.original_language,
        countries=told.countries,
        status=told.status,
        is_adult=told.is_adult,
        budget=told.budget,
        revenue=told.revenue,
        homepage=told.homepage,
        poster_path=told.poster_path,
        backdrop_path=told.backdrop_path,
        vote_average=told.vote_average,
        vote_count=told.vote_count,
        popularity=told.popularity,
        genres=tuple(genre.name for genre in told.genres),
        keywords=tuple(keyword.name for keyword in told.keywords),
        cast=tuple(
            CastRow(each.name, each.character, each.tmdb_id, each.profile_path)
            for each in sorted(told.cast, key=lambda each: each.position)
        ),
        crew=tuple(
            CrewRow(each.name, each.job, each.department, each.tmdb_id, each.profile_path)
            for each in told.crew
        ),
    )


def card(told: Card) -> MovieRow:
    """Return what a list says of a film: enough to show it until the rest is fetched."""
    return MovieRow(
        tmdb_id=told.tmdb_id,
        title=told.title,
        original_title=told.original_title,
        overview=told.overview,
        released_on=told.released_on,
        language=told.original_language,
        is_adult=told.is_adult,
        poster_path=told.poster_path,
        backdrop_path=told.backdrop_path,
        vote_average=told.vote_average,
        vote_count=told.vote_count,
        popularity=told.popularity,
        genres=tuple(NAME_OF_GENRE[each] for each in told.genre_ids if each in NAME_OF_GENRE),
    )


def media(told: Film) -> Media:
    """Return the videos of a film, trailers first, and its images in TMDb's order."""
    place = {kind: number for number, kind in enumerate(KINDS)}
    videos = sorted(
        told.videos, key=lambda each: (place.get(each.kind, len(KINDS)), not each.is_official)
    )
    return Media(
        videos=tuple(
            {
                "name": each.name,
                "site": each.site,
                "key": each.key,
                "type": each.kind,
                "official": each.is_official,
                "language": each.language,
                "published_at": each.published_at.isoformat() if each.published_at else None,
            }
            for each in videos[:MOST_VIDEOS]
        ),
        posters=_paths(told, "poster"),
        backdrops=_paths(told, "backdrop"),
    )


def differences(held: MovieRow, told: MovieRow, names: Iterable[str]) -> dict[str, str]:
    """Return what is told of the fields `names` where it is not what we hold, for an editor."""
    clean = merging.cleaned(told)
    return {
        name: _shown(getattr(clean, name))
        for name in sorted(names)
        if name in merging.SILENT
        and getattr(clean, name) != merging.SILENT[name]
        and _comparable(getattr(clean, name)) != _comparable(getattr(held, name))
    }


def _paths(told: Film, kind: str) -> tuple[str, ...]:
    paths = dict.fromkeys(each.path for each in told.images if each.kind == kind)
    return tuple(paths)[:MOST_IMAGES]


def _comparable(value: Any) -> Any:
    """Return a field so that neither an order nor another picture of somebody counts."""
    if not isinstance(value, tuple):
        return value
    return {
        tuple(v for k, v in asdict(each).items() if k != "profile_path")
        if isinstance(each, CastRow | CrewRow)
        else each
        for each in value
    }


def _shown(value: Any) -> str:
    if isinstance(value, tuple):
        names = [each.name if isinstance(each, CastRow | CrewRow) else each for each in value]
        value = ", ".join(names)
    return str(value)[:SHOWN]
