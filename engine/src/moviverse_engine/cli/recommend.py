"""`moviverse-engine recommend`: ask a published model, and hear why."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click
from rich.markup import escape
from rich.table import Table

from moviverse_engine import artifact, rerank
from moviverse_engine.artifact import ArtifactDamaged
from moviverse_engine.cli import options, sources, terminal
from moviverse_engine.cli.train import FILM_FEATURES, TITLES
from moviverse_engine.features import ItemFeatures
from moviverse_engine.interactions import history
from moviverse_engine.models import registry

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from moviverse_engine.interactions import IdMap
    from moviverse_engine.models import Contribution, Model

_LIKED = 5.0
_CANDIDATES = 10  # times k, for diversity to choose from
_REASONS = 3


@click.command()
@click.option("--models-dir", type=options.PATH, required=True, help="Folder of all models.")
@click.option("--model", "model_name", required=True, help="Name of the model, in any case.")
@click.option("--likes", help="Ids of films that were liked: 1,2,3.")
@click.option("--history", "rated", help="Films with their ratings: 1:5,2:3.5.")
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
    likes: str | None,
    rated: str | None,
    k: int,
    diversity: float,
    data_path: Path | None,
) -> None:
    """Recommend films to somebody who liked or rated some, and say why.

    Without --likes and --history it answers as to somebody new.
    """
    ratings = {**_likes(likes), **_ratings(rated)}
    found = artifact.open(models_dir, registry.find(model_name).name.lower())
    model = registry.load(found.folder)
    titles = _titles(found.folder)
    if data_path:
        titles |= {f.movie_id: sources.titled(f) for f in sources.films(data_path, strict=False)}
    person, unknown = history(model.items, ratings)
    if unknown:
        names = ", ".join(str(item) for item in unknown)
        terminal.notices().print(f"[yellow]{model.name} does not know: {names}[/]")
    scores = model.score(person)[0]
    if diversity:
        features = _features(found.folder, model.items)
        pool = rerank.top_k(scores, k * _CANDIDATES, exclude=person.indices)
        best = rerank.mmr(scores, pool, features, diversity, k)
    else:
        best = rerank.top_k(scores, k, exclude=person.indices)
    reasons = model.explain_many(person, best)
    table = _table(
        model, version=found.version, best=best, scores=scores, reasons=reasons, titles=titles
    )
    terminal.answers().print(table)


def _likes(text: str | None) -> dict[int, float]:
    return {_film(part, "--likes"): _LIKED for part in (text or "").split(",") if part.strip()}


def _ratings(text: str | None) -> dict[int, float]:
    ratings = {}
    for part in (text or "").split(","):
        if part.strip():
            film, _, rating = part.partition(":")
            try:
                ratings[_film(film, "--history")] = float(rating)
            except ValueError:
                raise click.BadParameter(
                    f"{part.strip()!r} is not ID:RATING.", param_hint="--history"
                ) from None
    return ratings


def _film(text: str, option: str) -> int:
    try:
        film = int(text)
    except ValueError:
        film = 2**63
    if not -(2**63) <= film < 2**63:
        raise click.BadParameter(f"{text.strip()!r} is not a film's id.", param_hint=option)
    return film


def _titles(folder: Path) -> dict[int, str]:
    path = folder / TITLES
    if not path.exists():
        return {}
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return {int(film): str(title) for film, title in content.items()}
    except (ValueError, AttributeError) as error:
        raise ArtifactDamaged(f"{path} holds no titles.") from error


def _features(folder: Path, items: IdMap) -> ItemFeatures:
    if not (folder / FILM_FEATURES).is_dir():
        raise click.BadParameter(
            "the model was trained without descriptions of films.", param_hint="--diversity"
        )
    return ItemFeatures.load(folder / FILM_FEATURES, items=items)


def _table(
    model: Model[Any],
    *,
    version: str,
    best: NDArray[np.int64],
    scores: NDArray[np.float32],
    reasons: list[list[Contribution]],
    titles: Mapping[int, str],
) -> Table:
    def name(row: int) -> str:
        film = int(model.items.ids[row])
        return escape(titles.get(film, f"film {film}"))

    def reason(contribution: Contribution) -> str:
        share = f" {contribution.value:+.3f}"
        if contribution.kind == "prior":
            return f"liked by many{share}"
        if contribution.kind == "item":
            return f"{name(contribution.index)}{share}"
        via = "" if contribution.via is None else f" as in {name(contribution.via)}"
        return f"{contribution.field} {escape(contribution.name or '')}{via}{share}"

    table = Table(title=f"{model.name} {version}", caption="why: the strongest parts of the score")
    for heading in ("", "id", "film", "score", "why"):
        table.add_column(heading, justify="right" if heading in ("", "id", "score") else "left")
    for rank, (row, parts) in enumerate(zip(best.tolist(), reasons, strict=True), start=1):
        why = "; ".join(reason(part) for part in parts[:_REASONS])
        table.add_row(str(rank), str(model.items.ids[row]), name(row), f"{scores[row]:.4f}", why)
    return table
