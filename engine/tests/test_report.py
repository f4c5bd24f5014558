"""The HTML report: one file, readable without colours, with words for each plot."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from click.testing import CliRunner

from moviverse_engine.cli import main, report
from moviverse_engine.models import Popularity

if TYPE_CHECKING:
    from pathlib import Path

pytest.importorskip("matplotlib", reason='the plots need "moviverse-engine[report]"')
pytest.importorskip("jinja2", reason='the page needs "moviverse-engine[report]"')


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rng = np.random.default_rng(0)
    lines = ["userId,movieId,rating,timestamp"]
    for user in range(1, 71):
        for film in sorted(rng.choice(30, size=rng.integers(8, 25), replace=False) + 1):
            rating = 5.0 if film % 2 == user % 2 else 1.5
            lines.append(f"{user},{film},{rating},{rng.integers(1000, 9000)}")
    path = tmp_path / "<b>tastes"
    path.mkdir()
    (path / "ratings.csv").write_text("\n".join(lines) + "\n")
    films = [f"{film},Film (1990),{('Drama', 'War|Crime')[film % 2]}" for film in range(1, 31)]
    (path / "movies.csv").write_text("movieId,title,genres\n" + "\n".join(films) + "\n")
    return path


def page(folder: Path, *arguments: str) -> str:
    path = folder / "report.html"
    command = ["evaluate", "--data", str(folder), "--html", str(path), *arguments]
    result = CliRunner().invoke(main, command)
    assert result.exit_code == 0, result.output
    return path.read_text(encoding="utf-8")


@pytest.fixture
def strong(folder: Path) -> str:
    models = ["--models", "popularity,itemknn,ease", "--learning-curve"]
    return page(folder, "--protocol", "strong", *models)


def test_the_page_asks_for_nothing_from_outside(strong: str) -> None:
    addresses = re.findall(r"(?:src|href|url\(|@import)[^>\s]*?(?:https?:)?//[^\s\"')]+", strong)
    assert addresses == []
    assert "<script" not in strong
    assert "<link" not in strong


def test_every_plot_is_named_and_described_and_takes_the_colour_of_the_text(strong: str) -> None:
    plots = re.findall(r"<svg.*?</svg>", strong, re.DOTALL)
    assert len(plots) == 7  # three of accuracy, two of its cost, by history, by training people
    for plot in plots:
        root = ET.fromstring(plot)  # noqa: S314 - our own page
        assert root.get("role") == "img"
        names = {child.get("id"): child.text for child in root if child.get("id")}
        labels = (root.get("aria-labelledby") or "").split()
        assert len(labels) == 2
        assert all(names[label] for label in labels)
        assert "currentColor" in plot
        assert "#010203" not in plot
    identifiers = re.findall(r'\bid="([^"]+)"', strong)
    assert len(identifiers) == len(set(identifiers))
    for reference in re.findall(r'(?:url\(|href=")#([^")]+)', strong):
        assert reference in identifiers


def test_figures_command_seed_and_data_are_on_the_page(folder: Path, strong: str) -> None:
    assert "moviverse-engine evaluate" in strong
    assert "seed 98765" in strong
    assert re.search(r"[0-9a-f]{64}", strong)
    assert "numpy" in strong
    for metric in ("NDCG@100", "Miscalibration@20", "Gini@20", "answer p99, ms"):
        assert f">{metric}<" in strong
    assert "Holm" in strong
    assert folder.name not in strong
    assert "&lt;b&gt;tastes" in strong


def test_models_that_share_the_best_figure_are_all_marked() -> None:
    figures = {"A": (0.30001, 0.5), "B": (0.30002, 0.4), "C": (0.2, 0.6)}
    models = {
        name: {"metrics": {"NDCG@10": {"mean": ndcg}, "RMSE": {"mean": rmse}}}
        for name, (ndcg, rmse) in figures.items()
    }
    assert report.best({"models": models}) == {"NDCG@10": {"A", "B"}, "RMSE": {"B"}}


def test_the_same_figures_draw_the_same_plots(folder: Path) -> None:
    command = ["--protocol", "rating", "--models", "popularity"]
    one, two = (
        re.findall(r"<svg.*?</svg>", page(folder, *command), re.DOTALL)[0] for _ in range(2)
    )
    assert one == two


def test_errors_of_ratings_have_a_page_too(folder: Path) -> None:
    found = page(folder, "--protocol", "rating", "--models", "all")
    assert "RMSE (less is better)" in found
    assert "Coverage@20" not in found
    assert "Popularity@20" not in found


def test_people_with_histories_of_one_length_are_one_group_without_a_plot(folder: Path) -> None:
    rng = np.random.default_rng(3)
    rows = [
        f"{user},{film},4,{place}"
        for user in range(1, 30)
        for place, film in enumerate(rng.choice(20, size=5, replace=False) + 1)
    ]
    header = "userId,movieId,rating,timestamp"
    (folder / "ratings.csv").write_text("\n".join([header, *rows]) + "\n")
    assert 'id="history"' not in page(folder, "--protocol", "loo", "--models", "popularity")


def test_missing_libraries_are_told_before_the_training(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Popularity, "_fit", None)
    monkeypatch.setattr(report, "find_spec", lambda name: None if name == "jinja2" else sys)
    command = ["evaluate", "--data", str(folder), "--protocol", "loo", "--models", "popularity"]
    result = CliRunner().invoke(main, [*command, "--html", str(folder / "r.html")])
    assert result.exit_code == 2
    assert 'pip install "moviverse-engine[report]"' in result.stderr
