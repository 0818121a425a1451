"""What is owed next of a duty: by when, and from when on it is late."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from rules.beginning import day_between
from rules.calendar import add_working_days
from rules.duties.changes import A_DAY, interval_due, moved
from rules.duties.duty import Duty
from rules.duties.seen import Seen
from rules.duties.span import Span
from rules.duties.windows import Year
from rules.vocabulary import Role


@dataclass(frozen=True)
class Turn:
    """Counted from `base`."""

    base: date
    due_on: date
    late_from: date


def once(seen: Seen) -> Turn | None:
    """What comes several times is spread evenly over the time that is left for all of it."""
    lacking = seen.duty.times - len(seen.days)
    if not seen.duty.first or lacking <= 0:
        return None
    turn = _turn(seen, seen.since, moved(seen.since, seen.duty.first.after(seen.since), seen.changes))
    if turn is None:
        return None
    base = max([seen.begins, *seen.days])
    due = turn.due_on if base >= turn.due_on else base + (turn.due_on - base) // lacking
    return Turn(base, due, turn.late_from)


def repeated(seen: Seen) -> Turn | None:
    """None where it doesn't come again, or while a pause has no end."""
    if seen.days:
        base = seen.days[-1]
        due = interval_due(seen.duty, base, seen.changes)
    else:
        base = seen.since
        due = seen.duty.first.after(base) if seen.duty.first else interval_due(seen.duty, base, seen.changes)
    if due is not None and due < seen.begins and (again := interval_due(seen.duty, seen.begins, seen.changes)):
        base, due = seen.begins, day_between(_what(seen), seen.begins, again)
    return _turn(seen, base, moved(base, due, seen.changes) if due else None)


def in_any(seen: Seen, stretch: Span) -> Turn | None:
    """So many in any stretch of that length: the oldest that still counts is replaced before it drops out."""
    least = seen.duty.least or 0
    days = [day for day in seen.days if stretch.after(day) > seen.begins]
    missing = max(0, least - len(days))
    counted = [seen.begins] * missing + days[len(days) - least + missing :]
    if not counted or not (drops := moved(counted[0], stretch.after(counted[0]), seen.changes)):
        return None
    base = max(counted[-1], seen.begins)
    even = base + (drops - base) // max(1, missing)
    due = min(day_between(_what(seen), base, even) if seen.nothing_since else even, drops - A_DAY)
    return Turn(base, due, drops) if seen.over is None or drops < seen.over else None


def share(seen: Seen, year: Year, held: Sequence[date], lacking: int, *, begun: bool) -> Turn:
    """The next of those the year still lacks, when they are spread evenly over the rest of it.

    Each in the middle of its part, so that the last isn't left to the year's last days; what comes by an interval or on
    the days of a job of its own, at the part's end. `begun` where one of the year's own was held.
    """
    base = held[-1] if held else year.first
    rest = year.until - base
    spread = seen.nothing_since and not seen.duty.collected
    if seen.duty.every or seen.duty.collected or spread:
        part = rest // lacking
    elif begun:
        part = 2 * rest // (2 * lacking + 1)
    else:
        part = rest // (2 * lacking)
    last_chance = _last_chance(seen, year, lacking)
    even = day_between(_what(seen), base, base + part) if spread else base + part
    due = moved(base, even, seen.changes) or last_chance
    return Turn(base, min(due, last_chance), last_chance + A_DAY)


def _last_chance(seen: Seen, year: Year, lacking: int) -> date:
    if seen.duty.collected:
        return year.until - A_DAY
    if seen.duty.asked is Role.FAMILY:
        return year.until - timedelta(days=lacking)
    return add_working_days(year.until, -lacking, seen.country)


def next_year(seen: Seen, year: Year) -> Turn | None:
    if seen.over is not None and seen.over <= year.until:
        return None
    following = seen.year(year.until)
    return share(seen, following, [], following.wanted, begun=False) if following.wanted else None


def after_the_last(seen: Seen) -> Turn | None:
    """The longest that may lie between two of what is counted by the year, however the years count them.

    Not for the sake of a year that has its maximum. What its own job collects comes on that job's days, and what isn't
    binding as it suits those who meet.
    """
    if not seen.days or seen.duty.collected or not seen.duty.binding:
        return None
    last = seen.days[-1]
    longest, year = _longest_gap(seen.duty.on(last), seen.longest_gap_percent), seen.year(last)
    full = year.most is not None and len(seen.held_in(year)) >= year.most
    if full or longest is None or not year.wanted:
        return None
    return _turn(seen, last, moved(last, last + longest, seen.changes))


def _longest_gap(duty: Duty, percent: int) -> timedelta | None:
    return None if duty.every or not duty.least else timedelta(days=365 * percent // (100 * duty.least))


def sooner(turn: Turn | None, other: Turn | None) -> Turn | None:
    if turn is None or other is None:
        return turn or other
    first = min(turn, other, key=lambda each: each.due_on)
    return Turn(first.base, first.due_on, min(turn.late_from, other.late_from))


def _what(seen: Seen) -> str:
    return f"{seen.subject.ref} {seen.duty.key}"


def _turn(seen: Seen, base: date, due: date | None) -> Turn | None:
    """None also for what came due before the municipality began."""
    if due is None or due < seen.begins or (seen.over is not None and due >= seen.over):
        return None
    return Turn(base, due, due + timedelta(days=seen.duty.grace_days + 1))
