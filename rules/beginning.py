"""A municipality that begins here in the middle of everything: what comes first since then has a day of its own."""

from datetime import date, timedelta
from zlib import crc32

from rules.duties.span import Span


def day_between(what: str, base: date, until: date) -> date:
    """The same at every look, another for each: spread over the time but for its first quarter, left to settle in."""
    days = max(0, (until - base).days)
    settled = -(-days // 4)
    return base + timedelta(days=settled + crc32(what.encode()) % (days - settled + 1))


def comes_on(what: str, day: date, began: date | None, within: Span) -> date:
    """`day`, or where it lies before the municipality began its own day within that time after it."""
    return day if began is None or day >= began else day_between(what, began, within.after(began))
