from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured
from environs import Env

from moviverse.config import broker


def url(monkeypatch: pytest.MonkeyPatch, value: str) -> str:
    monkeypatch.setenv("CELERY_BROKER_URL", value)
    return broker.url(Env(eager=True))


@pytest.mark.parametrize(
    "value",
    [
        "",
        "redis://127.0.0.1:6379/1",
        "rediss://:secret@broker.example.org/1",
        "redis+socket:///run/redis.sock?virtual_host=1",
        "amqp://films:secret@broker.example.org:5672//",
        "amqps://broker.example.org",
    ],
)
def test_brokers_of_two_kinds_are_taken_and_none(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    assert url(monkeypatch, value) == value


@pytest.mark.parametrize(
    "value",
    [
        "redis",
        "redis://",
        "memory://",
        "filesystem:///tmp",
        "http://secret@broker.example.org",
        "redis+socket://",
        "redis://:secret@broker.example.org:port/1",
    ],
)
def test_any_other_is_refused_without_being_repeated(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    with pytest.raises(ImproperlyConfigured, match="must look like") as refused:
        url(monkeypatch, value)
    assert "secret" not in str(refused.value)


def test_only_redis_is_told_of_its_own_limits() -> None:
    redis = broker.options("redis://127.0.0.1/1")["broker_transport_options"]
    assert redis["socket_connect_timeout"] <= 0.5
    assert redis["socket_timeout"] > 1  # a worker's read blocks for a second
    assert broker.options("amqp://127.0.0.1")["broker_transport_options"] == {
        "confirm_publish": True
    }


def test_nothing_but_json_is_read_and_a_message_is_kept_until_its_job_was_run() -> None:
    options = broker.options("redis://127.0.0.1/1")
    assert options["accept_content"] == ["json"]
    assert options["task_acks_late"]
    assert options["worker_prefetch_multiplier"] == 1
