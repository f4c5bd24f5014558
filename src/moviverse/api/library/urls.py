from __future__ import annotations

from django.urls import path

from moviverse.api.library import views

urlpatterns = [
    path("user/ratings/", views.Ratings.as_view(), name="ratings"),
    path("users/ratings/", views.Ratings.as_view()),
    path("user/ratings/<int:tmdb_id>/", views.Rating.as_view(), name="rating"),
    path("users/ratings/<int:tmdb_id>/", views.Rating.as_view()),
    path("interactions/", views.Interactions.as_view(), name="interactions"),
    path("interactions/batch/", views.InteractionsBatch.as_view(), name="interactions-batch"),
]
