from __future__ import annotations

from django.urls import path

from moviverse.api.catalog.charts import Popular, TopRated, Upcoming
from moviverse.api.catalog.detail import Movie
from moviverse.api.catalog.trending import TrendingMovies
from moviverse.api.catalog.views import Genres, Movies, Person, Search, Suggest

urlpatterns = [
    path("movies/", Movies.as_view(), name="movies"),
    path("movies/trending/", TrendingMovies.as_view(), name="trending"),
    path("movies/popular/", Popular.as_view(), name="popular"),
    path("movies/top-rated/", TopRated.as_view(), name="top-rated"),
    path("movies/upcoming/", Upcoming.as_view(), name="upcoming"),
    path("movies/search/", Search.as_view(), name="search"),
    path("search/", Search.as_view()),
    path("movies/suggest/", Suggest.as_view(), name="suggest"),
    path("movies/<int:tmdb_id>/", Movie.as_view(), name="movie"),
    path("genres/", Genres.as_view(), name="genres"),
    path("people/<uuid:person_id>/", Person.as_view(), name="person"),
]
