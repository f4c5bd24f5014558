from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from pathlib import Path

settings.register_profile("unhurried", deadline=None)  # on a busy machine any example may take long
settings.load_profile("unhurried")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two tastes: some like the even films, dramas, and the others the odd ones, comedies."""
    rng = np.random.default_rng(0)
    lines = ["userId,movieId,rating,timestamp"]
    for user in range(1, 61):
        for film in sorted(rng.choice(30, size=14, replace=False) + 1):
            rating = 5.0 if film % 2 == user % 2 else 1.5
            lines.append(f"{user},{film},{rating},{rng.integers(1000, 9000)}")
    path = tmp_path / "tastes"
    path.mkdir()
    (path / "ratings.csv").write_text("\n".join(lines) + "\n")
    films = [
        f"{film},Film [{film}] ({1960 + film}),{('Drama', 'Comedy')[film % 2]}"
        for film in range(1, 33)
    ]
    (path / "movies.csv").write_text("movieId,title,genres\n" + "\n".join(films) + "\n")
    return path
