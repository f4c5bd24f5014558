from __future__ import annotations

from django.urls import path

from moviverse.api.recommendations.contexts import Models, Recommend, RecommendBatch
from moviverse.api.recommendations.feedback import Feedback
from moviverse.api.recommendations.group import RecommendGroup
from moviverse.api.recommendations.neighbours import AlsoLiked, Similar
from moviverse.api.recommendations.personal import History, Receipt, Recommendations

urlpatterns = [
    path("movies/recommendations/", Recommendations.as_view(), name="recommendations"),
    path("movies/recommended/", Recommendations.as_view()),
    path("users/recommendations/", Recommendations.as_view()),
    path("recommendations/", Recommendations.as_view()),
    path("recommendations/<uuid:request_id>/", Receipt.as_view(), name="receipt"),
    path("user/recommendations/feedback/", Feedback.as_view(), name="recommendations-feedback"),
    path("user/recommendations/history/", History.as_view(), name="recommendations-history"),
    path("recommend/", Recommend.as_view(), name="recommend"),
    path("recommend/batch/", RecommendBatch.as_view(), name="recommend-batch"),
    path("recommend/group/", RecommendGroup.as_view(), name="recommend-group"),
    path("models/", Models.as_view(), name="models"),
    path("movies/<int:tmdb_id>/similar/", Similar.as_view(), name="similar"),
    path("movies/<int:tmdb_id>/recommendations/", AlsoLiked.as_view(), name="also-liked"),
]
