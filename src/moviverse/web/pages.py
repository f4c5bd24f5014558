"""What every page has in common: its methods, its errors, who may see and keep it."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme

from moviverse.core import errors
from moviverse.web import errors as fault_pages

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    from moviverse.accounts.models import User

    View = Callable[..., HttpResponseBase]

READS = ("GET", "HEAD")
LARGEST_ID = 2**63 - 1


def page(*methods: str) -> Callable[[View], View]:
    """Make a page of a view.

    An error raised on purpose becomes its page, and who is not signed in where they must be is
    sent to do so. What a member sees, and every form, is kept by nobody; what everybody sees may
    be kept, if it is asked for again each time.

    Args:
        methods: That the page takes; GET and HEAD when none is named.
    """
    taken = methods or READS

    def decorate(view: View) -> View:
        @wraps(view)
        def answered(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
            if request.method not in taken:
                refused = fault_pages.page(request, fault_pages.NOT_ALLOWED)
                refused["Allow"] = ", ".join(taken)
                return refused
            try:
                response = view(request, **kwargs)
            except errors.NotAuthenticated:
                return to_sign_in(request)
            except errors.MoviverseError as error:
                return fault_pages.answer(request, error)
            if not response.has_header("Cache-Control"):
                _keep_private(request, response)
            return response

        return answered

    return decorate


def member(request: HttpRequest) -> User:
    """Return who is signed in.

    Raises:
        NotAuthenticated: nobody is.
    """
    if not request.user.is_authenticated:
        raise errors.NotAuthenticated
    return request.user


def _keep_private(request: HttpRequest, response: HttpResponseBase) -> None:
    is_for_all = not request.user.is_authenticated and "CSRF_COOKIE" not in request.META
    patch_cache_control(response, private=True, **{"no_cache" if is_for_all else "no_store": True})
    patch_vary_headers(response, ["Cookie"])


def to_sign_in(request: HttpRequest) -> HttpResponseRedirect:
    """Send somebody to sign in; a page that can be read is where they come back to."""
    back = request.get_full_path() if request.method in READS else same_site(request)
    query = urlencode({"next": back}) if back else ""
    return HttpResponseRedirect(f"{reverse('login')}?{query}" if query else reverse("login"))


def same_site(request: HttpRequest, otherwise: str = "") -> str:
    """Return the `next` of a request if it is a path of this site, else `otherwise`."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    is_path = wanted.startswith("/") and wanted.isprintable()
    # A host of None allows none: only paths are left.
    if is_path and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        return wanted
    return otherwise


class PublicIdConverter:
    """A film's id in a path: a positive integer that the database can hold."""

    regex = "[1-9][0-9]{0,18}"

    def to_python(self, value: str) -> int:
        """Return the id.

        Raises:
            ValueError: it is larger than any; the path is then not found.
        """
        number = int(value)
        if number > LARGEST_ID:
            raise ValueError
        return number

    def to_url(self, value: int) -> str:
        """Return the path's part."""
        return str(value)
