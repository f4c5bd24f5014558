from __future__ import annotations

import pytest

from moviverse.accounts import names


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ann@Example.com", "ann@example.COM"),
        ("ann@example.com", " ann@example.com "),
        ("straße", "STRASSE"),
        ("Σίσυφος", "ΣΊΣΥΦΟΣ"),
        ("ﬁlm.fan", "film.fan"),
        ("\uff46\uff49\uff4c\uff4d", "film"),
        ("Ω", "\N{OHM SIGN}"),
        ("é", "e\N{COMBINING ACUTE ACCENT}"),
        ("ΐ", "\N{GREEK SMALL LETTER IOTA}\N{COMBINING DIAERESIS}\N{COMBINING ACUTE ACCENT}"),
        ("\N{KELVIN SIGN}ate", "kate"),
    ],
)
def test_two_spellings_of_one_name_have_one_key(one: str, other: str) -> None:
    assert names.key(one) == names.key(other)


@pytest.mark.parametrize("text", ["Ann", "straße", "\N{LATIN SMALL LIGATURE FFI}", "İ", "ŉ", "ΐ"])
def test_the_key_of_a_key_is_itself(text: str) -> None:
    assert names.key(names.key(text)) == names.key(text)


def test_the_longest_name_has_a_key_that_fits_its_column() -> None:
    for letter in map(chr, range(0x80, 0x3000)):
        name = names.normal(letter * names.LONGEST_USERNAME)
        if not names.username_faults(name):
            assert len(names.key(name)) <= names.LONGEST_KEY


@pytest.mark.parametrize("text", ["ann\0", "ann\ud800"])
def test_a_key_can_always_be_stored(text: str) -> None:
    key = names.key(text)
    assert key.encode()
    assert "\0" not in key


@pytest.mark.parametrize(
    "email", ["ann@example.com", "a.b+c@sub.example.co.uk", "a@bücher.example"]
)
def test_an_address_is_taken(email: str) -> None:
    assert names.email_faults(email) == []


@pytest.mark.parametrize(
    "email",
    [
        "",
        "ann",
        "ann@",
        "@example.com",
        "ann@example",
        "ann@@example.com",
        "ann @example.com",
        "ann@exa mple.com",
        "änn@example.com",
        "ann@exa\N{ZERO WIDTH SPACE}mple.com",
        "ann@exa\N{VARIATION SELECTOR-16}mple.com",
        "ann@exa\N{COMBINING GRAPHEME JOINER}mple.com",
        "a\N{LATIN SMALL LETTER DOTLESS I}nn@example.com",
        "ann@example.com\n",
        "a" * 250 + "@example.com",
    ],
)
def test_an_address_is_refused_with_a_reason(email: str) -> None:
    assert names.email_faults(email)


@pytest.mark.parametrize("name", ["ann", "Ann_B.c-d", "李小龙", "Жанна", "a" * 50, "007", "ñandú"])
def test_a_user_name_is_taken(name: str) -> None:
    assert names.username_faults(name) == []


@pytest.mark.parametrize(
    "name",
    [
        "",
        "ab",
        "a" * 51,
        "ann@example.com",
        "ann b",
        "ann\tb",
        "ann\N{ZERO WIDTH JOINER}b",
        "ann\N{RIGHT-TO-LEFT OVERRIDE}b",
        "ann\N{HANGUL FILLER}b",
        "ann\N{HANGUL JUNGSEONG FILLER}b",
        "ann\ud800",
        "ann/../b",
        "<script>",
        "...",
        "-_-",
        "😀😀😀",
    ],
)
def test_a_user_name_is_refused_with_a_reason(name: str) -> None:
    assert names.username_faults(name)
