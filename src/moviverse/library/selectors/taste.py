"""What a person likes, as every recommendation begins: one statement, answered from indexes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moviverse.core import statements

if TYPE_CHECKING:
    from moviverse.accounts.models import User

SELECTED_COUNTS_AS = 4.0  # a picked film is one that the person likes, until they rate it
# One statement, since every recommendation begins with it; the oldest first, for models of order.
HISTORY = """
    select movie_id, value, is_rating from (
        select movie_id, value::float8 as value, true as is_rating, rated_at as at
        from library_rating where user_id = %(user)s
        union all
        select movie_id, %(selected)s::float8, false, max(happened_at) as at
        from library_interaction as selected
        where user_id = %(user)s and type = 'select' and not exists (
            select from library_rating as rating
            where rating.user_id = selected.user_id and rating.movie_id = selected.movie_id)
        group by movie_id
    ) as said
    order by at, movie_id
"""


def history(*, user: User) -> list[tuple[int, float, bool]]:
    """Return (film, rating, whether it was rated or picked) of a person, the oldest first.

    It takes one query.
    """
    rows = statements.fetched(HISTORY, {"user": user.pk, "selected": SELECTED_COUNTS_AS})
    return [(movie_id, value, rated) for movie_id, value, rated in rows]
