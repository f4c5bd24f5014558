"""Sessions of the pages that know whose they are, so that they go with the account.

Django's own keeps the person inside of a session's signed data, where no query finds them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from moviverse.accounts.models import PageSession

if TYPE_CHECKING:
    from collections.abc import Mapping


class SessionStore(DatabaseStore):
    """Keeps a session in a row with its owner; named in the settings."""

    @classmethod
    def get_model_class(cls) -> type[PageSession]:
        """Return the table."""
        return PageSession

    def create_model_instance(self, data: Mapping[str, Any]) -> PageSession:
        """Return the row of a session, with whoever is signed in by it."""
        row: Any = super().create_model_instance(dict(data))
        row.user_id = data.get(SESSION_KEY)
        return cast("PageSession", row)
