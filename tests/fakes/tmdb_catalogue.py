"""What the fake TMDb knows: answers in the shape of the real ones, with values of our own.

Ids and titles of some films that everybody knows are facts; all else of them is made up, from the
id, so that the same film is always the same. Any id of `ENDLESS` is a film too, for tests that need
many.
"""

from __future__ import annotations

import random
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

JSON = dict[str, Any]
PER_PAGE = 20
ENDLESS = range(910_000_000, 911_000_000)
TITLES = {
    11: ("Star Wars", 1977), 13: ("Forrest Gump", 1994), 78: ("Blade Runner", 1982),
    103: ("Taxi Driver", 1976), 105: ("Back to the Future", 1985), 111: ("Scarface", 1983),
    122: ("The Lord of the Rings: The Return of the King", 2003), 129: ("Spirited Away", 2001),
    155: ("The Dark Knight", 2008), 238: ("The Godfather", 1972), 240: ("The Godfather Part II", 1974),
    274: ("The Silence of the Lambs", 1991), 278: ("The Shawshank Redemption", 1994),
    289: ("Casablanca", 1943), 335: ("Once Upon a Time in the West", 1968), 348: ("Alien", 1979),
    389: ("12 Angry Men", 1957), 424: ("Schindler's List", 1993), 426: ("Vertigo", 1958),
    429: ("The Good, the Bad and the Ugly", 1966), 510: ("One Flew Over the Cuckoo's Nest", 1975),
    539: ("Psycho", 1960), 550: ("Fight Club", 1999), 567: ("Rear Window", 1954),
    578: ("Jaws", 1975), 598: ("City of God", 2002), 603: ("The Matrix", 1999),
    629: ("The Usual Suspects", 1995), 680: ("Pulp Fiction", 1994), 694: ("The Shining", 1980),
    769: ("GoodFellas", 1990), 807: ("Se7en", 1995), 857: ("Saving Private Ryan", 1998),
    872: ("Singin' in the Rain", 1952), 901: ("City Lights", 1931), 914: ("The Great Dictator", 1940),
    935: ("Dr. Strangelove", 1964), 947: ("Lawrence of Arabia", 1962), 949: ("Heat", 1995),
    27205: ("Inception", 2010), 157336: ("Interstellar", 2014), 496243: ("Parasite", 2019),
}  # fmt: skip
# Films that nobody will ever see, some of them still to come.
MADE_UP = {
    901_000_000 + number: (f"{first} {second}", 2024 + number % 4)
    for number, (first, second) in enumerate(
        (first, second)
        for first in ("The Quiet", "A Paper", "Seven", "The Last", "Glass", "Our")
        for second in ("Harbour", "Lanterns", "Winters", "Cartographer", "Orchard")
    )
}
FILMS = TITLES | MADE_UP
GENRES = {
    28: "Action", 12: "Adventure", 16: "Animation", 35: "Comedy", 80: "Crime", 99: "Documentary",
    18: "Drama", 10751: "Family", 14: "Fantasy", 36: "History", 27: "Horror", 10402: "Music",
    9648: "Mystery", 10749: "Romance", 878: "Science Fiction", 10770: "TV Movie", 53: "Thriller",
    10752: "War", 37: "Western",
}  # fmt: skip
FIRST_NAMES = ("Ada", "Bela", "Chiara", "Dmitri", "Esi", "Farid", "Greta", "Hugo", "Ines", "Jun")
LAST_NAMES = ("Abara", "Brandt", "Castellan", "Dvorak", "Engstrom", "Fontane", "Garrick", "Hale")
KEYWORDS = ("friendship", "betrayal", "road trip", "small town", "heist", "time travel", "island")
CREW = (
    ("Director", "Directing"),
    ("Screenplay", "Writing"),
    ("Producer", "Production"),
    ("Original Music Composer", "Sound"),
    ("Director of Photography", "Camera"),
)
FIRST_PERSON, PEOPLE = 880_000, len(FIRST_NAMES) * len(LAST_NAMES)


def exists(tmdb_id: int) -> bool:
    """Say whether the fake knows a film."""
    return tmdb_id in FILMS or tmdb_id in ENDLESS


def imdb_id(tmdb_id: int) -> str:
    """Return what IMDb would call it."""
    return f"tt{tmdb_id:07d}"


