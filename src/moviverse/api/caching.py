"""What a browser or a proxy may keep."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

from django.utils.cache import patch_vary_headers

if TYPE_CHECKING:
    from collections.abc import Callable

    from rest_framework.request import Request

OK = 200


def public(
    seconds: int, *, personal_when_signed_in: bool = False
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Let a good answer of a GET handler be kept; `ConditionalGetMiddleware` adds the `ETag`.

    Args:
        seconds: For how long it is fresh.
        personal_when_signed_in: The answer to a signed-in person holds something of their own, and
            stays private; the others share one.
    """

    def decorated(handler: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(handler)
        def answer(view: Any, request: Request, *args: Any, **kwargs: Any) -> Any:
            response = handler(view, request, *args, **kwargs)
            personal = personal_when_signed_in and request.user.is_authenticated
            if response.status_code == OK and not personal:
                response["Cache-Control"] = f"public, max-age={seconds}"
                if personal_when_signed_in:
                    patch_vary_headers(response, ["Authorization", "Cookie"])
            return response

        return answer

    return decorated
