"""What a cell of a workbook says, however it was written. Each reader raises Unreadable with what is expected."""

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from math import isfinite
from typing import Any, TypeVar

from rules.identity import DANISH, NORWEGIAN, compact, is_possible, looks_like_identity_number
from rules.mail_address import NotDeliverable, deliverable
from rules.references import tidy, unseen

T = TypeVar("T")
Cell = Any
"""str, float, bool, date, datetime, time or timedelta; an empty cell is the empty string."""

YES = frozenset({"yes", "y", "ja", "j", "true"})
NO = frozenset({"no", "n", "nej", "nei", "false"})
EARLIEST, LATEST = date(1900, 3, 1), date(2199, 12, 31)
"""Excel counts a day too many before 1 March 1900."""
LONGEST_REFERENCE = 60
MOST_CHARACTERS = 32_767
"""That Excel lets a cell hold."""

DATE_PATTERNS = (
    re.compile(r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})"),
    re.compile(r"(?P<d>\d{1,2})-(?P<m>\d{1,2})-(?P<y>\d{4})"),
    re.compile(r"(?P<d>\d{1,2})\.\s?(?P<m>\d{1,2})\.\s?(?P<y>\d{4})"),
)
CLOCK = re.compile(r"(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:\.0+)?)?")
NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?")
THOUSANDS = re.compile(r"[+-]?\d{1,3}[.,]\d{3}")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")

SHORTENED = re.compile(r"\d([.,]\d+)?E\+\d+", re.IGNORECASE)
AS_TEXT = "format the column as text and type it again"


class Unreadable(ValueError):
    """What is expected instead; never what stood there."""


def is_empty(cell: Cell) -> bool:
    return cell == "" or cell is None or (isinstance(cell, str) and not cell.strip())


def read_column(cells: Sequence[Cell], read: Callable[[Cell], T]) -> tuple[list[T | None], list[tuple[int, str]]]:
    """The values, None where a cell is empty or unreadable; and (index, what is expected) of the unreadable."""
    values: list[T | None] = []
    wrong: list[tuple[int, str]] = []
    for index, cell in enumerate(cells):
        if is_empty(cell):
            values.append(None)
            continue
        try:
            values.append(read(cell))
        except Unreadable as expected:
            values.append(None)
            wrong.append((index, str(expected)))
    return values, wrong


def text(cell: Cell, longest: int, *, personal: bool) -> str:
    """Trimmed text; a number or a date that Excel made of it, as it was written."""
    said = _as_text(cell)
    if len(said) > longest:
        raise Unreadable(f"is {len(said)} characters long; {longest} are the most")
    if CONTROL.search(said):
        raise Unreadable("has characters in it that can't be printed; type it again")
    if not personal and looks_like_identity_number(said):
        raise Unreadable("looks like a CPR number or fødselsnummer, which may not stand here")
    return said


def reference(cell: Cell) -> str:
    said = text(_seen(_as_text(cell)), LONGEST_REFERENCE, personal=True)
    if looks_like_identity_number(said) or _lost_its_zero(cell):
        raise Unreadable("looks like a CPR number or fødselsnummer; use the municipality's own reference")
    if "\n" in said or "\r" in said or "\t" in said:
        raise Unreadable("has a line break or a tab in it; a reference stands on one line")
    return said


def _lost_its_zero(cell: Cell) -> bool:
    return isinstance(cell, float) and any(is_possible(f"{int(cell):0{length}}") for length in (DANISH, NORWEGIAN))


def code(cell: Cell, longest: int) -> str:
    """Digits that are no quantity, such as a telephone number."""
    return text(_seen(_typed(cell)), longest, personal=True)


def _typed(cell: Cell) -> str:
    """What stands in a text cell; Excel drops the leading zeros of a number, and of a long one the last digits."""
    if isinstance(cell, float | int) and not isinstance(cell, bool):
        raise Unreadable(f"is a number in Excel's eyes, which drops leading zeros; {AS_TEXT}")
    said = _as_text(cell)
    if SHORTENED.fullmatch(said):
        raise Unreadable(f"is a number that Excel has shortened; {AS_TEXT}")
    return said


def _seen(said: str) -> str:
    """As references are compared. Raises Unreadable where something in it can't be seen."""
    said = tidy(said)
    if name := unseen(said):
        raise Unreadable(f"has a character in it that can't be seen, {name}; type it again")
    return said


def id_number(cell: Cell) -> str:
    """Digits only."""
    number = compact(_seen(_typed(cell)))
    if not is_possible(number):
        raise Unreadable(
            "is no CPR number or fødselsnummer: 10 or 11 digits that begin with the birth date are expected; "
            "format the column as text, so that Excel keeps a leading zero"
        )
    return number


def email(cell: Cell) -> str:
    """As a mail server takes it."""
    try:
        return deliverable(text(cell, MOST_CHARACTERS, personal=True))
    except NotDeliverable as expected:
        raise Unreadable(str(expected)) from None


