"""Every path of the API. `PathMiddleware` takes them without the final slash and under v1 too."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("", include("moviverse.api.docs.urls")),
    path("", include("moviverse.api.accounts.urls")),
    path("", include("moviverse.api.recommendations.urls")),  # before catalog: movies/<id>/...
    path("", include("moviverse.api.catalog.urls")),
    path("", include("moviverse.api.library.urls")),
    path("", include("moviverse.api.transfer.urls")),
    path("", include("moviverse.api.unknown.urls")),
]
