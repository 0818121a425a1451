"""J8: how long reinforced support lasts."""

from dataclasses import dataclass
from datetime import date

from rules.duties.span import Span

COMES_NEAR = {"duration": "The reinforced support has to be handed over soon"}
"""What is said of a deadline while it can still be kept."""


@dataclass(frozen=True)
class Duration:
    """Days counted from the start meeting."""

    midway: date
    not_before: date
    """Handed over earlier only for a reason."""
    at_latest: date


def duration(start: date, *, midway_months: int, least_months: int, most_months: int) -> Duration:
    midway, least, most = (Span(months=months).after(start) for months in (midway_months, least_months, most_months))
    return Duration(midway, least, most)
