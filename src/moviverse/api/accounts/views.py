from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils import timezone
from rest_framework.response import Response

from moviverse.accounts import avatars, password_reset, selectors, services, tokens
from moviverse.api.accounts import examples
from moviverse.api.accounts.serializers import (
    AccountSerializer,
    AvatarBody,
    LoginBody,
    MeSerializer,
    MessageSerializer,
    PasswordBody,
    PasswordChangeBody,
    PasswordResetBody,
    PasswordResetConfirmBody,
    ProfileBody,
    RefreshBody,
    RegistrationBody,
    SignedInSerializer,
    TokensSerializer,
)
from moviverse.api.authentication import caller
from moviverse.api.idempotency import idempotent
from moviverse.api.parsers import UploadParser
from moviverse.api.schema import documented
from moviverse.api.views import ApiView
from moviverse.core import clients

if TYPE_CHECKING:
    from rest_framework.request import Request


class TokenView(ApiView):
    """An operation whose body holds the credentials.

    The header is not looked at: clients send an access token that has expired along with the
    refresh token that would renew it, and must not be refused for the one of the other.
    """

    public = True
    authentication_classes = ()


class Register(TokenView):
    scope = "register"

    @documented(
        summary="Make an account",
        request=RegistrationBody,
        responses={201: SignedInSerializer},
        examples={"request": examples.REGISTRATION, 201: examples.REGISTERED},
        errors=("CONFLICT", "NOT_FOUND"),
    )
    def post(self, request: Request) -> Response:
        """Answer with the new account and its first tokens.

        What an `Idempotency-Key` keeps is what the tokens say, not the tokens: a copy of that
        table must open no account. Signed again, the same words make the same tokens, so a replay
        is the first answer to the letter; once they are revoked it holds nothing that works. The
        account itself is read afresh, so that nothing personal outlives it there: the replay of an
        account that was deleted is a 404.
        """
        response = self.registered(request)
        grant = _grant(response.data)
        response.data = _signed_in(examples.WELCOME, grant)
        return response

    @idempotent
    def registered(self, request: Request) -> Response:  # noqa: ARG002 - the body is read by `self.body`
        """Make the account and begin its first family of tokens."""
        now = timezone.now()
        user = services.register(**self.body(RegistrationBody), now=now)
        return Response(asdict(tokens.begin(user=user, now=now)), status=201)


class Login(TokenView):
    @documented(
        summary="Sign in",
        description=(
            "After too many wrong passwords the answer is 429 with `Retry-After`, for the right "
            "password too."
        ),
        request=LoginBody,
        responses=SignedInSerializer,
        examples={"request": examples.LOGIN, 200: examples.SIGNED_IN},
        errors=("AUTHENTICATION_FAILED",),
    )
    def post(self, request: Request) -> Response:
        """Answer with the account and a pair of tokens."""
        now = timezone.now()
        user = services.authenticate(
            **self.body(LoginBody),
            address=clients.address(request),
            now=now,
        )
        grant = tokens.begin(user=user, now=now)
        return Response(_signed_in(examples.HELLO, grant))


class Refresh(TokenView):
    @documented(
        summary="Exchange a refresh token for a new pair",
        description="The old one is dead at once. Used again, it ends the whole session.",
        request=RefreshBody,
        responses=TokensSerializer,
        examples={"request": examples.REFRESH_BODY, 200: examples.TOKENS},
        errors=("AUTHENTICATION_FAILED",),
    )
    def post(self, request: Request) -> Response:  # noqa: ARG002 - the body is read by `self.body`
        """Answer with the next pair of tokens."""
        pair = tokens.rotate(**self.body(RefreshBody), now=timezone.now())
        return Response(_pair(pair))


class Logout(TokenView):
    @documented(
        summary="Sign out here",
        description="Ends the session of this refresh token, its access tokens included.",
        request=RefreshBody,
        responses={204: None},
        examples={"request": examples.REFRESH_BODY},
        errors=("AUTHENTICATION_FAILED",),
    )
    def post(self, request: Request) -> Response:  # noqa: ARG002 - the body is read by `self.body`
        """Answer with nothing."""
        tokens.revoke(**self.body(RefreshBody), now=timezone.now())
        return Response(status=204)


class LogoutAll(ApiView):
    @documented(
        summary="Sign out everywhere",
        description="Ends every session of this account, in apps and in browsers.",
        responses={204: None},
    )
    def post(self, request: Request) -> Response:
        """Answer with nothing."""
        tokens.revoke_all(user=caller(request))
        return Response(status=204)