@cache
def card(tmdb_id: int) -> JSON:
    """Return a film as lists have it."""
    rng = _rng("card", tmdb_id)
    title, year = FILMS.get(tmdb_id, (f"Reel {tmdb_id}", 1990 + tmdb_id % 36))
    return {
        "adult": False,
        "backdrop_path": f"/backdrop{tmdb_id}.jpg",
        "genre_ids": rng.sample(list(GENRES), rng.randint(1, 3)),
        "id": tmdb_id,
        "original_language": "en",
        "original_title": title,
        "overview": f"{title}: a story that was made up for a test, in {rng.randint(2, 9)} acts.",
        "popularity": round(rng.uniform(1, 900), 3),
        "poster_path": f"/poster{tmdb_id}.jpg",
        "release_date": f"{year}-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}",
        "title": title,
        "video": False,
        "vote_average": round(rng.uniform(5, 9), 3),
        "vote_count": rng.randint(50, 30_000),
    }


def film(tmdb_id: int) -> JSON:
    """Return a film with what `append_to_response` adds."""
    rng = _rng("film", tmdb_id)
    found = {name: value for name, value in card(tmdb_id).items() if name != "genre_ids"}
    people = rng.sample(range(PEOPLE), 12)
    return {
        **found,
        "belongs_to_collection": {
            "id": 870_000 + tmdb_id % 1_000,
            "name": f"{found['title']} Collection",
            "poster_path": f"/collection{tmdb_id}.jpg",
            "backdrop_path": None,
        }
        if tmdb_id % 3 == 0
        else None,
        "budget": rng.randint(1, 200) * 1_000_000,
        "genres": [{"id": each, "name": GENRES[each]} for each in card(tmdb_id)["genre_ids"]],
        "homepage": f"https://films.example/{tmdb_id}",
        "imdb_id": imdb_id(tmdb_id),
        "origin_country": ["US"],
        "production_companies": [],
        "production_countries": [{"iso_3166_1": "US", "name": "United States of America"}],
        "revenue": rng.randint(1, 900) * 1_000_000,
        "runtime": rng.randint(80, 200),
        "spoken_languages": [{"english_name": "English", "iso_639_1": "en", "name": "English"}],
        "status": "Released",
        "tagline": "Made for a test.",
        "credits": {
            "cast": [
                {**person(each), "cast_id": order, "character": f"Role {order + 1}",
                 "credit_id": f"c{tmdb_id}{order}", "order": order}
                for order, each in enumerate(people[:7])
            ],
            "crew": [
                {**person(each), "credit_id": f"w{tmdb_id}{job}", "department": department, "job": job}
                for each, (job, department) in zip(people[7:], CREW, strict=True)
            ],
        },
        "images": {
            "backdrops": [_image(f"/backdrop{tmdb_id}.jpg", 1920, 1080, None)],
            "logos": [],
            "posters": [_image(f"/poster{tmdb_id}.jpg", 1000, 1500, "en")],
        },
        "keywords": {
            "keywords": [
                {"id": 860_000 + number, "name": KEYWORDS[number]}
                for number in sorted(rng.sample(range(len(KEYWORDS)), 3))
            ]
        },
        "videos": {
            "results": [
                {
                    "id": f"v{tmdb_id}",
                    "iso_639_1": "en",
                    "iso_3166_1": "US",
                    "key": f"fake_{tmdb_id}",
                    "name": "Trailer",
                    "site": "YouTube",
                    "size": 1080,
                    "type": "Trailer",
                    "official": True,
                    "published_at": "2026-01-02T03:04:05.000Z",
                }
            ]
        },
    }  # fmt: skip


def person(number: int) -> JSON:
    """Return one of the people."""
    name = f"{FIRST_NAMES[number % 10]} {LAST_NAMES[number // 10]}"
    return {
        "adult": False,
        "gender": number % 3,
        "id": FIRST_PERSON + number,
        "known_for_department": "Acting",
        "name": name,
        "original_name": name,
        "popularity": round(number / 7, 3),
        "profile_path": f"/person{number}.jpg" if number % 2 else None,
    }


