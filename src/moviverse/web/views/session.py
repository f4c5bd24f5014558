"""Coming in and going out. A session is made anew at each login, and dies with its account's stamp."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.contrib import auth, messages
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from moviverse.accounts import services as accounts
from moviverse.catalog import selectors as catalog
from moviverse.core import clients, counting, errors
from moviverse.web.pages import page, same_site

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest, HttpResponse

    from moviverse.accounts.models import User

LONGEST = 1_000  # characters of any field; what is too long by the rules is told by the service
NEW_ACCOUNTS = 20  # of one address in
HOUR_SECONDS = 3_600


class LoginForm(forms.Form):
    """Who somebody says they are."""

    identifier = forms.CharField(
        label="Email or user name",
        max_length=LONGEST,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )
    password = forms.CharField(
        max_length=LONGEST,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class RegisterForm(forms.Form):
    """What a new account needs, and what makes the first list better."""

    email = forms.CharField(
        max_length=LONGEST, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    username = forms.CharField(
        label="User name",
        max_length=LONGEST,
        help_text="3 to 50 letters, digits, dots, hyphens or underscores.",
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )
    password = forms.CharField(
        max_length=LONGEST,
        strip=False,
        help_text="At least 8 characters, and not a common one.",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    preferred_genres = forms.MultipleChoiceField(
        label="Genres that you like",
        required=False,
        help_text="Your first recommendations come from these.",
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, sent: object = None, *, genres: Sequence[str]) -> None:
        super().__init__(sent, label_suffix="")  # type: ignore[arg-type]  # request.POST
        self.fields["preferred_genres"].choices = [(name, name) for name in genres]  # type: ignore[attr-defined]  # a MultipleChoiceField


@page("GET", "HEAD", "POST")
def login(request: HttpRequest) -> HttpResponse:
    """Ask who it is, and begin a session."""
    if request.user.is_authenticated:
        return HttpResponseRedirect(same_site(request, otherwise=reverse("home")))
    form = LoginForm(request.POST or None, label_suffix="")
    if form.is_valid():
        try:
            user = accounts.authenticate(
                **form.cleaned_data, address=clients.address(request), now=timezone.now()
            )
        except errors.AuthenticationFailed as error:
            form.add_error(None, error.message)
        else:
            return _begin(request, user)
    return _asked(request, "web/login.html", form)


@page("GET", "HEAD", "POST")
def register(request: HttpRequest) -> HttpResponse:
    """Make an account and begin its first session."""
    if request.user.is_authenticated:
        return HttpResponseRedirect(same_site(request, otherwise=reverse("home")))
    form = RegisterForm(request.POST or None, genres=[genre.name for genre in catalog.genres()])
    if form.is_valid():
        _limit_new_accounts(request)
        try:
            user = accounts.register(**form.cleaned_data, now=timezone.now())
        except errors.Invalid as error:
            _tell(form, error)
        else:
            messages.success(request, "Welcome. Rate a few films and see what follows.")
            return _begin(request, user)
    return _asked(request, "web/register.html", form)


@page("POST")
def logout(request: HttpRequest) -> HttpResponse:
    """End the session."""
    auth.logout(request)
    messages.success(request, "You are signed out.")
    return HttpResponseRedirect(reverse("home"))


def _begin(request: HttpRequest, user: User) -> HttpResponse:
    """Sign somebody in under a new session key, so that one planted before is worth nothing."""
    auth.login(request, user)
    return HttpResponseRedirect(same_site(request, otherwise=reverse("home")))


def _asked(request: HttpRequest, template: str, form: forms.Form) -> HttpResponse:
    context = {"form": form, "next": same_site(request)}
    return render(request, template, context, status=400 if form.errors else 200)


def _tell(form: forms.Form, error: errors.Invalid) -> None:
    """Say beside each field what the service found wrong with it."""
    for field, said in (error.details or {}).items():
        for sentence in said:
            form.add_error(field if field in form.fields else None, sentence)
    if not error.details:
        form.add_error(None, error.message)


def _limit_new_accounts(request: HttpRequest) -> None:
    key = f"web-register:{clients.address(request)}"
    made, resets_in = counting.count(key, window_seconds=HOUR_SECONDS, now=timezone.now())
    if made > NEW_ACCOUNTS:
        raise errors.RateLimited(
            "Too many new accounts from here. Try again later.", retry_after_seconds=resets_in
        )
