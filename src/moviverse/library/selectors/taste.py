"""What speaks of a person's taste, for the model that learns it."""

from __future__ import annotations

SELECTED_COUNTS_AS = 4.0  # a picked film is one that the person likes, until they rate it
# Of some people, who rated what and who picked what that they have not rated. It is a part of the
# one statement that every recommendation begins with.
SAID = """
    select user_id, movie_id, value::float8 as value, true as is_rating, rated_at as at
    from library_rating where user_id = any(%(users)s)
    union all
    select user_id, movie_id, %(selected)s::float8, false, max(happened_at)
    from library_interaction as selected
    where user_id = any(%(users)s) and type = 'select' and not exists (
        select from library_rating as rating
        where rating.user_id = selected.user_id and rating.movie_id = selected.movie_id)
    group by user_id, movie_id
"""
