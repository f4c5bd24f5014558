"""Access and refresh tokens: what they say, and when they die.

A token is a JWT (RFC 7519) signed with HS256 and a key of its own. It says whom it is for, to
which family it belongs, and the user's session stamp; the database says whether that still holds.
A refresh token is good once. Used twice it was copied, and as nobody can tell the thief from the
owner, the whole family dies.
"""

from __future__ import annotations

import hmac
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import jwt
from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.utils.crypto import salted_hmac

from moviverse.accounts.models import TokenFamily, User
from moviverse.core import errors, statements

if TYPE_CHECKING:
    from datetime import datetime, timedelta

ALGORITHM = "HS256"
LONGEST_TOKEN = 1_000  # characters, more than twice what we write
CLOCK_SKEW_SECONDS = 30  # between two machines that serve the same site

# Begins every request of a member: written out, since composing it takes longer than its answer.
COLUMNS = User._meta.concrete_fields  # noqa: SLF001 - Django's public name for it
FIELDS = [each.attname for each in COLUMNS]
BEARER = f"""
    select {", ".join(f"bearer.{each.column}" for each in COLUMNS)}
    from accounts_user as bearer join accounts_tokenfamily as family on family.user_id = bearer.id
    where bearer.id = %s and family.id = %s
"""  # noqa: S608 - the model's own columns

Use = Literal["access", "refresh"]


class TokenRefused(errors.AuthenticationFailed):
    """The token is not ours, has expired, or was revoked. Which of them is not told."""

    message = "The token is not valid or has expired."


@dataclass(frozen=True)
class Grant:
    """What a pair of tokens says. It is no secret: only with the key does it make tokens.

    `issued_at` is in seconds since 1970; `serial` is the `jti` of both tokens.
    """

    user: uuid.UUID
    family: uuid.UUID
    serial: uuid.UUID
    stamp: int
    issued_at: int


@dataclass(frozen=True)
class TokenPair:
    access: str
    refresh: str


def issue(*, user: User, now: datetime) -> TokenPair:
    """Begin a family for `user` and return its first pair."""
    return sign(begin(user=user, now=now))


@transaction.atomic
def begin(*, user: User, now: datetime) -> Grant:
    """Begin a family for `user`; forget those of theirs that have run out."""
    TokenFamily.objects.filter(user=user, expires_at__lte=now).delete()
    family = TokenFamily.objects.create(
        user=user, current=uuid.uuid4(), expires_at=now + settings.JWT_REFRESH_LIFETIME
    )
    return _grant(family, stamp=user.session_stamp, now=now)


def sign(grant: Grant) -> TokenPair:
    """Return the tokens that say `grant`: the same ones every time."""
    return TokenPair(
        access=_write(grant, use="access", expires_at=_expiry(grant, use="access")),
        refresh=_write(grant, use="refresh", expires_at=_expiry(grant, use="refresh")),
    )


def rotate(*, refresh: str, now: datetime) -> TokenPair:
    """Exchange a refresh token for a new pair.

    The row is locked, so that of any number at the same time one comes first; the others then
    present a token that has been used.

    Raises:
        TokenRefused: the token does not hold. If it was used before, its family is dead now.
    """
    grant = _read(refresh, use="refresh", now=now)
    with transaction.atomic():
        family = (
            TokenFamily.objects.select_for_update(of=("self",))
            .select_related("user")
            .filter(id=grant.family, user_id=grant.user)
            .first()
        )
        if family and not (family.current == grant.serial and _holds(grant, family.user)):
            family.delete()
            family = None
        if family:
            family.current = uuid.uuid4()
            family.expires_at = now + settings.JWT_REFRESH_LIFETIME
            family.save(update_fields=["current", "expires_at"])
    if family is None:  # raised out here: the deletion must be committed
        raise TokenRefused
    return sign(_grant(family, stamp=grant.stamp, now=now))


