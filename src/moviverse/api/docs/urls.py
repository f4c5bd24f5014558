from __future__ import annotations

from django.urls import path

from moviverse.api.docs import views
from moviverse.api.health.views import ApiHealth

urlpatterns = [
    path("schema/", views.Schema.as_view(), name="schema"),
    path("docs/", views.Swagger.as_view(), name="docs"),
    path("docs/script.js/", views.SwaggerScript.as_view(), name="swagger-script"),
    path("redoc/", views.Redoc.as_view(), name="redoc"),
    path("health/", ApiHealth.as_view()),
]
