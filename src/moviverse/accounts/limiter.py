"""How often somebody may guess a password: first slowed, then locked.

An attempt is counted before its password is hashed, and the count is committed at once, so that
sixty guesses sent together are as many as sixty sent one by one. What is counted is what was
typed, not whom it names: if a name and an address shared one count, locking the one would tell
that the other belongs to the same person. Somebody who guesses by both gets twice the attempts,
and the numbers allow for it.
"""

from __future__ import annotations

import hashlib
import ipaddress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import F

from moviverse.core import counting, errors
from moviverse.core.models import Counter

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

IPV6_SITE_BITS = 64  # one subscriber holds all addresses of such a network


@dataclass(frozen=True)
class Rule:
    """At most `attempts` in `window_seconds`."""

    name: str
    attempts: int
    window_seconds: int


SLOWED = Rule("login-minute", attempts=5, window_seconds=60)
LOCKED = Rule("login-hour", attempts=15, window_seconds=3_600)
# One address may be a whole school, and logins that succeed are not counted against it.
CROWD = Rule("login-address", attempts=200, window_seconds=900)


class TooManyAttempts(errors.RateLimited):
    """Too many wrong passwords; the right one is refused as well until the window has passed."""

    message = "Too many attempts to sign in. Try again later."


def admit(*, account: str, address: str, now: datetime) -> None:
    """Count one attempt on `account` from `address`.

    Raises:
        TooManyAttempts: there were too many; names the seconds until the next may succeed.
    """
    refused = [
        resets_in
        for rule, key in _keys(account, address)
        for counted, resets_in in [counting.count(key, window_seconds=rule.window_seconds, now=now)]
        if counted > rule.attempts
    ]
    if refused:
        raise TooManyAttempts(retry_after_seconds=max(refused))


def forgive(*, accounts: Iterable[str], address: str) -> None:
    """Forget the attempts on an account whose owner has just proved to be it.

    Of the address only this one attempt is taken back: somebody with an account of their own must
    not wash away the guesses that they made at others'.
    """
    for account in accounts:
        counting.clear(_key(SLOWED, account, address))
        counting.clear(_key(LOCKED, account, address))
    Counter.objects.filter(key=_key(CROWD, address), count__gt=0).update(count=F("count") - 1)


def _keys(account: str, address: str) -> list[tuple[Rule, str]]:
    return [
        (SLOWED, _key(SLOWED, account, address)),
        (LOCKED, _key(LOCKED, account, address)),
        (CROWD, _key(CROWD, address)),
    ]


def _key(rule: Rule, *parts: str) -> str:
    """Return the counter's key: a digest, for names and addresses are nobody else's business."""
    *account, address = parts
    told = "\n".join([*account, _site(address)])
    return f"{rule.name}:{hashlib.sha256(told.encode()).hexdigest()}"


def _site(address: str) -> str:
    """Return who stands behind an address, however it is spelt: of IPv6, the network.

    The pages and the API must come to one count; otherwise each of them has guesses of its own.
    """
    try:
        found = ipaddress.ip_address(address.strip())
    except ValueError:
        return address  # a network already, or a Unix socket's peer
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((int(found), IPV6_SITE_BITS), strict=False))
