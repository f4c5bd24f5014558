"""The broker that carries jobs to Celery workers, from the environment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

if TYPE_CHECKING:
    from environs import Env

QUEUE = "moviverse"
LONG_QUEUE = "moviverse.long"  # of its own, so that no mail waits behind a training
AMQP = {"amqp", "amqps"}
REDIS = {"redis", "rediss"}
SOCKET = "redis+socket"
CONNECT_SECONDS = 0.5  # a request that asks for a job waits at most so long for a broker
ANSWER_SECONDS = 2.0  # longer than the worker's own blocking read, which takes a second
VISIBILITY_SECONDS = 3_600  # then Redis hands out again what a killed worker had; rows are faster


def url(env: Env) -> str:
    """Return the broker's address, or nothing: then our own workers run the jobs.

    Raises:
        ImproperlyConfigured: `CELERY_BROKER_URL` is not the address of a broker.
    """
    given = env.str("CELERY_BROKER_URL", "")
    if not given:
        return ""
    # The message never repeats the address: it holds a password.
    wrong = ImproperlyConfigured(
        "CELERY_BROKER_URL must look like redis://host:6379/1, rediss://:password@host:6379/1, "
        "redis+socket:///a/path or amqp://user:password@host:5672/vhost."
    )
    try:
        parts = urlsplit(given)
        _ = parts.port
    except ValueError as error:
        raise wrong from error
    is_socket = parts.scheme == SOCKET and bool(parts.path.strip("/"))
    is_host = parts.scheme in AMQP | REDIS and bool(parts.hostname)
    if not is_socket and not is_host:
        raise wrong
    return given


def options(broker_url: str) -> dict[str, Any]:
    """Return Celery's settings.

    A message is an id and may be lost or doubled: a job's attempts, pauses, limits and result are
    its row's. So there is no result backend, and nothing but JSON is read.
    """
    return {
        "broker_url": broker_url or None,
        "broker_transport_options": _transport(urlsplit(broker_url).scheme),
        "broker_connection_timeout": CONNECT_SECONDS,
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,  # a worker waits for its broker for ever
        "accept_content": ["json"],
        "task_serializer": "json",
        "task_ignore_result": True,
        "task_acks_late": True,
        "task_reject_on_worker_lost": True,
        "task_publish_retry": False,
        "task_default_queue": QUEUE,
        "task_routes": ("moviverse.worker.broker.route",),
        "worker_prefetch_multiplier": 1,
        "worker_cancel_long_running_tasks_on_connection_loss": False,
        "worker_soft_shutdown_timeout": 8.0,
        "worker_redirect_stdouts": False,
        "beat_scheduler": "moviverse.worker.beat:Pulse",
        "include": ["moviverse.worker.broker"],
        "timezone": "UTC",
    }


def _transport(scheme: str) -> dict[str, Any]:
    if scheme in AMQP:
        return {"confirm_publish": True}
    return {
        "socket_connect_timeout": CONNECT_SECONDS,
        "socket_timeout": ANSWER_SECONDS,
        "visibility_timeout": VISIBILITY_SECONDS,
    }
