from __future__ import annotations

from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "moviverse.core"
    label = "core"
