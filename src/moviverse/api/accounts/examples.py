"""What the OpenAPI document shows for the account's operations."""

from __future__ import annotations

PASSPHRASE = "correct horse battery staple"  # noqa: S105 - an example's
WELCOME, HELLO = "Welcome to MoviVerse.", "Signed in."
ACCESS, REFRESH = "eyJhbGciOi...access", "eyJhbGciOi...refresh"
TOKENS = {"token": ACCESS, "access": ACCESS, "refresh": REFRESH}
PROFILE_SHOWN = {
    "name": "Ann",
    "surname": "",
    "age": 31,
    "gender": "",
    "avatar_url": "",
    "locale": "en",
    "bio": "Likes noir.",
    "preferred_genres": ["Drama"],
}
USER = {
    "id": "0b5c9a52-7f5e-4a53-9d54-0a0f3f1c8f11",
    "username": "ann",
    "email": "ann@example.com",
    "date_joined": "2026-03-01T12:00:00Z",
    "is_staff": False,
    "roles": [],
    "profile": PROFILE_SHOWN,
}
ME = {"user": USER}
REGISTRATION = {
    "email": "ann@example.com",
    "username": "ann",
    "password": PASSPHRASE,
    "age": 31,
    "preferred_genres": ["Drama"],
}
REGISTERED = {"message": WELCOME, "user": USER, **TOKENS}
LOGIN = {"email": "ann@example.com", "password": PASSPHRASE}
SIGNED_IN = {"message": HELLO, "user": USER, **TOKENS}
REFRESH_BODY = {"refresh": REFRESH}
PROFILE = {"name": "Ann", "bio": "Likes noir."}
AVATAR = {"file": "(the bytes of a picture)"}
WITH_AVATAR = {
    "user": {
        **USER,
        "profile": {
            **PROFILE_SHOWN,
            "avatar_url": "/media/avatars/"
            "5f1d7a0c9b3e4f62a8c7d6e5f4031221-0c9b3e4f62a8c7d6e5f40312215f1d7a.webp",
        },
    }
}
EXPORT = {
    "exported_at": "2026-03-02T09:30:00Z",
    "account": {
        "id": USER["id"],
        "username": "ann",
        "email": "ann@example.com",
        "date_joined": "2026-03-01T12:00:00Z",
        "last_login": "2026-03-02T09:00:00Z",
        "is_staff": False,
        "roles": [],
    },
    "profile": PROFILE_SHOWN,
    "app_sessions": [{"expires_at": "2026-04-01T09:00:00Z"}],
    "browser_sessions": [],
    "ratings": [
        {
            "rated_at": "2026-03-01T21:10:00Z",
            "tmdb_id": 949,
            "movie_title": "Heat",
            "rating": 4.5,
        }
    ],
    "interactions": [],
    "favorites": [],
    "watchlist": [],
    "viewings": [],
    "reviews": [],
    "imports": [],
    "import_rows": [],
    "prepared_recommendations": [],
    "recommendations": [],
    "recommendation_feedback": [],
}
PASSWORD = {"password": PASSPHRASE}
PASSWORD_CHANGE = {"old_password": PASSPHRASE, "new_password": "four other words entirely"}
PASSWORD_CHANGED = {"message": "The password was changed. Sign in again on every device."}
PASSWORD_RESET = {"email": "ann@example.com"}
PASSWORD_RESET_SENT = {"message": "If an account has this address, a link was sent there."}
PASSWORD_RESET_CONFIRM = {
    "uid": "0b5c9a52-7f5e-4a53-9d54-0a0f3f1c8f11",
    "token": "6745a3c0-2f6b...",
    "new_password": "four other words entirely",
}
PASSWORD_WAS_RESET = {"message": "The password was changed. Sign in with the new one."}
