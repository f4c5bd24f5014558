"""How facts of a film are written for a reader."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template
from django.utils.translation import get_language_info

if TYPE_CHECKING:
    from decimal import Decimal

register = template.Library()

MINUTES = 60
HALF_STEPS = [(f"{step / 2:.1f}", step) for step in range(1, 11)]
# Languages of films that Django itself is not translated into, by ISO 639-1.
OTHER_LANGUAGES = {
    "am": "Amharic", "bm": "Bambara", "bo": "Tibetan", "cn": "Cantonese", "dz": "Dzongkha",
    "ff": "Fula", "gu": "Gujarati", "ha": "Hausa", "iu": "Inuktitut", "ku": "Kurdish",
    "la": "Latin", "lo": "Lao", "mi": "Maori", "mt": "Maltese", "no": "Norwegian", "pa": "Punjabi",
    "ps": "Pashto", "sh": "Serbo-Croatian", "si": "Sinhala", "so": "Somali", "tl": "Tagalog",
    "wo": "Wolof", "xh": "Xhosa", "xx": "No dialogue", "yi": "Yiddish", "yo": "Yoruba",
    "zh": "Chinese", "zu": "Zulu",
}  # fmt: skip


@register.filter
def duration(minutes: int | None) -> str:
    """Return minutes as a cinema prints them: `2 h 50 min`."""
    hours, rest = divmod(minutes or 0, MINUTES)
    return " ".join(
        part for part in (f"{hours} h" if hours else "", f"{rest} min" if rest else "") if part
    )


@register.filter
def minutes(seconds: int | None) -> str:
    """Return seconds as `duration` writes minutes; what is less than one is the beginning."""
    return duration((seconds or 0) // 60) or "The beginning"


@register.filter
def out_of_five(vote_average: float | None) -> str:
    """Return a vote on the catalogue's scale of ten on the site's scale of five."""
    return "" if vote_average is None else f"{vote_average / 2:.1f}"


@register.filter
def half_steps(value: Decimal | float) -> str:
    """Return a rating as it is spoken: 4, 4½."""
    whole, half = divmod(round(float(value) * 2), 2)
    return f"{whole or ''}{'½' if half else ''}"


@register.filter
def language_name(code: str) -> str:
    """Return a language by its English name, or its code where it has none here."""
    if code in OTHER_LANGUAGES:
        return OTHER_LANGUAGES[code]
    try:
        return str(get_language_info(code)["name"])
    except KeyError:
        return code


@register.inclusion_tag("web/parts/stars.html")
def stars(chosen: str = "") -> dict[str, object]:
    """Write the ten half stars of a rating form, `chosen` among them."""
    steps = [
        {
            "value": value,
            "is_left": step % 2 == 1,
            "is_chosen": value == chosen,
            "said": f"{half_steps(step / 2)} {'star' if step <= 2 else 'stars'}",  # noqa: PLR2004 - two halves
        }
        for value, step in HALF_STEPS
    ]
    return {"steps": steps}
