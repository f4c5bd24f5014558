from __future__ import annotations

from django.urls import path

from moviverse.api.library import review_views, saved_views, viewing_views, views

urlpatterns = [
    path("user/ratings/", views.Ratings.as_view(), name="ratings"),
    path("users/ratings/", views.Ratings.as_view()),
    path("user/ratings/<int:tmdb_id>/", views.Rating.as_view(), name="rating"),
    path("users/ratings/<int:tmdb_id>/", views.Rating.as_view()),
    path("interactions/", views.Interactions.as_view(), name="interactions"),
    path("interactions/batch/", views.InteractionsBatch.as_view(), name="interactions-batch"),
    path("user/favorites/", saved_views.Favorites.as_view()),
    path("users/favorites/", saved_views.Favorites.as_view()),
    path("user/favorites/<str:saved_id>/", saved_views.Favorite.as_view()),
    path("users/favorites/<str:saved_id>/", saved_views.Favorite.as_view()),
    path("user/watchlist/", saved_views.Watchlist.as_view()),
    path("users/watchlist/", saved_views.Watchlist.as_view()),
    path("watchlist/", saved_views.Watchlist.as_view()),
    path("user/watchlist/<str:saved_id>/", saved_views.WatchlistItem.as_view()),
    path("users/watchlist/<str:saved_id>/", saved_views.WatchlistItem.as_view()),
    path("watchlist/<str:saved_id>/", saved_views.WatchlistFilm.as_view()),
    path("user/history/", viewing_views.History.as_view()),
    path("users/history/", viewing_views.History.as_view()),
    path("user/history/<uuid:viewing_id>/", viewing_views.HistoryEntry.as_view()),
    path("users/history/<uuid:viewing_id>/", viewing_views.HistoryEntry.as_view()),
    path("user/continue-watching/", viewing_views.ContinueWatching.as_view()),
    path("users/continue-watching/", viewing_views.ContinueWatching.as_view()),
    path("movies/<int:tmdb_id>/track-view/", viewing_views.TrackView.as_view()),
    path("movies/<int:tmdb_id>/reviews/", review_views.FilmReviews.as_view()),
    path("reviews/<uuid:review_id>/", review_views.Review.as_view()),
    path("user/reviews/", review_views.MyReviews.as_view()),
    path("users/reviews/", review_views.MyReviews.as_view()),
]
