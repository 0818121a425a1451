"""Text as every bank takes it: the letters, digits and marks that ISO 20022 files share."""

import re

from text_unidecode import unidecode

NORDIC = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa", "ŋ": "ng", "Æ": "Ae", "Ø": "Oe", "Å": "Aa", "Ŋ": "Ng"})
REFUSED = re.compile(r"[^A-Za-z0-9/\-?:().,'+ ]+")


def bank_text(text: str, longest: int) -> str:
    """Never empty: a name without one such letter becomes a full stop."""
    allowed = REFUSED.sub(" ", unidecode(text.translate(NORDIC)))
    return " ".join(allowed.split())[:longest].strip() or "."
