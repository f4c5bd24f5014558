from __future__ import annotations

from django.urls import path, register_converter

from moviverse.web import pages
from moviverse.web.views import (
    avatars,
    catalog,
    favicon,
    film,
    home,
    password_reset,
    posters,
    rating,
    recommend,
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
    path("login", session.login, name="login"),
    path("register", session.register, name="register"),
    path("password-reset", password_reset.ask, name="password-reset"),
    path("password-reset/confirm", password_reset.confirm, name="password-reset-confirm"),
    path("logout", session.logout, name="logout"),
    path("posters/<public_id:tmdb_id>.svg", posters.poster, name="poster"),
    path("media/avatars/<str:name>", avatars.avatar, name="avatar"),
    path("favicon.ico", favicon.favicon),
]
