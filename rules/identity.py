"""CPR numbers and fødselsnummer: what looks like one, and what is doubtful about one."""

import re
from datetime import date

from stdnum.dk import cpr
from stdnum.exceptions import ValidationError
from stdnum.no import fodselsnummer

DANISH, NORWEGIAN = 10, 11
DIGITS = {"DK": DANISH, "NO": NORWEGIAN}
BETWEEN = r"[-.\u2010-\u2015\u2212]|[^\S\n]"
"""Hyphens and spaces as any program writes them."""
NUMBER_IN_TEXT = re.compile(rf"(?<!\d)(\d{{6}})(?:{BETWEEN})?(\d{{4,5}})(?!\d)")
FIRST_WEIGHTS = (3, 7, 6, 1, 8, 9, 4, 5, 2, 1)
FIRST_REMAINDERS = (0, 1, 2, 3)
"""0 alone until 2032; from then on new numbers may leave any of these."""


def looks_like_identity_number(text: str) -> bool:
    """Whether a text holds 10 or 11 digits that begin with a day and a month, in real or test form."""
    return any(_birth(found[1] + found[2]) is not None for found in NUMBER_IN_TEXT.finditer(text))


def compact(number: str) -> str:
    return re.sub(BETWEEN, "", number)


def is_possible(number: str) -> bool:
    """Whether a compact number has the right length and a date in it; real, test and D-numbers alike."""
    return number.isascii() and number.isdigit() and _birth(number) is not None


def doubts(number: str, born: date | None) -> list[str]:
    """What to look at in a possible number; none of it is a reason to refuse it."""
    said = []
    if not _control_digits_fit(number):
        said.append("its control digits don't fit (numbers without them have been given out since 2007)")
    if born is not None and _birth(number) != born:
        said.append("the date in it isn't the birth date")
    return said


def _birth(number: str) -> date | None:
    """The birth date in it, with the century that its serial digits say."""
    day, month, rest = int(number[:2]), int(number[2:4]), number[4:]
    try:
        if len(number) == DANISH:
            day -= 60 if _is_danish_test_person(number) else 0
            return cpr.get_birth_date(f"{day:02}{month:02}{rest}")
        if len(number) == NORWEGIAN:
            return fodselsnummer.get_birth_date(f"{day:02}{_real_month(month):02}{rest}")
    except (ValidationError, ValueError):
        return None
    return None


def _is_danish_test_person(number: str) -> bool:
    return 60 < int(number[:2]) < 92


def _real_month(month: int) -> int:
    """Test persons have 80 or 65 added to the month."""
    if month > 80:
        return month - 80
    return month - 65 if month > 65 else month


def _control_digits_fit(number: str) -> bool:
    if len(number) == DANISH:
        return _is_danish_test_person(number) or cpr.checksum(number) == 0
    first = sum(weight * int(digit) for weight, digit in zip(FIRST_WEIGHTS, number, strict=False)) % 11
    return first in FIRST_REMAINDERS and fodselsnummer.calc_check_digit2(number) == number[10]
