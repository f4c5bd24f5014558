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
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(KEY_BYTES * 2))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()


def refuse_weak_settings(
    *, secret_key: str, debug: bool, allowed_hosts: Sequence[str], database_given: bool
) -> None:
    """Check what production must have set.

    Raises:
        ImproperlyConfigured: names every setting that is missing or unsafe.
    """
    wrong = []
    if len(secret_key.encode()) < KEY_BYTES or len(set(secret_key)) < DISTINCT_CHARACTERS:
        wrong.append(f"SECRET_KEY must be set to at least {KEY_BYTES} random bytes")
    if debug:
        wrong.append("DEBUG must be off")
    if not allowed_hosts or "*" in allowed_hosts:
        wrong.append("ALLOWED_HOSTS must name the hosts of this site")
    if not database_given:
        wrong.append("DATABASE_URL must name a PostgreSQL server")
    if wrong:
        raise ImproperlyConfigured("Unsafe for production: " + "; ".join(wrong) + ".")
