"""Every deadline of a duty that was broken, whether it was held afterwards or not.

Told from the facts as they are known now, at any time: a year's end or the end of a placement takes nothing away, and a
correction of what was held or exempt corrects what was broken.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from rules.duties.changes import A_DAY
from rules.duties.duty import Duty
from rules.duties.seen import Seen, Tally
from rules.duties.span import Span
from rules.duties.turns import Turn, after_the_last, in_any, once, repeated


@dataclass(frozen=True)
class Broken:
    duty: Duty
    subject: str
    due_on: date
    """The last day on which it could have been kept."""
    held_on: date | None
    """When it was held after all, or made up for."""
    count: int | None = None
    """Of what a year lacked: times held that count for it."""
    wanted: int | None = None
    window: tuple[date, date] | None = None
    """First and last day of that year."""


def broken(seen: Seen) -> list[Broken]:
    """By their days; a duty that isn't binding has none."""
    if not seen.duty.binding or seen.today < seen.begins or (seen.over is not None and seen.over <= seen.begins):
        return []
    if seen.duty.comes_once:
        return list(_all_times(seen))
    by_year = seen.duty.window is not None and not isinstance(seen.duty.window, Span)
    found = [*_turns(seen), *(_years(seen) if by_year else ())]
    return sorted(found, key=lambda each: each.due_on)


def _turns(seen: Seen) -> Iterator[Broken]:
    """Of each time it was owed, counted from the time before."""
    until = min(seen.today, seen.over or seen.today)
    before = sum(day < seen.begins for day in seen.days)
    for nth in range(before, len(seen.days) + 1):
        turn = _turn_after(replace(seen, days=seen.days[:nth], today=max([seen.begins, *seen.days[:nth]])))
        following = seen.days[nth] if nth < len(seen.days) else None
        if turn and turn.late_from <= until and (following is None or following >= turn.late_from):
            yield Broken(seen.duty, seen.subject.ref, turn.late_from - A_DAY, following)


def _turn_after(seen: Seen) -> Turn | None:
    if isinstance(seen.duty.window, Span):
        return in_any(seen, seen.duty.window)
    if seen.duty.every:
        return repeated(seen)
    return after_the_last(seen)


def _all_times(seen: Seen) -> Iterator[Broken]:
    """What comes once, also several times, has one deadline for all of them."""
    turn, times = once(replace(seen, days=[])), seen.duty.times
    if turn is None or turn.late_from > min(seen.today, seen.over or seen.today):
        return
    in_time = sum(day < turn.late_from for day in seen.days)
    if in_time < times:
        after_all = seen.days[times - 1] if len(seen.days) >= times else None
        yield Broken(seen.duty, seen.subject.ref, turn.late_from - A_DAY, after_all, in_time, times)


def _years(seen: Seen) -> Iterator[Broken]:
    tallies: list[Tally | None] = [*seen.tallies(), None]
    for tally, following in pairwise(tallies):
        if tally is not None and tally.lacking and tally.year.until <= seen.today:
            year = tally.year
            made_up = following.made_up if following else 0
            held_on = _nth(seen, year.until, tally.lacking) if made_up == tally.lacking else None
            window = (year.first, year.until - A_DAY)
            yield Broken(
                seen.duty, seen.subject.ref, year.until - A_DAY, held_on, len(tally.counted), year.wanted, window
            )


def _nth(seen: Seen, since: date, nth: int) -> date:
    return [day for day in seen.days if day >= since][nth - 1]
