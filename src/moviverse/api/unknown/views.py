from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework.exceptions import NotFound

from moviverse.api.views import ApiView

if TYPE_CHECKING:
    from rest_framework.request import Request


class UnknownPath(ApiView):
    """Every path under `/api/` and `/health/` that nothing else answers."""

    public = True
    schema = None
    http_method_names = ["get", "head", "post", "put", "patch", "delete", "options", "trace"]

    def get(self, _request: Request) -> None:
        """Say that there is nothing, whatever the method."""
        raise NotFound

    post = put = patch = delete = trace = get
