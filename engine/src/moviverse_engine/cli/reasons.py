"""Why a film is in a list, as people read it: parts, their shares, and what would change it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from rich.markup import escape
from rich.table import Table

from moviverse_engine.models import ablation

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray
    from rich.console import RenderableType

    from moviverse_engine.interactions import Histories
    from moviverse_engine.models import Contribution, Model
    from moviverse_engine.models.ablation import Counterfactual

_PARTS = 8  # of a score that are named; all smaller ones are one line


@dataclass(frozen=True)
class Answer:
    """A list for one person: rows, best first, and the scores of all items."""

    model: Model[Any]
    history: Histories
    best: NDArray[np.int64]
    scores: NDArray[np.float32]
    titles: Mapping[int, str]

    def film(self, row: int) -> str:
        """Return a film's title, or its id where the titles lack it."""
        film = int(self.model.items.ids[row])
        return escape(self.titles.get(film, f"film {film}"))


def listed(answer: Answer, *, title: str) -> Table:
    """Return the list without reasons."""
    table = Table(title=title)
    for heading in ("", "id", "film", "score"):
        table.add_column(heading, justify="left" if heading == "film" else "right")
    for rank, row in enumerate(answer.best.tolist(), start=1):
        film, score = str(answer.model.items.ids[row]), f"{answer.scores[row]:.4f}"
        table.add_row(str(rank), film, answer.film(row), score)
    return table


def explained(answer: Answer, *, title: str) -> Table:
    """Return the list with the parts of each score, and what it would be without a rating."""
    model = answer.model
    table = Table(title=title, caption=_caption(model), show_lines=True)
    for heading in ("", "id", "film", "why"):
        table.add_column(heading, justify="right" if heading in ("", "id") else "left")
    parts = model.explain_many(answer.history, answer.best)
    ranks = _places(answer)
    without = ablation.counterfactuals(model, answer.history, answer.best)
    for place, row in enumerate(answer.best.tolist()):
        film, score = str(model.items.ids[row]), float(answer.scores[row])
        why = _sum(answer, parts[place], score)
        then = _without(answer, without[place], ranks[place])
        if then:
            why.add_row("", "", then)
        table.add_row(str(place + 1), film, answer.film(row), why)
    return table


def _sum(answer: Answer, parts: Sequence[Contribution], score: float) -> Table:
    """Write one score as the sum of its parts."""
    grid = Table.grid(padding=(0, 1))
    grid.add_column(justify="right")
    grid.add_column(justify="right")
    grid.add_column(overflow="fold")
    for part in parts[:_PARTS]:
        grid.add_row(f"{part.value:+.4f}", _share(part.value, score), _said(answer, part))
    smaller = parts[_PARTS:]
    if smaller:
        rest = sum(part.value for part in smaller)
        grid.add_row(f"{rest:+.4f}", _share(rest, score), _smaller(len(smaller)))
    if answer.model.linear:
        total = sum(part.value for part in parts)
        grid.add_row(f"{total:.4f}", _share(total, score), f"sum; the score is {score:.4f}")
    else:
        grid.add_row(f"{score:.4f}", "", "the score")
    return grid


def _smaller(count: int) -> str:
    return f"{count} smaller part{'' if count == 1 else 's'}"


def _said(answer: Answer, part: Contribution) -> str:
    if part.kind == "prior":
        return "what everybody gets"
    if part.kind == "item":
        return answer.film(part.index)
    via = "" if part.via is None else f", as in {answer.film(part.via)}"
    return f"{part.field} {escape(part.name or '')}{via}"


def _share(value: float, score: float) -> str:
    return f"{100 * value / score:.1f} %" if score > 0 else ""


def _places(answer: Answer) -> list[int]:
    """Return each film's place by its score alone, which a diverse list does not keep."""
    scores = answer.scores.copy()
    scores[answer.history.indices] = -np.inf
    order = np.argsort(-scores, kind="stable")
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(1, len(order) + 1)
    places: list[int] = place[answer.best].tolist()
    return places


def _without(answer: Answer, found: Sequence[Counterfactual], rank: int) -> RenderableType:
    """Say where the film would rank without the ratings that change its place most."""
    worse = [each for each in found if each.rank > rank][:2]
    said = [f"without {answer.film(each.index)} {_ordinal(each.rank)}" for each in worse]
    return f"[dim]by score {_ordinal(rank)}; {', '.join(said)}[/]" if said else ""


def _ordinal(number: int) -> str:
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{'th' if number % 100 in (11, 12, 13) else ending}"


def _caption(model: Model[Any]) -> str:
    if model.linear:
        return "Parts add up to the score. 'Without' is the rank had that rating never been given."
    return (
        "Each part is what the score loses without that rating (leave-one-out); "
        "of this model parts do not add up."
    )