def revoke(*, refresh: str, now: datetime) -> None:
    """Log out: end the family of a refresh token, with its access tokens. Twice is as good as once.

    Raises:
        TokenRefused: it is not a refresh token of ours, or has expired.
    """
    grant = _read(refresh, use="refresh", now=now)
    TokenFamily.objects.filter(id=grant.family, user_id=grant.user).delete()


@transaction.atomic
def revoke_all(*, user: User) -> None:
    """End every session of `user`, those of the pages too."""
    User.objects.filter(id=user.id).update(session_stamp=F("session_stamp") + 1)
    TokenFamily.objects.filter(user=user).delete()


def user_of(*, access: str, now: datetime) -> User:
    """Return whom an access token is for, with one query.

    Raises:
        TokenRefused: the token does not hold.
    """
    grant = _read(access, use="access", now=now)
    rows = statements.fetched(BEARER, [grant.user, grant.family])
    if not rows:
        raise TokenRefused
    user = User.from_db(connection.alias, FIELDS, rows[0])
    if not _holds(grant, user):
        raise TokenRefused
    return user


def _holds(grant: Grant, user: User) -> bool:
    return user.is_active and user.session_stamp == grant.stamp


def _grant(family: TokenFamily, *, stamp: int, now: datetime) -> Grant:
    return Grant(
        user=family.user_id,
        family=family.id,
        serial=family.current,
        stamp=stamp,
        issued_at=int(now.timestamp()),
    )


def _lifetime(use: Use) -> timedelta:
    lifetime: timedelta = (
        settings.JWT_ACCESS_LIFETIME if use == "access" else settings.JWT_REFRESH_LIFETIME
    )
    return lifetime


def _expiry(grant: Grant, *, use: Use) -> int:
    return grant.issued_at + int(_lifetime(use).total_seconds())


def _write(grant: Grant, *, use: Use, expires_at: int) -> str:
    claims = {
        "use": use,
        "sub": str(grant.user),
        "fam": str(grant.family),
        "jti": str(grant.serial),
        "stamp": grant.stamp,
        "iat": grant.issued_at,
        "exp": expires_at,
    }
    return jwt.encode(claims, _key(), algorithm=ALGORITHM)


def _read(token: str, *, use: Use, now: datetime) -> Grant:
    """Return what `token` says if it is ours, for `use`, and of this time.

    A token that we would not have written ourselves, byte for byte, is not ours. That one
    comparison refuses every other header, additional or missing claims, numbers written as text,
    truth values or fractions, and second spellings of the same bytes.
    """
    if len(token) > LONGEST_TOKEN:
        raise TokenRefused
    try:
        claims = jwt.decode(
            token,
            _key(),
            algorithms=[ALGORITHM],
            options={"verify_exp": False, "verify_iat": False},  # by our own clock, below
        )
        grant = Grant(
            user=uuid.UUID(claims["sub"]),
            family=uuid.UUID(claims["fam"]),
            serial=uuid.UUID(claims["jti"]),
            stamp=int(claims["stamp"]),
            issued_at=int(claims["iat"]),
        )
        expires_at = int(claims["exp"])
        ours = hmac.compare_digest(_write(grant, use=use, expires_at=expires_at), token)
    except (
        jwt.PyJWTError, LookupError, TypeError, ValueError, AttributeError, ArithmeticError,
        RecursionError,
    ) as error:  # fmt: skip
        raise TokenRefused from error
    # A lifetime that was shortened holds for tokens written before, too.
    ends_at = min(expires_at, _expiry(grant, use=use))
    if not ours or not grant.issued_at - CLOCK_SKEW_SECONDS <= now.timestamp() < ends_at:
        raise TokenRefused
    return grant


def _key() -> bytes:
    """Return 256 bits that sign tokens and nothing else."""
    return salted_hmac(
        "moviverse.accounts.tokens", "", secret=settings.SECRET_KEY, algorithm="sha256"
    ).digest()
