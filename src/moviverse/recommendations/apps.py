from __future__ import annotations

from django.apps import AppConfig


class RecommendationsConfig(AppConfig):
    name = "moviverse.recommendations"
    label = "recommendations"
