"""Synthetic films, drawn from one generator: a seed gives the same ones again.

The film at place r is the r-th best known. Its fame goes by Zipf's law, the names of its people do
too, and the words of its title and story come from short lists: a search for "night" finds
thousands of films, as it does in a real catalogue.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.bigsite import words
from moviverse.catalog.rows import CastRow, CrewRow, MovieRow

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

LARGEST_ID = 1_300_000
FAME = 0.95  # the exponent of Zipf's law
PEOPLE_A_FILM = 1.6  # how many people there are for each film
KEYWORDS = 4_000
CAST, CREW, KEYWORDS_OF_A_FILM, SENTENCES = (6, 16), (2, 6), (2, 9), (2, 5)
NEWEST = date(2026, 10, 1)
YEARS_HALVED = 14.0  # every so many years back there are half as many films
OLDEST_YEARS = 100


def ids(count: int) -> list[int]:
    """Return the public ids of the films, the best known first."""
    rng = np.random.default_rng(0)
    drawn: list[int] = (rng.choice(LARGEST_ID, count, replace=False) + 1).tolist()
    return drawn


def fame(count: int) -> NDArray[np.float64]:
    """Return the share of all viewings that each film has, the best known first."""
    return np.diff(_zipf(count, FAME), prepend=0.0)


def main_genres(count: int) -> NDArray[np.int64]:
    """Return the place in `GENRE_SHARES` of the genre that each film is of above all."""
    rng = np.random.default_rng(1)
    shares = np.array(list(words.GENRE_SHARES.values()))
    drawn: NDArray[np.int64] = rng.choice(len(shares), count, p=shares / shares.sum())
    return drawn


def films(count: int) -> Iterator[MovieRow]:
    """Make up `count` films, the best known first."""
    rng = np.random.default_rng(2)
    of_each = main_genres(count).tolist()
    most = fame(count)[0]
    people = _people(round(count * PEOPLE_A_FILM), rng)
    stars = _zipf(len(people), 0.7)
    keywords = _keywords(rng)
    themes = _zipf(len(keywords), 0.9)
    names = list(words.GENRE_SHARES)
    drawn = zip(ids(count), of_each, (fame(count) / most).tolist(), strict=True)
    for tmdb_id, genre, known in drawn:
        title = _title(rng)
        released = _released(rng)
        is_foreign = rng.random() < 0.3
        cast = _some(rng, stars, CAST)
        crew = _some(rng, stars, CREW)
        also = rng.choice(len(names), int(rng.integers(0, 3)), replace=False).tolist()
        yield MovieRow(
            tmdb_id=tmdb_id,
            title=title,
            original_title=_foreign_title(rng) if is_foreign else title,
            imdb_id=f"tt{tmdb_id:07d}",
            overview=story(rng),
            tagline=_title(rng) if known > 0.001 else "",
            released_on=released,
            runtime_minutes=int(np.clip(rng.normal(103, 18), 60, 240)),
            language=str(rng.choice(words.LANGUAGES[1:]))
            if is_foreign
            else str(rng.choice(words.LANGUAGES, p=words.LANGUAGE_SHARES)),
            countries=("US",),
            status="Released",
            vote_average=round(float(np.clip(rng.normal(6.2, 1.1), 1, 9.6)), 1),
            vote_count=int(30_000 * known) + int(rng.integers(0, 20)),
            popularity=round(100 * known**0.8 * float(rng.uniform(0.8, 1.25)), 4),
            poster_path=f"/poster{tmdb_id}.jpg",
            genres=tuple(names[each] for each in dict.fromkeys([genre, *also])),
            keywords=tuple(keywords[each] for each in _some(rng, themes, KEYWORDS_OF_A_FILM)),
            cast=tuple(
                CastRow(people[who], people[(who * 7 + 1) % len(people)].split()[0], who + 1)
                for who in cast
            ),
            crew=tuple(
                CrewRow(people[who], *words.JOBS[place], tmdb_id=who + 1)
                for place, who in enumerate(crew[: len(words.JOBS)])
            ),
        )


def _zipf(count: int, exponent: float) -> NDArray[np.float64]:
    """Return running sums of shares by Zipf's law."""
    sums = np.cumsum(np.arange(1, count + 1, dtype=np.float64) ** -exponent)
    shares: NDArray[np.float64] = sums / sums[-1]
    return shares


def _some(
    rng: np.random.Generator, sums: NDArray[np.float64], between: tuple[int, int]
) -> list[int]:
    """Draw a few places by the shares whose running sums are given, each once."""
    drawn = np.searchsorted(sums, rng.random(int(rng.integers(*between))))
    return list(dict.fromkeys(drawn.tolist()))


def _people(count: int, rng: np.random.Generator) -> list[str]:
    lasts = [a + b for a in words.LAST_BEGINNINGS for b in words.LAST_ENDINGS]
    everybody = len(words.FIRST) * len(lasts)
    chosen = rng.choice(everybody, count, replace=count > everybody)
    return [
        f"{words.FIRST[number % len(words.FIRST)]} {lasts[number // len(words.FIRST)]}"
        for number in chosen.tolist()
    ]


def _keywords(rng: np.random.Generator) -> list[str]:
    found = list(dict.fromkeys(words.NOUNS))
    while len(found) < KEYWORDS:
        pair = f"{_one(rng, words.ADJECTIVES)} {_one(rng, words.NOUNS)}"
        if pair not in found[-50:]:
            found.append(pair)
    return list(dict.fromkeys(found))


def _title(rng: np.random.Generator) -> str:
    adjective, noun, other = (
        _one(rng, each).title() for each in (words.ADJECTIVES, words.NOUNS, words.NOUNS)
    )
    place, somebody = _one(rng, words.PLACES), _one(rng, words.FIRST)
    return (
        f"The {adjective} {noun}",
        f"The {noun} of {place}",
        f"{noun} and {other}",
        f"{adjective} {noun} in {place}",
        f"{somebody}'s {adjective} {noun}",
        f"{somebody} and the {noun}",
        f"{noun} of the {adjective} {other}",
        f"{place}, {adjective} {place}",
        f"{adjective} {noun} {int(rng.integers(2, 5))}",
        f"The {noun} {other}",
    )[int(rng.integers(10))]


def _foreign_title(rng: np.random.Generator) -> str:
    first, second = _one(rng, words.FOREIGN), _one(rng, words.FOREIGN)
    return f"{first.capitalize()} {second} {_one(rng, words.LAST_ENDINGS)}"


def story(rng: np.random.Generator) -> str:
    """Make up what happens in a film."""
    return " ".join(
        f"A {_one(rng, words.ADJECTIVES)} {_one(rng, words.NOUNS)} from {_one(rng, words.PLACES)} "
        f"{_one(rng, words.VERBS)} the {_one(rng, words.NOUNS)} of {_one(rng, words.FIRST)}, "
        f"and a {_one(rng, words.NOUNS)} {_one(rng, words.VERBS)} "
        f"the {_one(rng, words.ADJECTIVES)} {_one(rng, words.NOUNS)}."
        for _ in range(int(rng.integers(*SENTENCES)))
    )


def _one(rng: np.random.Generator, words_: Sequence[str]) -> str:
    """Draw a word: the first of a list three times as often as the last."""
    return words_[int(len(words_) * float(rng.random()) ** 1.5)]


def _released(rng: np.random.Generator) -> date:
    years = min(float(rng.exponential(YEARS_HALVED / np.log(2))), OLDEST_YEARS)
    return NEWEST - timedelta(days=round(365.25 * years) + int(rng.integers(0, 28)))
