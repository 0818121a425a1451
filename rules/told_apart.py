"""What a correction is about: the days and claims that came or went, and what was owed for them."""

from typing import Any

from rules.components.days import text_of
from rules.decided import Worth


def told_apart(now: list[Worth], before: list[Worth]) -> tuple[list[str], int]:
    """The references and days that came or went. Else all references, and the days with another rate or terms: none
    where only the amount of a rate changed."""
    (new, new_days), (old, old_days) = _together(now), _together(before)
    came, went = [ref for ref in new if ref not in old], [ref for ref in old if ref not in new]
    if any(line.claimed for line in now + before):
        refs = came or went or new
        return refs, _together([line for line in now + before if set(refs) & set(line.refs)])[1]
    if days := new_days & ~old_days:
        return came or new, days
    if days := old_days & ~new_days:
        return went or new, days
    return came or went or new, _priced_otherwise(now, before)


def missed(now: list[Worth], before: list[Worth]) -> dict[str, Any]:
    """What an overpayment is about: the days or claims that went, else those paid otherwise; and what is owed for
    them all the same."""
    (new, new_days), (old, old_days) = _together(now), _together(before)
    refs = [ref for ref in old if ref not in new] or [*dict.fromkeys(new + old)]
    days = old_days & ~new_days or _priced_otherwise(now, before) or new_days | old_days
    return {"days": text_of(days), "sources": refs, "entitled_ore": sum(line.of(days, refs) for line in now)}


def _priced_otherwise(now: list[Worth], before: list[Worth]) -> int:
    days = 0
    for line in now:
        days |= line.days & ~_together([paid for paid in before if paid.priced == line.priced])[1]
    return days


def _together(lines: list[Worth]) -> tuple[list[str], int]:
    days = 0
    for line in lines:
        days |= line.days
    return list(dict.fromkeys(ref for line in lines for ref in line.refs)), days
