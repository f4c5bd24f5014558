"""A film with all that belongs to it, read from one answer of TMDb's."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from moviverse.tmdb import entries, fields
from moviverse.tmdb.errors import BadAnswer
from moviverse.tmdb.types import (
    CastCredit,
    Collection,
    CrewCredit,
    Film,
    Image,
    ImageKind,
    Keyword,
    Person,
    Video,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

# How much of each list is read, above what real films have.
MOST_CAST, MOST_CREW = 500, 1_000
MOST_KEYWORDS, MOST_VIDEOS, MOST_COUNTRIES = 200, 100, 60
MOST_IMAGES = 40  # of a kind; the best come first
RICHEST = 10**13  # a budget or a revenue
VIDEO_KEY = re.compile(r"[A-Za-z0-9_-]{1,64}")
KINDS: tuple[tuple[str, ImageKind], ...] = (
    ("backdrops", "backdrop"),
    ("posters", "poster"),
    ("logos", "logo"),
)


def film(body: Mapping[str, Any], *, tmdb_id: int) -> Film:
    """Return a film with its credits, keywords, videos and images.

    Raises:
        BadAnswer: it is another film, or has no title.
    """
    card = entries.card(body)
    if card is None or card.tmdb_id != tmdb_id:
        raise BadAnswer
    credits_, keywords = fields.row_of(body, "credits"), fields.row_of(body, "keywords")
    return Film(
        tmdb_id=card.tmdb_id,
        imdb_id=fields.matching(body, "imdb_id", fields.IMDB_ID),
        title=card.title,
        original_title=card.original_title,
        original_language=card.original_language,
        overview=card.overview,
        tagline=fields.text(body, "tagline", longest=500),
        released_on=card.released_on,
        runtime_minutes=fields.whole(body, "runtime", least=1, most=10_000),
        genres=entries.genres(body),
        vote_average=card.vote_average,
        vote_count=card.vote_count,
        popularity=card.popularity,
        is_adult=card.is_adult,
        poster_path=card.poster_path,
        backdrop_path=card.backdrop_path,
        homepage=fields.address(body, "homepage"),
        status=fields.text(body, "status", longest=30),
        budget=fields.whole(body, "budget", least=1, most=RICHEST),
        revenue=fields.whole(body, "revenue", least=1, most=RICHEST),
        spoken_languages=_codes(body, "spoken_languages", "iso_639_1", fields.LANGUAGE),
        countries=_codes(body, "production_countries", "iso_3166_1", fields.COUNTRY),
        collection=_collection(fields.row_of(body, "belongs_to_collection")),
        cast=_cast(credits_),
        crew=_crew(credits_),
        keywords=entries.distinct(
            Keyword(*each)
            for each in entries.named(keywords, "keywords", most=MOST_KEYWORDS, longest=100)
        ),
        videos=_videos(fields.row_of(body, "videos")),
        images=_images(fields.row_of(body, "images")),
    )


def _codes(
    body: Mapping[str, Any], name: str, code: str, pattern: re.Pattern[str]
) -> tuple[str, ...]:
    rows = fields.rows(body, name, most=MOST_COUNTRIES)
    found = (fields.matching(row, code, pattern) for row in rows)
    return tuple(dict.fromkeys(each for each in found if each))


def _collection(row: Mapping[str, Any]) -> Collection | None:
    tmdb_id, name = fields.public_id(row), fields.text(row, "name", longest=entries.NAME)
    if tmdb_id is None or not name:
        return None
    return Collection(
        tmdb_id=tmdb_id,
        name=name,
        poster_path=fields.matching(row, "poster_path", fields.PATH),
        backdrop_path=fields.matching(row, "backdrop_path", fields.PATH),
    )


def _cast(row: Mapping[str, Any]) -> tuple[CastCredit, ...]:
    found: list[tuple[int, Person, str]] = []
    for index, each in enumerate(fields.rows(row, "cast", most=MOST_CAST)):
        person = entries.person(each)
        if person is not None:
            order = fields.whole(each, "order")
            character = fields.text(each, "character", longest=entries.TITLE)
            found.append((index if order is None else order, person, character))
    found.sort(key=lambda each: each[0])
    return tuple(
        CastCredit(
            tmdb_id=person.tmdb_id,
            name=person.name,
            character=character,
            position=position,
            profile_path=person.profile_path,
        )
        for position, (_, person, character) in enumerate(found)
    )


def _crew(row: Mapping[str, Any]) -> tuple[CrewCredit, ...]:
    found: dict[tuple[int, str], CrewCredit] = {}
    for each in fields.rows(row, "crew", most=MOST_CREW):
        person, job = entries.person(each), fields.text(each, "job", longest=100)
        if person is not None and job:
            credit = CrewCredit(
                tmdb_id=person.tmdb_id,
                name=person.name,
                job=job,
                department=fields.text(each, "department", longest=100),
                profile_path=person.profile_path,
            )
            found.setdefault((person.tmdb_id, job), credit)
    return tuple(found.values())


def _videos(row: Mapping[str, Any]) -> tuple[Video, ...]:
    found: dict[tuple[str, str], Video] = {}
    for each in fields.rows(row, "results", most=MOST_VIDEOS):
        key, site = fields.matching(each, "key", VIDEO_KEY), fields.text(each, "site", longest=50)
        if key and site:
            video = Video(
                key=key,
                site=site,
                name=fields.text(each, "name", longest=entries.TITLE),
                kind=fields.text(each, "type", longest=50),
                language=fields.matching(each, "iso_639_1", fields.LANGUAGE),
                size=fields.whole(each, "size", least=1, most=20_000),
                is_official=bool(fields.known(each, "official")),
                published_at=fields.moment(each, "published_at"),
            )
            found.setdefault((site, key), video)
    return tuple(found.values())


def _images(row: Mapping[str, Any]) -> tuple[Image, ...]:
    found: dict[str, Image] = {}
    for name, kind in KINDS:
        for each in fields.rows(row, name, most=MOST_IMAGES):
            path = fields.matching(each, "file_path", fields.PATH)
            if path:
                image = Image(
                    kind=kind,
                    path=path,
                    width=fields.whole(each, "width", least=1, most=100_000),
                    height=fields.whole(each, "height", least=1, most=100_000),
                    language=fields.matching(each, "iso_639_1", fields.LANGUAGE),
                )
                found.setdefault(path, image)
    return tuple(found.values())
