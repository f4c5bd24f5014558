from __future__ import annotations

from django.urls import re_path

from moviverse.api.unknown import views

urlpatterns = [re_path(r"", views.UnknownPath.as_view())]
