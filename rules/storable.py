"""Text from outside, as every database, log and screen takes it."""

import re

UNSTORABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
NOT_UTF_8 = re.compile(r"[\udc80-\udcff]")
"""How Python keeps a byte that is none."""
REPLACEMENT = "\ufffd"
LONGEST = 2000


def storable(said: str) -> str:
    """At most LONGEST characters; bytes that weren't UTF-8 are read as Windows writes the letters of the country."""
    return UNSTORABLE.sub(REPLACEMENT, NOT_UTF_8.sub(_as_windows, said))[:LONGEST]


def is_storable(said: str) -> bool:
    return not UNSTORABLE.search(said)


def _as_windows(byte: re.Match[str]) -> str:
    return bytes([ord(byte[0]) - 0xDC00]).decode("cp1252", "replace")
