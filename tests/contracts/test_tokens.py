"""Tokens that we did not write, or no longer stand by: none opens anything."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
import uuid
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.utils import timezone
from django.utils.crypto import salted_hmac
from rest_framework.test import APIClient

from moviverse.accounts import services, tokens
from moviverse.accounts.models import TokenFamily, User
from tests.factories import accounts

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db

HEADER = {"alg": "HS256", "typ": "JWT"}
PUBLIC_KEY = (
    b"-----BEGIN PUBLIC KEY-----\nMFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAK\n-----END PUBLIC KEY-----\n"
)
GONE = "(left out)"  # written the same in every process, for the tests' names


@dataclass(frozen=True)
class Forger:
    """Somebody with everything to forge with, even our key: what they write must be right."""

    claims: dict[str, Any]
    key: bytes
    pair: tokens.TokenPair
    bob: User
    deleted: tokens.TokenPair
    deactivated: tokens.TokenPair

    def token(self, *, header: object = None, payload: object = None, **claims: Any) -> str:
        """Return a token signed with our key that says something else."""
        said = {**self.claims, **claims}
        said = {name: value for name, value in said.items() if value is not GONE}
        return signed(
            HEADER if header is None else header, said if payload is None else payload, self.key
        )

    def headed(self, **more: Any) -> str:
        """Return a token signed with our key, whose header says something else."""
        header = {**HEADER, **more}
        return self.token(
            header={name: value for name, value in header.items() if value is not GONE}
        )


def encoded(raw: object) -> str:
    if not isinstance(raw, bytes):
        raw = json.dumps(raw, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def signed(header: object, payload: object, key: bytes, digest: str = "sha256") -> str:
    told = f"{encoded(header)}.{encoded(payload)}"
    return f"{told}.{encoded(hmac.new(key, told.encode(), digest).digest())}"


def our_key() -> bytes:
    return salted_hmac(
        "moviverse.accounts.tokens", "", secret=settings.SECRET_KEY, algorithm="sha256"
    ).digest()


@pytest.fixture
def forger() -> Forger:
    now = timezone.now()
    ann, deactivated, deleted = accounts.member(), accounts.member(), accounts.member()
    grant = tokens.begin(user=ann, now=now)
    pairs = [tokens.issue(user=user, now=now) for user in (deleted, deactivated)]
    services.erase(user=deleted)
    User.objects.filter(id=deactivated.id).update(is_active=False)
    said = {name: str(value) for name, value in asdict(grant).items()}
    claims = {
        "use": "access",
        "sub": said["user"],
        "fam": said["family"],
        "jti": said["serial"],
        "stamp": grant.stamp,
        "iat": grant.issued_at,
        "exp": grant.issued_at + 900,
    }
    return Forger(claims, our_key(), tokens.sign(grant), accounts.member(), *pairs)


KIDS: tuple[Any, ...] = (
    "", "1", "../../../../dev/null", "/proc/sys/kernel/randomize_va_space", "x' or '1'='1",
    "key\0", 1, None, [], {}, "k" * 200,
)  # fmt: skip
HEADERS: dict[str, dict[str, Any]] = {
    **{f"alg {alg!r}": {"alg": alg} for alg in (
        "none", "None", "NONE", "nOnE", "", None, 0, True, ["HS256"], {"HS256": 1}, GONE,
        "hs256", "HS256 ", "HS384", "HS512", "RS256", "RS512", "ES256", "PS256", "EdDSA", "dir",
    )},
    **{f"kid {kid!r}"[:40]: {"kid": kid} for kid in KIDS},
    "jku": {"jku": "https://attacker.example/keys.json"},
    "x5u": {"x5u": "https://attacker.example/key.pem"},
    "x5c": {"x5c": ["MIIB"]},
    "jwk": {"jwk": {"kty": "oct", "k": encoded(b"x" * 32)}},
    "crit": {"crit": ["exp"]},
    "crit empty": {"crit": []},
    "b64 false": {"b64": False, "crit": ["b64"]},
    "zip": {"zip": "DEF"},
    "cty": {"cty": "JWT"},
    "typ missing": {"typ": GONE},
    "typ lower case": {"typ": "jwt"},
    "typ another": {"typ": "at+jwt"},
    "typ not text": {"typ": 7},
}  # fmt: skip

NOBODY = str(uuid.UUID(int=5))
ODD: tuple[Any, ...] = (GONE, None, "", 0, 1, -1, 1.5, True, [], {}, "x", "\0", "é" * 10, NOBODY)
EXPIRIES: tuple[Any, ...] = (
    GONE, None, True, "9999999999", "soon", "", 9e9, 1e308, float("inf"), float("nan"),
    -1, 0, -(10**30), [], {}, [9999999999],
)  # fmt: skip
MOMENTS: tuple[Any, ...] = (
    GONE, None, True, "1", "now", 1.5, 9e9, float("inf"), float("nan"), 10**30, -1, 0, [], {},
)  # fmt: skip
CLAIMS: dict[str, dict[str, Any]] = {
    **{f"sub {value!r}": {"sub": value} for value in ODD},
    **{f"fam {value!r}": {"fam": value} for value in ODD},
    **{f"jti {value!r}": {"jti": value} for value in ODD if value != NOBODY},
    **{f"use {value!r}": {"use": value} for value in (*ODD, "refresh", "ACCESS", ["access"])},
    **{f"stamp {value!r}"[:40]: {"stamp": value} for value in (
        GONE, None, True, False, "1", 1.0, 0, -1, 2, 2**31, 2**63, 10**30, [1], {"$gt": 0}, [],
    )},
    **{f"exp {value!r}"[:40]: {"exp": value} for value in EXPIRIES},
    **{f"iat {value!r}"[:40]: {"iat": value} for value in MOMENTS},
    "expired": {"iat": int(time.time()) - 901, "exp": int(time.time()) - 1},
    "expired long ago": {"iat": 1, "exp": 901},
    "not yet valid": {"iat": int(time.time()) + 3600, "exp": int(time.time()) + 4500},
    "a life that began long ago": {"iat": int(time.time()) - 31 * 86_400},
    "not before": {"nbf": int(time.time()) + 3600},
    "not before, as text": {"nbf": "tomorrow"},
    "an audience": {"aud": "moviverse"},
    "an issuer": {"iss": "moviverse"},
    "staff": {"is_staff": True},
    "roles": {"roles": ["admin"]},
    "nested JSON": {"more": {"a": {"b": {"c": [1, 2, 3]}}}},
}  # fmt: skip

PAYLOADS: dict[str, bytes] = {
    "empty": b"",
    "null": b"null",
    "a list": b"[]",
    "text": b'"access"',
    "a number": b"1",
    "an empty object": b"{}",
    "cut off": b'{"use":"access"',
    "not UTF-8": b'{"use":"\xff\xfe"}',
    "deep": b"[" * 200 + b"]" * 200,
    "a deep object": b'{"a":' * 100 + b"1" + b"}" * 100,
    "a huge number": b'{"exp":' + b"9" * 500 + b"}",
}


def whole(change: Callable[[str, str, str], str]) -> Callable[[Forger], str]:
    """Return a forgery that changes the three parts of a good token."""
    return lambda forger: change(*forger.pair.access.split("."))


def next_letter(text: str) -> str:
    """Return `text` with another last letter, of which base64 would ignore the difference."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return text[:-1] + alphabet[alphabet.index(text[-1]) ^ 1]


