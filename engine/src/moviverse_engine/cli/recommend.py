"""`moviverse-engine recommend`: ask a published model, and hear why."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from moviverse_engine import rerank
from moviverse_engine.cli import options, published, reasons, sources, terminal
from moviverse_engine.interactions import history

if TYPE_CHECKING:
    from pathlib import Path

_LIKED = 5.0
_CANDIDATES = 10  # times k, for diversity to choose from


@click.command()
@options.models_dir
@click.option("--model", "model_name", required=True, help="Name of the model, in any case.")
@click.option(
    "--history",
    "rated",
    help="Films that were liked, or rated: 603,550:4.5,13; the oldest first.",
)
@click.option("--explain", is_flag=True, help="Say of which parts each score is the sum.")
@click.option("-k", type=click.IntRange(1, 1000), default=10, show_default=True)
@click.option(
    "--diversity",
    type=click.FloatRange(0, 1),
    default=0.0,
    show_default=True,
    help="From 0, the best by score, to 1, as different as can be.",
)
@click.option("--data", "data_path", type=options.PATH, help="Where to look up titles instead.")
def recommend(
    *,
    models_dir: Path,
    model_name: str,
    rated: str | None,
    explain: bool,
    k: int,
    diversity: float,
    data_path: Path | None,
) -> None:
    """Recommend films to somebody who liked or rated some, and say why.

    Without --history it answers as to somebody new.
    """
    ratings = _ratings(rated)
    found = published.read(models_dir, model_name)
    model, titles = found.model, found.titles
    if data_path:
        titles |= {f.movie_id: sources.titled(f) for f in sources.films(data_path, strict=False)}
    person, unknown = history(model.items, ratings)
    if unknown:
        names = ", ".join(str(item) for item in unknown)
        terminal.notices().print(f"[yellow]{model.name} does not know: {names}[/]")
    scores = model.score(person)[0]
    if diversity:
        if found.features is None:
            raise click.BadParameter(
                "the model was published without descriptions of films.", param_hint="--diversity"
            )
        pool = rerank.top_k(scores, k * _CANDIDATES, exclude=person.indices)
        best = rerank.mmr(scores, pool, found.features, diversity, k)
    else:
        best = rerank.top_k(scores, k, exclude=person.indices)
    answer = reasons.Answer(model, person, best, scores, titles)
    show = reasons.explained if explain else reasons.listed
    terminal.answers().print(show(answer, title=f"{model.name} {found.version}"))


def _ratings(text: str | None) -> dict[int, float]:
    """Read `603,550:4.5`: a film alone was liked."""
    ratings = {}
    for part in (text or "").split(","):
        if part.strip():
            film, colon, rating = part.partition(":")
            try:
                ratings[_film(film)] = float(rating) if colon else _LIKED
            except ValueError:
                raise click.BadParameter(
                    f"{part.strip()!r} is not ID or ID:RATING.", param_hint="--history"
                ) from None
    return ratings


def _film(text: str) -> int:
    film = int(text)
    if not -(2**63) <= film < 2**63:
        raise ValueError(text)
    return film
