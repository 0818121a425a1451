"""Bank accounts as people write them."""

import re
from typing import NamedTuple

from stdnum import iban
from stdnum.no import kontonr

DANISH = re.compile(r"(?!0000)([0-9]{4})([0-9]{4,10})")
NORWEGIAN = re.compile(r"(?!0000)[0-9]{11}")


class Account(NamedTuple):
    number: str
    is_iban: bool
    """Else the country's own: Danish registration number and ten digits, or eleven Norwegian digits."""


def account(written: str, country: str) -> Account | None:
    """None for what is no account of that country and no IBAN."""
    compact = re.sub(r"[ .\-]", "", written).upper()
    if compact[:2].isalpha():
        return Account(compact, True) if iban.is_valid(compact) else None
    if country == "DK":
        parts = DANISH.fullmatch(compact)
        return Account(f"{parts[1]}{parts[2]:0>10}", False) if parts else None
    # the library takes what was a post giro account, too
    return Account(compact, False) if NORWEGIAN.fullmatch(compact) and kontonr.is_valid(compact) else None