TOKENS: dict[str, Callable[[Forger], str]] = {
    **{
        f"header: {name}": lambda forger, more=more: forger.headed(**more)  # type: ignore[misc]  # a loop's default
        for name, more in HEADERS.items()
    },
    **{
        f"claims: {name}": lambda forger, more=more: forger.token(**more)  # type: ignore[misc]  # a loop's default
        for name, more in CLAIMS.items()
    },
    **{
        f"payload: {name}": lambda forger, raw=raw: forger.token(payload=raw)  # type: ignore[misc]  # a loop's default
        for name, raw in PAYLOADS.items()
    },
    "header: not an object": lambda forger: forger.token(header=[]),
    "header: not JSON": lambda forger: forger.token(header=b"{"),
    "header: deep": lambda forger: forger.token(header=b"[" * 300),
    "header: other order": lambda forger: forger.token(header={"typ": "JWT", "alg": "HS256"}),
    "header: with spaces": lambda forger: forger.token(header=json.dumps(HEADER).encode()),
    "payload: with spaces": lambda forger: forger.token(payload=json.dumps(forger.claims).encode()),
    "payload: a claim twice": lambda forger: forger.token(
        payload=json.dumps(forger.claims, separators=(",", ":")).encode()[:-1] + b',"use":"access"}'
    ),
    "payload: other order": lambda forger: forger.token(
        payload=dict(reversed(forger.claims.items()))
    ),
    "claims: upper case": lambda forger: forger.token(sub=forger.claims["sub"].upper() + " "),
    "claims: a bare UUID": lambda forger: forger.token(sub=forger.claims["sub"].replace("-", "")),
    "claims: a UUID in braces": lambda forger: forger.token(sub="{" + forger.claims["sub"] + "}"),
    "claims: a UUID as URN": lambda forger: forger.token(sub="urn:uuid:" + forger.claims["sub"]),
    "claims: somebody else": lambda forger: forger.token(sub=str(forger.bob.id)),
    "signature: none": whole(lambda header, payload, _: f"{header}.{payload}."),
    "signature: missing": whole(lambda header, payload, _: f"{header}.{payload}"),
    "signature: cut": whole(lambda header, payload, sign: f"{header}.{payload}.{sign[:-1]}"),
    "signature: longer": whole(lambda header, payload, sign: f"{header}.{payload}.{sign}A"),
    "signature: padded": whole(lambda header, payload, sign: f"{header}.{payload}.{sign}="),
    "signature: next letter": whole(
        lambda header, payload, sign: f"{header}.{payload}.{next_letter(sign)}"
    ),
    "signature: zeros": whole(
        lambda header, payload, _: f"{header}.{payload}.{encoded(bytes(32))}"
    ),
    "signature: of the refresh token": lambda forger: ".".join(
        [*forger.pair.access.split(".")[:2], forger.pair.refresh.split(".")[2]]
    ),
    "signature: unsigned none": lambda forger: (
        f"{encoded({'alg': 'none', 'typ': 'JWT'})}.{encoded(forger.claims)}."
    ),
    "key: empty": lambda forger: signed(HEADER, forger.claims, b""),
    "key: another": lambda forger: signed(HEADER, forger.claims, b"x" * 32),
    "key: the site's own": lambda forger: signed(
        HEADER, forger.claims, settings.SECRET_KEY.encode()
    ),
    "key: its digest": lambda forger: signed(
        HEADER, forger.claims, hashlib.sha256(settings.SECRET_KEY.encode()).digest()
    ),
    "key: a public one": lambda forger: signed(HEADER, forger.claims, PUBLIC_KEY),
    "key: a public one, as RS256": lambda forger: signed(
        {"alg": "RS256", "typ": "JWT"}, forger.claims, PUBLIC_KEY
    ),
    "HS384, well signed": lambda forger: signed(
        {"alg": "HS384", "typ": "JWT"}, forger.claims, forger.key, "sha384"
    ),
    "HS512, well signed": lambda forger: signed(
        {"alg": "HS512", "typ": "JWT"}, forger.claims, forger.key, "sha512"
    ),
    "parts: one": lambda forger: forger.pair.access.replace(".", ""),
    "parts: four": lambda forger: f"{forger.pair.access}.e30",
    "parts: five": lambda forger: f"{forger.pair.access}.e30.e30",
    "parts: dots": lambda _: "..",
    "parts: a dot first": lambda forger: f".{forger.pair.access}",
    "parts: a dot last": lambda forger: f"{forger.pair.access}.",
    "standard base64": lambda forger: forger.pair.access.replace("-", "+").replace("_", "/") + "+/",
    "empty": lambda _: "",
    "null": lambda _: "null",
    "undefined": lambda _: "undefined",
    "non-ASCII": lambda _: "é.ü.ß",
    "giant": lambda forger: forger.token(more="x" * 100_000),
    "giant header": lambda forger: forger.headed(kid="x" * 100_000),
    "giant garbage": lambda _: "A" * 500_000,
    "many dots": lambda _: "." * 50_000,
    "a deleted user's": lambda forger: forger.deleted.access,
    "a deactivated user's": lambda forger: forger.deactivated.access,
    "a refresh token": lambda forger: forger.pair.refresh,
}

