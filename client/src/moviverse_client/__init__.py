"""A typed client of the MoviVerse API.

from moviverse_client import Client

with Client("http://127.0.0.1:8000") as client:
    for film in client.movies.search("heat"):
        print(film.title, film.release_year)
"""

from __future__ import annotations

from moviverse_client.accounts import Profile, User
from moviverse_client.client import Client
from moviverse_client.errors import (
    ApiError,
    Conflict,
    ConnectionFailed,
    Invalid,
    NotAuthenticated,
    NotFound,
    PaymentRequired,
    PermissionRefused,
    RateLimited,
    Unavailable,
    UnexpectedAnswer,
)
from moviverse_client.films import Movie, Reason, Recommendation, Review
from moviverse_client.library import Interaction, Rating, Saved, Viewing
from moviverse_client.movies import Genre, MovieDetail, Person, Suggestions, Trends
from moviverse_client.pages import Page
from moviverse_client.recommendations import Model, Receipt, Recommendations
from moviverse_client.transfer import Import
from moviverse_client.transport import Tokens

__all__ = [
    "ApiError",
    "Client",
    "Conflict",
    "ConnectionFailed",
    "Genre",
    "Import",
    "Interaction",
    "Invalid",
    "Model",
    "Movie",
    "MovieDetail",
    "NotAuthenticated",
    "NotFound",
    "Page",
    "PaymentRequired",
    "PermissionRefused",
    "Person",
    "Profile",
    "RateLimited",
    "Rating",
    "Reason",
    "Receipt",
    "Recommendation",
    "Recommendations",
    "Review",
    "Saved",
    "Suggestions",
    "Tokens",
    "Trends",
    "Unavailable",
    "UnexpectedAnswer",
    "User",
    "Viewing",
]
