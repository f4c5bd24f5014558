from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

GOOD = {
    "DJANGO_SETTINGS_MODULE": "moviverse.config.settings.prod",
    "SECRET_KEY": "q8hX2vN4zT7kLr0bY5wDmE1sGcP9aJfU3oIn6dKe",
    "ALLOWED_HOSTS": "films.example.org",
    "DATABASE_URL": "postgresql://moviverse:secret@db.example.org/moviverse",
}


def start(home: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    inherited = {name: os.environ[name] for name in ("PATH",) if name in os.environ}
    inherited["PYTHONPATH"] = os.pathsep.join(sys.path)  # the sources that are tested
    return subprocess.run(
        [sys.executable, "-m", "moviverse.cli", "where"],
        env={**inherited, "MOVIVERSE_HOME": str(home), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_production_starts_with_safe_settings(tmp_path: Path) -> None:
    started = start(tmp_path, **GOOD)
    assert started.returncode == 0, started.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", ""),
        ("SECRET_KEY", "short"),
        ("SECRET_KEY", "a" * 64),
        ("DEBUG", "true"),
        ("ALLOWED_HOSTS", ""),
        ("ALLOWED_HOSTS", "*"),
        ("DATABASE_URL", ""),
    ],
)
def test_production_refuses_an_unsafe_setting_by_its_name(
    tmp_path: Path, name: str, value: str
) -> None:
    refused = start(tmp_path, **{**GOOD, name: value})
    assert refused.returncode == 2
    assert name in refused.stderr
    assert "Traceback" not in refused.stderr
    assert value not in refused.stderr or len(value) < 20


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "eighty"),
        ("PORT", "70000"),
        ("WEB_WORKERS", "0"),
        ("TRUSTED_PROXIES", "-1"),
        ("DEBUG", "perhaps"),
        ("LOG_LEVEL", "LOUD"),
        ("JWT_ACCESS_MINUTES", "0"),
        ("CACHE_TTL_DETAIL", "long"),
        ("DATABASE_URL", "oracle://db"),
        ("DATABASE_URL", "postgresql://db:port/name"),
        ("TMDB_BASE_URL", "api.themoviedb.org"),
        ("TMDB_IMAGE_URL", "https://user:secret@images.example"),
        ("TMDB_API_KEY", "clé.secret.v4"),
        ("REDIS_URL", "localhost:6379"),
        ("REDIS_URL", "redis://:secret@cache:port/0"),
        ("PUBLIC_URL", "https://[::1"),
        ("PUBLIC_URL", "https://films.example.org:port"),
        ("THROTTLE_READ_PER_MINUTE", "0"),
        ("DJANGO_SETTINGS_MODULE", "moviverse.config.settings.production"),
    ],
)
def test_a_wrong_setting_stops_the_start_with_its_name(
    tmp_path: Path, name: str, value: str
) -> None:
    refused = start(tmp_path, **{name: value})
    assert refused.returncode == 2
    assert name in refused.stderr
    assert "Traceback" not in refused.stderr
    assert "secret" not in refused.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [("HOST", ""), ("HOST", "::1"), ("REDIS_URL", "unix:///run/redis.sock"), ("REDIS_URL", "")],
)
def test_a_setting_that_can_be_served_does_not_stop_the_start(
    tmp_path: Path, name: str, value: str
) -> None:
    started = start(tmp_path, **{name: value})
    assert started.returncode == 0, started.stderr


@pytest.mark.parametrize(
    "damaged",
    [b"", b"\0" * 86, b"short", bytes(range(128, 192))],
    ids=["empty", "zeros", "short", "binary"],
)
def test_a_damaged_key_is_named_and_not_replaced(tmp_path: Path, damaged: bytes) -> None:
    (tmp_path / "secret_key").write_bytes(damaged)
    refused = start(tmp_path)
    assert refused.returncode == 2
    assert str(tmp_path / "secret_key") in refused.stderr
    assert "Traceback" not in refused.stderr
    assert (tmp_path / "secret_key").read_bytes() == damaged


def test_a_home_that_is_no_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    refused = start(tmp_path / "file")
    assert refused.returncode == 2
    assert "MOVIVERSE_HOME" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_the_key_of_a_developers_machine_is_made_once_and_kept_private(tmp_path: Path) -> None:
    start(tmp_path)
    kept = tmp_path / "secret_key"
    first = kept.read_text()
    start(tmp_path)
    assert kept.read_text() == first
    assert len(first) >= 32
    assert kept.stat().st_mode & 0o777 == 0o600