# As refresh tokens these are of our own form, for a family or a stamp that is not: they renew
# nothing either, and yet a logout with them is a 204, for there is nothing left to end.
WELL_FORMED = {
    "a refresh token",
    "claims: use 'refresh'",
    "claims: somebody else",
    *(f"claims: {claim} {NOBODY!r}" for claim in ("sub", "fam")),
    *(f"claims: stamp {stamp}" for stamp in (0, -1, 2, 2**31, 2**63, 10**30)),
}

SPELLINGS: dict[str, Callable[[str], str]] = {
    "lower case": lambda good: f"bearer {good}",
    "upper case": lambda good: f"BEARER {good}",
    "two spaces": lambda good: f"Bearer  {good}",
    "a space behind": lambda good: f"Bearer {good} ",
    "a tab": lambda good: f"Bearer\t{good}",
    "no space": lambda good: f"Bearer{good}",
    "a colon": lambda good: f"Bearer: {good}",
    "an equals sign": lambda good: f"Bearer={good}",
    "quotes": lambda good: f'Bearer "{good}"',
    "angle brackets": lambda good: f"Bearer <{good}>",
    "a comma": lambda good: f"Bearer {good},",
    "twice": lambda good: f"Bearer {good}, Bearer {good}",
    "two tokens": lambda good: f"Bearer {good} {good}",
    "Bearer twice": lambda good: f"Bearer Bearer {good}",
    "no token": lambda _: "Bearer",
    "an empty token": lambda _: "Bearer ",
}
OTHER_SCHEMES: dict[str, Callable[[str], str]] = {
    "JWT": lambda good: f"JWT {good}",
    "Token": lambda good: f"Token {good}",
    "Basic": lambda good: f"Basic {base64.b64encode(good.encode()).decode()}",
    "Digest": lambda good: f'Digest username="ann", response="{good}"',
    "none": lambda good: good,
    "a space before": lambda good: f" Bearer {good}",
}


