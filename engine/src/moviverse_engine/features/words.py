"""Split free text into words that say something about a film."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_WORD = re.compile(r"[^\W\d_]{3,}")
# English function words, and what every film description says.
STOP_WORDS = frozenset(
    _WORD.findall(
        """
    about above after again against all also although always among and another any anyone are
    around away back because become becomes been before begin begins behind being below between both
    but came can cannot come comes could day days did does doing done down during each either end
    ends even ever every everyone everything few film films find finds first for from gets get give
    gives goes going got had has have having her here hers herself him himself his how however into
    its itself just keep know last later least less like made make makes making many may might more
    most movie movies much must near never new not now off once one only onto other others our out
    over own past put quickly seems several shall she should since some something soon still story
    such take takes than that the their theirs them themselves then there these they thing things
    this those though three through time together too toward towards try trying turn turns two under
    until upon use very want wants was way ways well went were what when where whether which while
    who whom whose why will with within without won would year years yet you your
    """
    )
)


def folded(text: str) -> str:
    """Return the text without case, accents and surrounding space, for comparison only."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(c for c in decomposed if not unicodedata.combining(c)).split())


def words(text: str) -> Iterator[str]:
    """Yield the telling words of a text, folded, in order, repeats included."""
    for match in _WORD.finditer(folded(text)):
        if match.group() not in STOP_WORDS:
            yield match.group()