class Me(ApiView):
    @documented(summary="My account", responses=MeSerializer, examples={200: examples.ME})
    def get(self, request: Request) -> Response:
        """Answer with the account."""
        return Response(_me(caller(request).id))

    @documented(
        summary="Edit my profile",
        request=ProfileBody,
        responses=MeSerializer,
        examples={"request": examples.PROFILE, 200: examples.ME},
    )
    def patch(self, request: Request) -> Response:
        """Answer with the account as it is now."""
        services.edit_profile(user=caller(request), changes=self.body(ProfileBody))
        return Response(_me(caller(request).id))

    @documented(
        summary="Delete my account",
        description=(
            'Send `{"password": "..."}` as the body. Everything that is personal in the '
            "account is deleted as well. There is no way back."
        ),
        request=PasswordBody,
        responses={204: None},
        examples={"request": examples.PASSWORD},
        errors=("VALIDATION_ERROR",),
    )
    def delete(self, request: Request) -> Response:
        """Answer with nothing."""
        services.delete_account(
            user=caller(request),
            **self.body(PasswordBody),
            address=clients.address(request),
            now=timezone.now(),
        )
        return Response(status=204)


class Avatar(ApiView):
    parser_classes = (UploadParser,)
    max_body_bytes = avatars.LARGEST_BYTES

    @documented(
        summary="Set my picture",
        description=(
            "It is cut to its middle, scaled to 256 x 256 and drawn anew: nothing else that the "
            "file held is kept. `avatar_url` in the profile is where it is."
        ),
        request=AvatarBody,
        responses=MeSerializer,
        examples={"request": examples.AVATAR, 200: examples.WITH_AVATAR},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Answer with the account as it is now."""
        services.set_avatar(user=caller(request), **self.body(AvatarBody))
        return Response(_me(caller(request).id))

    @documented(
        summary="Take my picture away",
        responses={204: None},
    )
    def delete(self, request: Request) -> Response:
        """Answer with nothing, whether there was one or not."""
        services.remove_avatar(user=caller(request))
        return Response(status=204)


class PasswordChange(ApiView):
    @documented(
        summary="Change my password",
        description="Ends every session of this account, this one too.",
        request=PasswordChangeBody,
        responses=MessageSerializer,
        examples={"request": examples.PASSWORD_CHANGE, 200: examples.PASSWORD_CHANGED},
        errors=("CONFLICT",),
    )
    def post(self, request: Request) -> Response:
        """Answer with a sentence."""
        services.change_password(
            user=caller(request),
            **self.body(PasswordChangeBody),
            address=clients.address(request),
            now=timezone.now(),
        )
        return Response(examples.PASSWORD_CHANGED)


class PasswordReset(TokenView):
    @documented(
        summary="Ask for a link that sets a new password",
        description=(
            "The answer is the same whether an account has this address or not. The link is "
            "mailed; it works once and expires."
        ),
        request=PasswordResetBody,
        responses=MessageSerializer,
        examples={"request": examples.PASSWORD_RESET, 200: examples.PASSWORD_RESET_SENT},
    )
    def post(self, request: Request) -> Response:
        """Answer with a sentence."""
        password_reset.ask(
            **self.body(PasswordResetBody), address=clients.address(request), now=timezone.now()
        )
        return Response(examples.PASSWORD_RESET_SENT)


class PasswordResetConfirm(TokenView):
    @documented(
        summary="Set a new password with the link's words",
        description="Ends every session of the account. A link that does not hold is a 400.",
        request=PasswordResetConfirmBody,
        responses=MessageSerializer,
        examples={"request": examples.PASSWORD_RESET_CONFIRM, 200: examples.PASSWORD_WAS_RESET},
    )
    def post(self, request: Request) -> Response:
        """Answer with a sentence."""
        password_reset.confirm(
            **self.body(PasswordResetConfirmBody),
            address=clients.address(request),
            now=timezone.now(),
        )
        return Response(examples.PASSWORD_WAS_RESET)


def _me(user_id: UUID) -> dict[str, Any]:
    return {"user": AccountSerializer(selectors.account(user_id=user_id)).data}


def _signed_in(message: str, grant: tokens.Grant) -> dict[str, Any]:
    return {"message": message, **_me(grant.user), **_pair(tokens.sign(grant))}


def _pair(pair: tokens.TokenPair) -> dict[str, str]:
    return {"token": pair.access, "access": pair.access, "refresh": pair.refresh}


def _grant(kept: dict[str, Any]) -> tokens.Grant:
    """Return the grant from the answer's data: fresh, or as JSON has kept it."""
    return tokens.Grant(
        user=UUID(str(kept["user"])),
        family=UUID(str(kept["family"])),
        serial=UUID(str(kept["serial"])),
        stamp=kept["stamp"],
        issued_at=kept["issued_at"],
    )