def asked(authorization: str) -> Any:
    return APIClient().get("/api/auth/me/", HTTP_AUTHORIZATION=authorization)


def assert_refused(answer: Any, code: str = "AUTHENTICATION_FAILED") -> None:
    body = answer.json()
    assert (answer.status_code, body["error"]) == (401, code)
    assert set(body) == {"error", "message", "request_id"}
    assert body["request_id"] == answer["X-Request-ID"]
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_the_forger_can_write_a_token_that_is_good(forger: Forger) -> None:
    assert forger.token() == forger.pair.access
    assert asked(f"Bearer {forger.token()}").status_code == 200


def test_more_than_a_hundred_forgeries_are_tried() -> None:
    assert len(TOKENS) + len(SPELLINGS) + len(OTHER_SCHEMES) > 100


@pytest.mark.parametrize("name", TOKENS)
def test_a_forged_token_opens_nothing(forger: Forger, name: str) -> None:
    assert_refused(asked(f"Bearer {TOKENS[name](forger)}"))


@pytest.mark.parametrize("name", SPELLINGS)
def test_a_header_of_another_spelling_opens_nothing(forger: Forger, name: str) -> None:
    assert_refused(asked(SPELLINGS[name](forger.pair.access)))


@pytest.mark.parametrize("name", OTHER_SCHEMES)
def test_a_header_of_another_scheme_says_nothing(forger: Forger, name: str) -> None:
    assert_refused(asked(OTHER_SCHEMES[name](forger.pair.access)), "NOT_AUTHENTICATED")


@pytest.mark.parametrize(
    "path", ["/api/auth/token/refresh/", "/api/auth/refresh/", "/api/auth/logout/"]
)
def test_no_forged_refresh_token_renews_or_ends_anything(forger: Forger, path: str) -> None:
    families = set(TokenFamily.objects.values_list("id", "current"))
    client = APIClient()
    as_refresh = Forger(**{**vars(forger), "claims": {**forger.claims, "use": "refresh"}})
    accepted = {}
    for name, forge in TOKENS.items():
        if name in WELL_FORMED:
            continue
        forged = forge(as_refresh)
        answer = client.post(path, {"refresh": forged}, format="json")
        malformed = not forged or len(forged) > 4096
        refusal = (400, "VALIDATION_ERROR") if malformed else (401, "AUTHENTICATION_FAILED")
        if (answer.status_code, answer.data and answer.data.get("error")) != refusal:
            accepted[name] = answer.status_code
    assert not accepted
    assert set(TokenFamily.objects.values_list("id", "current")) == families


def test_a_token_that_does_not_hold_is_refused_on_public_operations_too() -> None:
    answer = APIClient().get("/api/genres/", HTTP_AUTHORIZATION="Bearer x.y.z")
    assert_refused(answer)
