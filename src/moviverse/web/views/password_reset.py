"""A new password for who has forgotten theirs: asking for the link, and what the link leads to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from moviverse.accounts import password_reset
from moviverse.core import clients, errors
from moviverse.web.pages import page

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

LONGEST = 1_000  # characters of any field; what is too long by the rules is told by the service
# The token stands in this page's address. The site's origin is all that a form or a file of ours
# may tell of it; with nothing at all, the check of a form's origin would fail.
REFERRER_POLICY = "strict-origin"


class AskForm(forms.Form):
    """Whose password it is."""

    email = forms.CharField(
        max_length=LONGEST, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )


class ConfirmForm(forms.Form):
    """The link's words, and the new password."""

    uid = forms.CharField(required=False, max_length=LONGEST, widget=forms.HiddenInput)
    token = forms.CharField(required=False, max_length=LONGEST, widget=forms.HiddenInput)
    new_password = forms.CharField(
        label="New password",
        max_length=LONGEST,
        strip=False,
        help_text="At least 8 characters, and not a common one.",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


@page("GET", "HEAD", "POST")
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for an address, and say the same whatever is there."""
    form = AskForm(request.POST or None, label_suffix="")
    if form.is_valid():
        password_reset.ask(
            **form.cleaned_data, address=clients.address(request), now=timezone.now()
        )
        return render(request, "web/password_reset_sent.html")
    context = {"form": form}
    return render(request, "web/password_reset.html", context, status=400 if form.errors else 200)


@page("GET", "HEAD", "POST")
def confirm(request: HttpRequest) -> HttpResponse:
    """Ask for the new password. Only the form sets it: a scanner of mails follows links, too."""
    words = {name: request.GET.get(name, "")[:LONGEST] for name in ("uid", "token")}
    form = ConfirmForm(request.POST or None, initial=words, label_suffix="")
    if form.is_valid():
        try:
            password_reset.confirm(
                **form.cleaned_data, address=clients.address(request), now=timezone.now()
            )
        except errors.Invalid as error:
            for field, said in (error.details or {}).items():
                for sentence in said:
                    form.add_error(None if field == "token" else field, sentence)
        else:
            messages.success(request, "Your password was changed. Sign in with the new one.")
            return HttpResponseRedirect(reverse("login"))
    response = render(
        request,
        "web/password_reset_confirm.html",
        {"form": form},
        status=400 if form.errors else 200,
    )
    response["Referrer-Policy"] = REFERRER_POLICY
    return response
