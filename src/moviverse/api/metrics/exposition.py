"""The state of the site in the text that Prometheus reads.

The counts are those of all processes, as of the last seconds: see `moviverse.core.tallies`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4, CollectorRegistry, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from moviverse.api import counts
from moviverse.catalog import tmdb_usage
from moviverse.core import job_records, tallies
from moviverse.recommendations import selectors as recommendations

if TYPE_CHECKING:
    from collections.abc import Iterator

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4


class Site(Collector):
    """Everything that is told of the site."""

    def collect(self) -> Iterator[Metric]:
        """Give each family of figures."""
        yield from _cache()
        yield from _requests()
        yield from _jobs()
        yield _models()
        yield from _tmdb()


def text() -> bytes:
    """Return the figures."""
    registry = CollectorRegistry()
    registry.register(Site())
    return generate_latest(registry)


def _cache() -> Iterator[Metric]:
    answers = CounterMetricFamily(
        "moviverse_cache_answers",
        "Answers by where they came from; of outcome error: computations that failed.",
        labels=("kind", "outcome"),
    )
    for labels, value in tallies.totals("cache").items():
        answers.add_metric(labels, value)
    yield answers
    seconds = CounterMetricFamily(
        "moviverse_cache_computing_seconds", "Time that computing took.", labels=("kind",)
    )
    for labels, value in tallies.totals("cache_seconds").items():
        seconds.add_metric(labels, value)
    yield seconds


def _requests() -> Iterator[Metric]:
    requests = CounterMetricFamily(
        "moviverse_http_requests", "Requests answered.", labels=("method", "status")
    )
    for labels, value in tallies.totals(counts.REQUESTS).items():
        requests.add_metric(labels, value)
    yield requests
    durations = HistogramMetricFamily(
        "moviverse_http_request_duration_seconds", "Time to answer.", labels=("method",)
    )
    counted = tallies.totals(counts.DURATIONS)
    for (method,), seconds in tallies.totals(counts.SECONDS).items():
        buckets, so_far = [], 0.0
        for limit in (*map(str, counts.LIMITS), counts.BEYOND):
            so_far += counted.get((method, limit), 0.0)
            buckets.append((limit, so_far))
        durations.add_metric([method], buckets, sum_value=seconds)
    yield durations


def _jobs() -> Iterator[Metric]:
    jobs = GaugeMetricFamily(
        "moviverse_jobs", "Jobs that are kept, by name and state.", labels=("name", "state")
    )
    for labels, count in job_records.counts().items():
        jobs.add_metric(labels, count)
    yield jobs
    waiting = job_records.longest_wait(now=timezone.now()).total_seconds()
    yield GaugeMetricFamily(
        "moviverse_job_wait_seconds", "For how long the job waits that is due first.", waiting
    )


def _models() -> Metric:
    models = GaugeMetricFamily(
        "moviverse_model_active", "1 for the version that is served.", labels=("name", "version")
    )
    for model in recommendations.models():
        if model.version:
            models.add_metric([model.name, model.version], 1)
    return models


def _tmdb() -> Iterator[Metric]:
    """Give the calls of today: counts that begin anew each midnight, as after a restart."""
    calls = CounterMetricFamily(
        "moviverse_tmdb_calls", "Calls to TMDb of today (UTC).", labels=("endpoint", "outcome")
    )
    seconds = CounterMetricFamily(
        "moviverse_tmdb_seconds", "Time that they took.", labels=("endpoint",)
    )
    saved = CounterMetricFamily(
        "moviverse_tmdb_calls_saved", "Calls not made: the answer was known.", labels=("endpoint",)
    )
    for each in tmdb_usage.usage_today(now=timezone.now()):
        calls.add_metric([each.endpoint, "ok"], each.calls - each.errors)
        calls.add_metric([each.endpoint, "failed"], each.errors)
        seconds.add_metric([each.endpoint], each.total_milliseconds / 1_000)
        saved.add_metric([each.endpoint], each.saved)
    yield from (calls, seconds, saved)
