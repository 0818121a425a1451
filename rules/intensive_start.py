"""J4: by when an intensive start begins and is finished, and from when it is in danger."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from rules.duties.span import Span

COMES_NEAR = {
    "begin": "The intensive start has to begin soon",
    "finish": "The intensive start has to be finished soon",
}
"""What is said of a deadline while it can still be kept."""


@dataclass(frozen=True)
class Deadlines:
    """The last days that keep them."""

    begin_by: date | None
    """None where consideration for the child lets it begin later."""
    finish_by: date


def deadlines(start: date, *, begins_within: int, finished_within: int, postponed: bool) -> Deadlines:
    """Months from the placement's start."""
    begin_by = None if postponed else Span(months=begins_within).after(start)
    return Deadlines(begin_by, Span(months=finished_within).after(start))


def warning_day(by: date, *, parts_left: int, warn_days: int, days_a_part: int) -> date:
    """The last day to warn on so that what is left can still be done; `days_a_part` a part takes at least."""
    return by - timedelta(days=max(warn_days, parts_left * days_a_part))


def picked_faults(picked: list[str], offered: Iterable[str], least: int, most: int) -> list[str]:
    """What is wrong with a choice of modules, a line each."""
    known = list(offered)
    lines = [f"modules: there is no {module}; there is {', '.join(known)}" for module in picked if module not in known]
    lines += [f"modules: {module} is picked twice" for module in sorted({m for m in picked if picked.count(m) > 1})]
    if not least <= len(set(picked)) <= most:
        lines.append(f"modules: pick {least} to {most} different ones, not {len(set(picked))}")
    return lines
