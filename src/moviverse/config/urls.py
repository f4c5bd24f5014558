from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

from moviverse.api.metrics.views import metrics

urlpatterns = [
    path("admin/", admin.site.urls),
    path("api/", include("moviverse.api.urls")),
    path("health/", include("moviverse.api.health.urls")),
    path("metrics", metrics),
    path("", include("moviverse.web.urls")),
]

handler400 = "moviverse.web.errors.bad_request"
handler403 = "moviverse.web.errors.permission_denied"
handler404 = "moviverse.web.errors.page_not_found"
handler500 = "moviverse.web.errors.server_error"
handler503 = "moviverse.web.errors.unavailable"  # called by UnavailableMiddleware
