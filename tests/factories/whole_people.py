"""A person who has left something in every table that refers to people."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db.models import ManyToOneRel
from django.test import Client

from moviverse.accounts import services, tokens
from moviverse.accounts.models import User
from moviverse.library.models import Favorite, Interaction, Review, Viewing, WatchlistItem
from moviverse.recommendations.models import Feedback, PreparedList, Receipt
from moviverse.transfer.models import ImportRow, LibraryImport
from tests.factories import accounts, catalog, library, pictures

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import Model

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def whole_person(*, username: str, make: Callable[..., User] = accounts.administrator) -> User:
    """Return an administrator, or who `make` makes, with something of everything; one line a table."""
    user = make(username=username)
    film = catalog.film(tmdb_id=949, title="Heat")  # as the examples of the API name it
    library.rate(user, {film: 4.5}, now=NOW)
    mine = {"user": user, "movie": film}
    saved = {"user": user, "movie_id": film.pk, "title": "Heat", "added_at": NOW}
    Interaction.objects.create(**mine, type="view", happened_at=NOW)
    Favorite.objects.create(**saved)
    WatchlistItem.objects.create(**saved)
    Viewing.objects.create(**mine, progress_seconds=60, started_at=NOW, watched_at=NOW)
    Review.objects.create(**mine, text='A film\nin "blue".', created_at=NOW, updated_at=NOW)
    brought = LibraryImport.objects.create(
        user=user, source="imdb", file_name="ratings.csv", status="done", created_at=NOW
    )
    ImportRow.objects.create(
        library_import=brought, number=0, place="ratings.csv", line=2, kind="rating",
        title="Heat", outcome="matched",
    )  # fmt: skip
    receipt = Receipt.objects.create(
        user=user, model="Hybrid", model_version="1", strategy="hybrid", parameters={},
        history=[[film.pk, 4.5]], results=[[film.pk, "Heat", 0.9, 4.1, []]], created_at=NOW,
    )  # fmt: skip
    Feedback.objects.create(**mine, action="dismiss", receipt=receipt, given_at=NOW)
    PreparedList.objects.create(
        user=user, model="Hybrid", model_version="1", taste_version="", movie_ids=[film.pk],
        scores=[0.9], made_at=NOW,
    )  # fmt: skip
    user.user_permissions.add(Permission.objects.all()[0])
    LogEntry.objects.create(
        user=user,
        content_type=ContentType.objects.get_for_model(User),
        object_id=str(user.pk),
        object_repr=username,
        action_flag=CHANGE,
    )
    services.edit_profile(user=user, changes={"name": f"{username}'s name"})
    services.set_avatar(user=user, file=io.BytesIO(pictures.picture()))
    tokens.issue(user=user, now=NOW)
    Client().force_login(user)
    return User.objects.get(pk=user.pk)


def tables_of_people() -> dict[type[Model], str]:
    """Return every table that refers to people, with the column that does."""
    return {
        relation.related_model: relation.field.attname
        for relation in User._meta.get_fields(include_hidden=True)  # noqa: SLF001 - Django's documented door
        if isinstance(relation, ManyToOneRel)  # those without a name of their own as well
    }
