from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone
from rest_framework import serializers
from rest_framework.response import Response

from moviverse import tmdb
from moviverse.api.schema import documented
from moviverse.api.views import ApiView
from moviverse.core import health
from moviverse.recommendations import selectors as recommendations

if TYPE_CHECKING:
    from rest_framework.request import Request

UNAVAILABLE = 503
RETRY_AFTER_SECONDS = "5"
CHECKS = {
    "database": "ok",
    "cache": "ok",
    "broker": "ok",
    "model": "ready",
    "tmdb": "not configured",
}


class ChecksSerializer(serializers.Serializer[Any]):
    """What the service stands on."""

    database = serializers.CharField(help_text="ok or away.")
    cache = serializers.CharField(help_text="ok, away, or in process where no Redis is configured.")
    broker = serializers.CharField(
        help_text="ok, away, slow when jobs wait for minutes, or embedded where no broker is configured."
    )
    model = serializers.CharField(help_text="ready or not trained.")
    tmdb = serializers.CharField(
        help_text="ok, not configured, or away when TMDb was left alone when it was last asked."
    )


class HealthSerializer(serializers.Serializer[Any]):
    """The state of the service and of what it stands on."""

    status = serializers.CharField(help_text="ok or unavailable.")
    checks = ChecksSerializer()


class StatusSerializer(serializers.Serializer[Any]):
    """One word."""

    status = serializers.CharField()


class ServiceSerializer(StatusSerializer):
    """One word and the name of the service."""

    service = serializers.CharField()


class Probe(ApiView):
    """A probe asks without a token, and as often as it likes."""

    public = True
    authentication_classes = []
    throttle_classes = []


class Health(Probe):
    """Everything that we stand on, by name."""

    @documented(
        summary="Check the service and what it stands on",
        responses={200: HealthSerializer, 503: HealthSerializer},
        examples={
            200: {"status": "ok", "checks": CHECKS},
            503: {"status": "unavailable", "checks": {**CHECKS, "database": "away"}},
        },
    )
    def get(self, _request: Request) -> Response:
        """Answer 200, or 503 when the service cannot work."""
        database = health.database()
        checks = {
            "database": database,
            "cache": health.cache_state(),
            "broker": health.broker_state(database=database, now=timezone.now()),
            "model": "ready" if recommendations.is_ready() else "not trained",
            "tmdb": tmdb.state(),
        }
        ready = database == "ok"
        body = {"status": "ok" if ready else "unavailable", "checks": checks}
        return _answer(body, ready=ready)


class Live(Probe):
    """The process answers; nothing else is asked."""

    @documented(
        summary="Check that the process is alive",
        responses=StatusSerializer,
        examples={200: {"status": "ok"}},
    )
    def get(self, _request: Request) -> Response:
        """Answer 200."""
        return Response({"status": "ok"})


class Ready(Probe):
    """Requests can be sent here."""

    @documented(
        summary="Check that requests can be served",
        responses={200: StatusSerializer, 503: StatusSerializer},
        examples={200: {"status": "ok"}, 503: {"status": "unavailable"}},
    )
    def get(self, _request: Request) -> Response:
        """Answer 200, or 503 while the database is away."""
        ready = health.database() == "ok"
        return _answer({"status": "ok" if ready else "unavailable"}, ready=ready)


class ApiHealth(ApiView):
    """The API's own health check, as its first clients know it."""

    public = True

    @documented(
        summary="Check that the API answers",
        responses=ServiceSerializer,
        examples={200: {"status": "healthy", "service": "recommendation-api"}},
    )
    def get(self, _request: Request) -> Response:
        """Answer 200."""
        return Response({"status": "healthy", "service": "recommendation-api"})


def _answer(body: dict[str, Any], *, ready: bool) -> Response:
    if ready:
        return Response(body)
    return Response(body, status=UNAVAILABLE, headers={"Retry-After": RETRY_AFTER_SECONDS})
