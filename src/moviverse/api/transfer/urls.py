from __future__ import annotations

from django.urls import path

from moviverse.api.transfer import views

urlpatterns = [
    path("user/import/", views.Imports.as_view(), name="imports"),
    path("user/import/<uuid:import_id>/", views.Import.as_view(), name="import"),
    path("user/import/<uuid:import_id>/rows/", views.ImportRows.as_view(), name="import-rows"),
    path(
        "user/import/<uuid:import_id>/rows/<uuid:row_id>/match/",
        views.Choice.as_view(),
        name="import-choice",
    ),
    path("user/import/<uuid:import_id>/apply/", views.Application.as_view(), name="import-apply"),
    path("user/import/<uuid:import_id>/undo/", views.Undoing.as_view(), name="import-undo"),
    path("user/export/", views.LibraryExport.as_view(), name="export"),
]
