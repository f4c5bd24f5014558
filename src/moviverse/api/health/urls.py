from __future__ import annotations

from django.urls import include, path

from moviverse.api.health import views

urlpatterns = [
    path("", views.Health.as_view()),
    path("live/", views.Live.as_view()),
    path("ready/", views.Ready.as_view()),
    path("", include("moviverse.api.unknown.urls")),
]
