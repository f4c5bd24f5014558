"""Films by title: spelt alike, with or without their article, or nearly."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rapidfuzz import fuzz, process

from moviverse.catalog.folding import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from moviverse.catalog.selectors import Titles

ARTICLES = frozenset({"the", "a", "an"})  # left out by people who write English
# Moved to the end by MovieLens and by libraries: "Avventura, L'".
MOVED = re.compile(
    r"^(?P<rest>.+), (?P<article>the|an?|l[aeo']|les|une?|il|lo|i|gli|el|los|las|der|die|das|eine?"
    r"|det|den|en|ett|het|een|os?|as|uma?)$",
    re.IGNORECASE,
)
NUMERALS = {
    "ii": "2", "iii": "3", "iv": "4", "v": "5", "vi": "6", "vii": "7", "viii": "8", "ix": "9",
    "x": "10", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7",
    "eight": "8", "nine": "9", "ten": "10",
}  # fmt: skip
ALIKE = 80.0  # per cent, from which a title is offered
SHORTEST_MISSPELT = 6  # letters: shorter titles are near too many others
MOST_ALIKE = 8
MOST_WIDE_LOOKS = 500  # for titles without a year, which are compared with every film's
OF_THE_SAME_NAME = 50  # films of one title that are looked at


@dataclass(frozen=True, slots=True)
class Found:
    """A film whose title is like the one asked for, 0 to 1; `is_misspelt` unless it is the same."""

    film: Titles
    likeness: float
    is_misspelt: bool = False


class TitleIndex:
    """The titles of a catalogue; 50,000 films take some 40 MB, for as long as an import runs."""

    def __init__(self, films: Iterable[Titles]) -> None:
        self._same: dict[str, list[Titles]] = defaultdict(list)
        self._bare: dict[str, list[Titles]] = defaultdict(list)
        self._of_year: dict[int | None, tuple[list[str], list[Titles]]] = {}
        self._by_id: dict[int, Titles] = {}
        self._wide_looks = 0
        for film in films:
            self._by_id[film.movie_id] = film
            for text in filter(None, (film.folded, film.folded_original)):
                self._same[text].append(film)
                self._bare[bare(text)].append(film)
                texts, owners = self._of_year.setdefault(film.year, ([], []))
                texts.append(text)
                owners.append(film)

    def is_called(self, movie_id: int, title: str) -> bool:
        """Tell whether a film of ours has this title."""
        film = self._by_id.get(movie_id)
        return film is not None and folded(title) in (film.folded, film.folded_original)

    def same(self, title: str) -> list[Found]:
        """Return the films of this title, and those that differ by an article or a numeral."""
        wanted = folded(title)
        found = {film.movie_id: Found(film, 1.0) for film in self._named(self._same, wanted)}
        for film in self._named(self._bare, bare(wanted)):
            found.setdefault(film.movie_id, Found(film, 0.95))
        return list(found.values())

    def alike(self, title: str, year: int | None) -> list[Found]:
        """Return films whose titles nearly read like this one, of about this year if it is known."""
        wanted = folded(title)
        found: dict[int, Found] = {}
        for texts, owners in self._shelves(year):
            near = process.extract(
                wanted, texts, scorer=fuzz.ratio, score_cutoff=ALIKE, limit=MOST_ALIKE
            )
            for text, score, place in near:
                likeness = score / 100
                if len(wanted) < SHORTEST_MISSPELT or numbers(text) != numbers(wanted):
                    likeness = min(likeness, 0.7)  # Rocky III is nearly Rocky II, and is not
                film = owners[place]
                if film.movie_id not in found or found[film.movie_id].likeness < likeness:
                    found[film.movie_id] = Found(film, likeness, is_misspelt=True)
        return list(found.values())

    def _named(self, films: dict[str, list[Titles]], title: str) -> list[Titles]:
        return films.get(title, [])[:OF_THE_SAME_NAME] if title else []

    def _shelves(self, year: int | None) -> Iterator[tuple[list[str], list[Titles]]]:
        if year is not None:
            years: Iterable[int | None] = (year, year - 1, year + 1)
        elif self._wide_looks < MOST_WIDE_LOOKS:
            self._wide_looks += 1
            years = self._of_year
        else:
            years = ()
        yield from (self._of_year[each] for each in years if each in self._of_year)


def folded(title: str) -> str:
    """Return a title as the catalogue folds it, its article in front: "Matrix, The"."""
    moved = MOVED.match(title.strip())
    if moved is None:
        return fold(title)
    article = moved["article"]
    return fold(f"{article}{'' if article.endswith(chr(39)) else ' '}{moved['rest']}")


def bare(text: str) -> str:
    """Return a folded title without its article, and with its numbers in digits."""
    words = [NUMERALS.get(word, word) for word in text.split()]
    return " ".join(words[1:] if len(words) > 1 and words[0] in ARTICLES else words)


def numbers(text: str) -> list[str]:
    """Return the numbers in a folded title: what tells parts of a series apart."""
    return [number for word in text.split() if (number := NUMERALS.get(word, word)).isdigit()]