def day(cell: Cell) -> date:
    if isinstance(cell, datetime):
        if cell.time() != time(0):
            raise Unreadable("has a time of day; only a date is expected here")
        return _within(cell.date())
    if isinstance(cell, date):
        return _within(cell)
    if not isinstance(cell, str):
        raise Unreadable("is no date; write 2023-05-31 or 31.05.2023, or use a date format of Excel's")
    return _written_day(cell.strip())


def moment(cell: Cell) -> datetime:
    """Local date and time, to the second; a date alone is its midnight."""
    if isinstance(cell, datetime):
        _within(cell.date())
        return (cell + timedelta(milliseconds=500)).replace(microsecond=0)
    if isinstance(cell, date):
        return datetime.combine(_within(cell), time(0))
    if not isinstance(cell, str):
        raise Unreadable("is no date and time; write 2023-05-05 14:00, or use a date format of Excel's")
    written, _, clock = cell.strip().replace("T", " ").rpartition(" ")
    return datetime.combine(_written_day(written), _clock(clock)) if written else _midnight(clock)


def number(cell: Cell, *, scale: int, step: int, least: int, most: int) -> int:
    """In the table's units: `scale` of them make one of the workbook's; multiples of `step` between the bounds."""
    value = _decimal(cell)
    if not least <= value <= most:
        raise Unreadable(f"is out of range; a number from {least} to {most} is expected")
    units = round(value * scale)
    # a float is the nearest there is to what was typed
    if abs(value * scale - units) > Decimal("0.000001") or units % step:
        raise Unreadable(f"is too fine; {_grain(scale, step)}")
    return units


def yes_no(cell: Cell) -> bool:
    if isinstance(cell, bool):
        return cell
    said = cell.strip().casefold() if isinstance(cell, str) else cell
    if said in YES or said == 1:
        return True
    if said in NO or said == 0:
        return False
    raise Unreadable("is neither yes nor no")


def choice(cell: Cell, choices: tuple[str, ...]) -> str:
    said = cell.strip().casefold() if isinstance(cell, str) else ""
    if said not in choices:
        raise Unreadable(f"is none of {', '.join(choices)}")
    return said


def several(cell: Cell, choices: tuple[str, ...]) -> str:
    """Comma-separated without spaces, each once, in the order written."""
    if isinstance(cell, str) and len(cell) > MOST_CHARACTERS:
        raise Unreadable(f"is longer than the {MOST_CHARACTERS} characters that Excel lets a cell hold")
    parts = cell.split(",") if isinstance(cell, str) else [cell]
    return ",".join(dict.fromkeys(choice(part, choices) for part in parts if not is_empty(part)))


def _as_text(cell: Cell) -> str:
    if isinstance(cell, bool):
        raise Unreadable("is a yes/no value; text is expected")
    if isinstance(cell, float) and not isfinite(cell):
        raise Unreadable("is a number beyond all counting; text is expected")
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, int | float):
        return str(cell)
    raise Unreadable("is a date; text is expected, so format the cell as text and type it again")


def _within(value: date) -> date:
    if not EARLIEST <= value <= LATEST:
        raise Unreadable(f"is no date between {EARLIEST} and {LATEST}")
    return value


def _written_day(said: str) -> date:
    for pattern in DATE_PATTERNS:
        if found := pattern.fullmatch(said):
            try:
                return _within(date(int(found["y"]), int(found["m"]), int(found["d"])))
            except ValueError as error:
                if isinstance(error, Unreadable):
                    raise
                raise Unreadable("is a day that no calendar has") from None
    raise Unreadable("is no date; write 2023-05-31 or 31.05.2023, or use a date format of Excel's")


def _midnight(said: str) -> datetime:
    return datetime.combine(_written_day(said), time(0))


def _clock(said: str) -> time:
    found = CLOCK.fullmatch(said)
    try:
        if found:
            return time(int(found[1]), int(found[2]), int(found[3] or 0))
    except ValueError:
        raise Unreadable("has a time of day that no clock shows") from None
    raise Unreadable("has no time of day; write 2023-05-05 14:00, in local time")


def _decimal(cell: Cell) -> Decimal:
    if isinstance(cell, bool) or not isinstance(cell, int | float | str):
        raise Unreadable("is no number")
    if not isinstance(cell, str):
        return _finite(Decimal(repr(cell)))
    said = cell.strip().replace(" ", "").replace("\u00a0", "")
    if not NUMBER.fullmatch(said) or len(said) > 30:
        raise Unreadable("is no number; write digits with at most one decimal point or comma, such as 1500.50")
    if THOUSANDS.fullmatch(said):
        raise Unreadable("can be read in two ways; write it without a thousands separator, such as 1500 or 1500.50")
    try:
        return Decimal(said.replace(",", "."))
    except InvalidOperation:
        raise Unreadable("is no number") from None


def _finite(value: Decimal) -> Decimal:
    if not value.is_finite():
        raise Unreadable("is no number")
    return value


def _grain(scale: int, step: int) -> str:
    if step > 1:
        return "whole or half numbers are expected"
    if scale == 1:
        return "a whole number is expected"
    return f"at most {len(str(scale)) - 1} decimals are expected"