def page(ids: list[int], number: int, *, kind: str = "") -> JSON:
    """Return a page of films, the rows with their kind where the real answer has it."""
    extra = {"media_type": kind} if kind else {}
    return page_of([{**card(each), **extra} for each in ids], number)


def page_of(rows: list[JSON], number: int) -> JSON:
    """Return a page of any rows."""
    return {
        "page": number,
        "results": rows[(number - 1) * PER_PAGE : number * PER_PAGE],
        "total_pages": -(-len(rows) // PER_PAGE),
        "total_results": len(rows),
    }


def answer(path: str, query: dict[str, str]) -> JSON | None:
    """Return what the real API would say to a path below `/3`; None where it has nothing."""
    number = int(query.get("page", "1"))
    listed = _lists().get(path.rstrip("/"))
    if listed is not None:
        return listed(number)
    match path.strip("/").split("/"):
        case ["search", "multi"]:
            return _searched(query.get("query", ""), number)
        case ["find", asked]:
            return _found(asked)
        case ["movie", id_, *rest] if id_.isdecimal() and exists(int(id_)):
            return _similar(int(id_), number) if rest == ["similar"] else film(int(id_))
    return None


def _lists() -> dict[str, Callable[[int], JSON]]:
    popular = _by("popularity")
    to_come = [each for each in FILMS if card(each)["release_date"] >= "2026-12"]
    dates = {"dates": {"maximum": "2027-12-31", "minimum": "2026-12-01"}}
    genres = [{"id": each, "name": name} for each, name in GENRES.items()]
    return {
        "/configuration": lambda _: configuration(),
        "/genre/movie/list": lambda _: {"genres": genres},
        "/trending/movie/week": lambda number: page(popular, number, kind="movie"),
        "/trending/movie/day": lambda number: page(popular[5:] + popular[:5], number, kind="movie"),
        "/movie/popular": lambda number: page(popular, number),
        "/movie/top_rated": lambda number: page(_by("vote_average"), number),
        "/movie/upcoming": lambda number: {**dates, **page(to_come, number)},
        "/movie/changes": lambda number: page_of(
            [{"id": each, "adult": False} for each in FILMS], number
        ),
    }


def _found(asked: str) -> JSON:
    found = [card(each) for each in FILMS if imdb_id(each) == asked]
    kinds = ("movie", "person", "tv", "tv_episode", "tv_season")
    return {f"{kind}_results": found if kind == "movie" else [] for kind in kinds}


def _similar(tmdb_id: int, number: int) -> JSON:
    wanted = set(card(tmdb_id)["genre_ids"])
    alike = [each for each in FILMS if wanted & set(card(each)["genre_ids"])]
    return page([each for each in alike if each != tmdb_id], number)


def configuration() -> JSON:
    """Return where images lie: nowhere."""
    return {
        "images": {
            "base_url": "http://images.example/t/p/",
            "secure_base_url": "https://images.example/t/p/",
            "backdrop_sizes": ["w300", "w780", "w1280", "original"],
            "logo_sizes": ["w45", "w92", "original"],
            "poster_sizes": ["w92", "w185", "w342", "w500", "original"],
            "profile_sizes": ["w45", "w185", "h632", "original"],
            "still_sizes": ["w92", "w185", "original"],
        },
        "change_keys": ["adult", "budget", "cast", "crew", "genres", "title", "videos"],
    }


def _searched(words: str, number: int) -> JSON:
    wanted = words.lower()
    rows = [
        {**card(each), "media_type": "movie"}
        for each, (title, _) in FILMS.items()
        if wanted in title.lower()
    ]
    people = (person(each) for each in range(PEOPLE))
    rows += [{**each, "media_type": "person"} for each in people if wanted in each["name"].lower()]
    return page_of(rows, number)


def _by(field: str) -> list[int]:
    return sorted(FILMS, key=lambda each: -float(card(each)[field]))


def _image(path: str, width: int, height: int, language: str | None) -> JSON:
    return {
        "aspect_ratio": round(width / height, 3),
        "height": height,
        "iso_639_1": language,
        "file_path": path,
        "vote_average": 5.3,
        "vote_count": 12,
        "width": width,
    }


def _rng(kind: str, tmdb_id: int) -> random.Random:
    return random.Random(f"{kind} {tmdb_id}")  # noqa: S311 - values for tests
