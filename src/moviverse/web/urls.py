from __future__ import annotations

from django.urls import path, register_converter

from moviverse.web import pages
from moviverse.web.views import (
    avatars,
    catalog,
    favicon,
    film,
    home,
    keeping,
    password_reset,
    posters,
    rating,
    recommend,
    reviewing,
    search,
    session,
)

register_converter(pages.PublicIdConverter, "public_id")

urlpatterns = [
    path("", home.home, name="home"),
    path("catalog", catalog.catalog, name="catalog"),
    path("movies/<public_id:tmdb_id>", film.film, name="film"),
    path("search", search.search, name="search"),
    path("recommend", recommend.recommend, name="recommend"),
    path("reviews", rating.reviews, name="reviews"),
    path("rate/<public_id:movie_id>", rating.rate, name="rate"),
    path("movies/<public_id:movie_id>/review", reviewing.review, name="review"),
    path("favorites", keeping.favorites, name="favorites"),
    path("favorites/<public_id:movie_id>", keeping.keep_favorite, name="keep-favorite"),
    path("watchlist", keeping.watchlist, name="watchlist"),
    path("watchlist/<public_id:movie_id>", keeping.keep_on_watchlist, name="keep-on-watchlist"),
    path("history", keeping.history, name="history"),
    path("login", session.login, name="login"),
    path("register", session.register, name="register"),
    path("password-reset", password_reset.ask, name="password-reset"),
    path("password-reset/confirm", password_reset.confirm, name="password-reset-confirm"),
    path("logout", session.logout, name="logout"),
    path("posters/<public_id:tmdb_id>.svg", posters.poster, name="poster"),
    path("media/avatars/<str:name>", avatars.avatar, name="avatar"),
    path("favicon.ico", favicon.favicon),
]
