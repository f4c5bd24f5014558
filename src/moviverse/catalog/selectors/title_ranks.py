"""Titles by how well they answer some words, in memory: word by word, near misses included."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from moviverse.catalog import spelling
from moviverse.catalog.selectors.word_index import NO_LINES, SHORTEST_CORRECTED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from moviverse.catalog.selectors.word_index import WordIndex

# What is missing of a title in what was asked: nothing; small words and their order; its end;
# more than that.
VERY, WHOLE, BEGINNING, PART = range(4)
SHORTEST_JOINED = 5  # letters: fewer begin too many titles
MOST_JOINED = 100
MOST_HELD = 500  # titles in a script without spaces that hold what was asked


class Hit(NamedTuple):
    """A title that answers. The best comes first, and of equals the best known film's.

    A tuple, since a common word finds thousands, which are compared with one another.

    Attributes:
        missing: `VERY`, `WHOLE`, `BEGINNING` or `PART`.
        typos: in what was asked, half typed words too.
        line: of the index's films.
    """

    missing: int
    typos: int
    line: int

    @property
    def is_whole(self) -> bool:
        """Tell whether all of the title's words of meaning were asked for."""
        return self.missing <= WHOLE


def exact(index: WordIndex, *, folded: str, terms: Sequence[str]) -> list[Hit]:
    """Return the titles that hold all `terms`, in whichever of their spellings.

    A year beside other words may be the film's own. Words run together or torn apart are found
    too: "spiderman" and "casa blanca".
    """
    hits = {line: Hit(VERY, 0, line) for line in index.films.equal_to(folded, MOST_JOINED)}
    for hit in (*_joined(index, "".join(terms)), *_by_words(index, _as_spelt(terms))):
        hits.setdefault(hit.line, hit)
        hits[hit.line] = min(hit, hits[hit.line])
    if not hits and not folded.isascii():
        hits = {line: Hit(PART, 0, line) for line in index.films.holding(folded, MOST_HELD)}
    return sorted(hits.values())


def near(index: WordIndex, *, terms: Sequence[str]) -> list[Hit]:
    """Return the titles that hold all `terms` when typos are forgiven and words completed.

    A short word that is nowhere, such as "teh", says nothing and is passed over.
    """
    known = [term for term in terms if len(term) >= SHORTEST_CORRECTED or index.begun(term)]
    return sorted(_by_words(index, [_nearly(index, term) for term in _as_spelt(known or terms)]))


@dataclass(frozen=True, slots=True)
class _Term:
    """Words that one term may mean, with the typos that make them of it; and a year."""

    words: Mapping[str, int]
    year: int | None = None


def _as_spelt(terms: Sequence[str]) -> list[_Term]:
    return [
        _Term(
            dict.fromkeys(spelling.spellings(term, place=place), 0),
            spelling.year(term) if len(terms) > 1 else None,
        )
        for place, term in enumerate(terms)
    ]


def _nearly(index: WordIndex, term: _Term) -> _Term:
    said = next(iter(term.words))
    begun = dict.fromkeys(index.begun(said), 1) if len(said) > 1 else {}
    return _Term({**begun, **index.near(said), **term.words}, term.year)


def _joined(index: WordIndex, joined: str) -> Iterator[Hit]:
    """Give the titles that read alike without spaces, or begin so."""
    for line in index.joined.equal_to(joined, MOST_JOINED):
        yield Hit(WHOLE, 0, line)
    if len(joined) >= SHORTEST_JOINED:
        for line in index.joined.beginning_with(joined, MOST_JOINED):
            yield Hit(BEGINNING, 0, line)


def _by_words(index: WordIndex, terms: Sequence[_Term]) -> Iterator[Hit]:
    """Give the titles that hold every term."""
    postings = sorted((_posting(index, term) for term in terms), key=len)
    first, *others = postings
    begun = terms[0].words
    for line, (typos, is_word) in first.items():
        total, said = typos, is_word
        for other in others:
            if line not in other:
                break
            more, also = other[line]
            total, said = total + more, said + also
        else:
            if said >= index.lengths[line]:
                yield Hit(WHOLE, total, line)
            else:
                first_word = index.first_words[line]
                yield Hit(BEGINNING if first_word in begun else PART, total, line)


def _posting(index: WordIndex, term: _Term) -> dict[int, tuple[int, int]]:
    """Return the lines that hold a term: with how many typos, and whether as a word of theirs."""
    found: dict[int, tuple[int, int]] = {}
    if term.year is not None:
        found.update(dict.fromkeys(index.years.get(term.year, NO_LINES), (0, 0)))
    # The worst first, so that the best reading of a line is the one that stays.
    for word, typos in sorted(term.words.items(), key=lambda each: -each[1]):
        found.update(dict.fromkeys(index.lines.get(word, NO_LINES), (typos, 1)))
    return found
