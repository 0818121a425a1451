"""References as they are compared: two that look the same are the same."""

import re
import unicodedata

SPACES = re.compile(r"[\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Letters and marks by name that nothing shows."""
VARIANTS = re.compile("[\u180b-\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")
NO_TEXT = ("Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp")


def tidy(text: str) -> str:
    """Composed letters (NFC); every kind of space, and several of them, is a plain one; none at the ends."""
    return SPACES.sub(" ", unicodedata.normalize("NFC", text)).strip()


def unseen(text: str) -> str | None:
    """The name of the first character that nobody sees; line breaks and tabs, which are seen, aside."""
    if text.isascii() and text.isprintable():  # nearly all of a caseload's, and there are hundreds of thousands
        return None
    found = next((sign for sign in text if _is_unseen(sign)), None)
    if found is None:
        return None
    return f"{unicodedata.name(found, 'a control character')} (U+{ord(found):04X})"


def _is_unseen(sign: str) -> bool:
    if sign in "\t\n\r":
        return False
    return unicodedata.category(sign) in NO_TEXT or sign in BLANK or VARIANTS.match(sign) is not None
