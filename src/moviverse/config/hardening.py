"""The signing key: given in production, made once and kept on a developer's machine."""

from __future__ import annotations

import os
import secrets
from typing import TYPE_CHECKING

from django.core.exceptions import ImproperlyConfigured

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

KEY_BYTES = 32  # 256 bits, what HS256 asks for
DISTINCT_CHARACTERS = 10  # fewer mean a word or a row of the same letter, not a random key


def kept_in(path: Path) -> str:
    """Return the key in `path` (mode 0600), making it the first time.

    Two processes that start at once agree on one key: the file is linked into place whole, and
    the one that comes second reads what the first left.

    Raises:
        ImproperlyConfigured: it can be neither made nor read, or is none.
    """
    try:
        if not path.exists():
            _make(path)
        key = path.read_text("ascii", errors="replace").strip()
    except OSError as error:
        message = f"MOVIVERSE_HOME: {error.filename} cannot be used: {error.strerror}."
        raise ImproperlyConfigured(message) from error
    if _is_weak(key) or not key.isascii():
        message = (
            f"The key in {path} is damaged. Put it back, or set SECRET_KEY; "
            "without the file another one is made, and everybody has to sign in again."
        )
        raise ImproperlyConfigured(message)
    return key


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(secrets.token_urlsafe(KEY_BYTES * 2))
        file.flush()
        os.fsync(file.fileno())  # a power cut must not leave an empty one under its name
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _is_weak(key: str) -> bool:
    return len(key.encode()) < KEY_BYTES or len(set(key)) < DISTINCT_CHARACTERS


def refuse_weak_settings(
    *, secret_key: str, debug: bool, allowed_hosts: Sequence[str], database_given: bool
) -> None:
    """Check what production must have set.

    Raises:
        ImproperlyConfigured: names every setting that is missing or unsafe.
    """
    wrong = []
    if _is_weak(secret_key):
        wrong.append(f"SECRET_KEY must be set to at least {KEY_BYTES} random bytes")
    if debug:
        wrong.append("DEBUG must be off")
    if not allowed_hosts or "*" in allowed_hosts:
        wrong.append("ALLOWED_HOSTS must name the hosts of this site")
    if not database_given:
        wrong.append("DATABASE_URL must name a PostgreSQL server")
    if wrong:
        raise ImproperlyConfigured("Unsafe for production: " + "; ".join(wrong) + ".")
