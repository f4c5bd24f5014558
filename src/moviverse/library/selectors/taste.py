"""What speaks of a person's taste, and what one film is to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from moviverse.core import statements

if TYPE_CHECKING:
    from moviverse.accounts.models import User

SELECTED_COUNTS_AS = 4.0  # a film picked or made a favourite is liked, until the person rates it
# Of some people, who rated what, and who picked what or made it a favourite and has not rated it.
# It is a part of the one statement that every recommendation begins with.
SAID = """
    select user_id, movie_id, value::float8 as value, true as is_rating, rated_at as at
    from library_rating where user_id = any(%(users)s)
    union all
    select user_id, movie_id, %(selected)s::float8, false, max(at)
    from (
        select user_id, movie_id, happened_at as at
        from library_interaction where user_id = any(%(users)s) and type = 'select'
        union all
        select user_id, movie_id, added_at from library_favorite where user_id = any(%(users)s)
    ) as liked
    where not exists (
        select from library_rating as rating
        where rating.user_id = liked.user_id and rating.movie_id = liked.movie_id)
    group by user_id, movie_id
"""
# Of the same people, who watched what to its end, whatever they thought of it.
WATCHED = """
    select user_id, movie_id, watched_at as at
    from library_viewing where user_id = any(%(users)s) and is_finished
"""
STANDING = """
    select
        (select value::float8 from library_rating
         where user_id = %(user)s and movie_id = %(movie)s),
        exists (select from library_favorite where user_id = %(user)s and movie_id = %(movie)s),
        exists (select from library_watchlistitem
                where user_id = %(user)s and movie_id = %(movie)s),
        (select progress_seconds from library_viewing
         where user_id = %(user)s and movie_id = %(movie)s
         order by is_finished, watched_at desc limit 1)
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """What a film is to a person; `progress_seconds` of the viewing that they would go on with."""

    rating: float | None
    favorite: bool
    in_watchlist: bool
    progress_seconds: int | None


def standing(*, user: User, movie_id: int) -> Standing:
    """Return what a film is to a person, with one query."""
    ((rating, favorite, in_watchlist, progress),) = statements.fetched(
        STANDING, {"user": user.pk, "movie": movie_id}
    )
    return Standing(rating, favorite, in_watchlist, progress)
