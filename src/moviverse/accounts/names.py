"""How e-mail addresses and user names are compared, and which are taken.

Two spellings that a reader or a mail server takes for the same one must not make two accounts:
both are compared after NFKC and case folding (Unicode's "compatibility caseless match", D146),
in Python rather than by the database, whose `lower()` depends on the locale it was made with.
"""

from __future__ import annotations

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

SHORTEST_USERNAME = 3
LONGEST_USERNAME = 50
LONGEST_EMAIL = 254
LONGEST_KEY = 3 * LONGEST_USERNAME  # folding makes at most three characters of one

# Characters that print nothing and yet are letters or marks (Default_Ignorable_Code_Point less
# the categories that `str.isprintable` already refuses).
INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)


def normal(text: str) -> str:
    """Return `text` in the form in which it is stored and shown."""
    return unicodedata.normalize("NFKC", text.strip())


def key(text: str) -> str:
    """Return what two spellings of the same e-mail address or user name have in common.

    What no column can hold (NUL, half of a surrogate pair) is replaced, so that a key can always
    be looked up.
    """
    storable = text.encode(errors="replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")
    # Folding may undo the normal form, and so it is made again.
    return unicodedata.normalize("NFKC", normal(storable).casefold())


def email_faults(email: str) -> list[str]:
    """Return what is wrong with an address in its normal form."""
    if len(email) > LONGEST_EMAIL:
        return [f"Use at most {LONGEST_EMAIL} characters."]
    local, _, domain = email.rpartition("@")
    try:
        validate_email(email)
    except ValidationError as error:
        return list(error.messages)
    if not local.isascii() or INVISIBLE.search(domain) or not domain.isprintable():
        return ["Enter a valid email address."]
    return []


def username_faults(username: str) -> list[str]:
    """Return what is wrong with a user name in its normal form."""
    faults = []
    if not SHORTEST_USERNAME <= len(username) <= LONGEST_USERNAME:
        faults.append(f"Use {SHORTEST_USERNAME} to {LONGEST_USERNAME} characters.")
    if INVISIBLE.search(username) or not all(
        letter.isalpha() or letter.isdecimal() or letter in "._-" for letter in username
    ):
        faults.append("Use letters, digits, dots, hyphens and underscores alone.")
    elif not any(letter.isalnum() for letter in username):
        faults.append("Use at least one letter or digit.")
    return faults
