"""Deny by default: what anybody may do without signing in is this one list.

A view is opened with `public = True`, or `publicly_read` for its GET alone; a test compares the views with the list, so that neither
changes without the other.
"""

from __future__ import annotations

PUBLIC_OPERATIONS = frozenset(
    {
        ("GET", "/api/health/"),
        ("GET", "/health/"),
        ("GET", "/health/live/"),
        ("GET", "/health/ready/"),
        ("POST", "/api/auth/register/"),
        ("POST", "/api/auth/login/"),
        ("POST", "/api/auth/refresh/"),
        ("POST", "/api/auth/token/refresh/"),
        ("POST", "/api/auth/logout/"),
        ("POST", "/api/auth/password-reset/"),
        ("POST", "/api/auth/password-reset/confirm/"),
        ("GET", "/api/genres/"),
        ("GET", "/api/people/{person_id}/"),
        ("GET", "/api/movies/"),
        ("GET", "/api/movies/trending/"),
        ("GET", "/api/movies/popular/"),
        ("GET", "/api/movies/top-rated/"),
        ("GET", "/api/movies/upcoming/"),
        ("GET", "/api/movies/search/"),
        ("GET", "/api/search/"),
        ("GET", "/api/movies/suggest/"),
        ("GET", "/api/movies/{tmdb_id}/"),
        ("GET", "/api/movies/{tmdb_id}/similar/"),
        ("GET", "/api/movies/{tmdb_id}/recommendations/"),
        ("GET", "/api/movies/{tmdb_id}/reviews/"),
        ("POST", "/api/movies/{tmdb_id}/track-view/"),
        ("GET", "/api/recommend/"),
        ("POST", "/api/recommend/"),
        ("GET", "/api/models/"),
    }
)
