from __future__ import annotations

from django.core.cache import cache
from django.test import RequestFactory
from rest_framework.request import Request

from moviverse.api.throttling import RateLimit, ScopeThrottle
from moviverse.api.views import ApiView


class Recommends(ApiView):
    scope = "recommend"


def counted(view: ApiView, *, method: str = "GET", address: str = "192.0.2.1") -> RateLimit:
    request = RequestFactory().generic(method, "/", REMOTE_ADDR=address)
    throttle = ScopeThrottle()
    assert throttle.allow_request(Request(request), view)
    assert 0 < throttle.wait() <= 60
    limit: RateLimit = vars(request)["rate_limit"]
    return limit


def test_requests_of_one_address_and_scope_are_counted_together() -> None:
    assert [counted(ApiView()).remaining for _ in range(3)] == [1199, 1198, 1197]


def test_another_address_another_method_and_another_scope_count_for_themselves() -> None:
    counted(ApiView())
    assert counted(ApiView(), address="192.0.2.2").remaining == 1199
    assert counted(ApiView(), method="POST").remaining == counted(Recommends()).remaining == 599


def test_a_cache_that_forgets_starts_anew() -> None:
    counted(ApiView())
    cache.clear()
    assert counted(ApiView()).remaining == 1199
