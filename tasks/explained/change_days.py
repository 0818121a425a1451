"""Whether what changed about a fact concerns a month: by the days it had, and by those it has now."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from data.pay.fact_changes import Change
from rules.months import Month
from rules.vocabulary import Benefit, Component

SPANS = {
    "placement": ("start", "end"),
    "night_stay": ("arrival", "departure"),
    "approval": ("valid_from", "valid_to"),
    "network": ("started_on", "ended_on"),
    "network_home": ("joined_on", "left_on"),
    "rate": ("valid_from", "valid_to"),
}
ENDS_OPEN = {"placement", "night_stay"}
"""The last day is that of departure, without a night."""
Values = Mapping[str, Any]
Starts = Mapping[str, Mapping[str, date]]
"""By placement, the first day of each of its terms by reference."""


def concerns(change: Sequence[Change], period: Month) -> bool:
    """`change` is all of one reference; a year's gatherings belong together."""
    table, before, now = change[0].table, standing(change[0].before), standing(change[-1].now)
    versions = [values for values in (before, now) if values]
    if table == "gathering":
        return any(values["held_on"] and values["held_on"].year == period.first.year for values in versions)
    if table not in SPANS:
        return True
    ends = SPANS[table]
    other = any((before or {}).get(name) != (now or {}).get(name) for name in now or before or {} if name not in ends)
    if before and now and not other:
        return any(_overlap(*days, period) for days in _moved(table, before, now))
    return any(_overlap(*_span(table, values), period) for values in versions)


def in_force(values: Values, of: Mapping[str, date], period: Month) -> bool:
    """Terms, beside the others of their placement: from their first day until the next ones'."""
    since = values["valid_from"]
    return since <= period.last and not any(since < other <= period.first for other in of.values())


def terms_concern(change: Sequence[Change], before: Starts, now: Starts, period: Month) -> bool:
    """By what was in force before, and by what is now."""
    was, is_now = standing(change[0].before), standing(change[-1].now)
    if was and is_now and {name for one in change for name in one.fields} == {"valid_from"}:
        days = sorted((was["valid_from"], is_now["valid_from"]))
        if not _overlap(days[0], days[1] - timedelta(days=1), period):
            return False
    both = [(was, before), (is_now, now)]
    return any(values and in_force(values, of.get(values["placement"], {}), period) for values, of in both)


def uses_up(change: Sequence[Change], component: Component, period: Month) -> bool:
    """Whether a claim may have taken another one's place: in a year's sum, or as the fee a seat belongs to."""
    versions = [values for values in (standing(change[0].before), standing(change[-1].now)) if values]
    granted = [(values["benefit"], values["granted_on"]) for values in versions if values["granted_on"]]
    if component == Component.FREE_COSTS:
        return any(benefit == Benefit.FREE_COSTS and on.year == period.first.year for benefit, on in granted)
    fees = [on for benefit, on in granted if benefit == Benefit.ENROLMENT_FEE]
    return component == Component.SUPPLEMENT and any(on <= period.last for on in fees)


def standing(values: Values | None) -> Values | None:
    return values if values and values.get("withdrawn_on") is None else None


def _span(table: str, values: Values) -> tuple[date, date]:
    first, last = (_day(values[name]) for name in SPANS[table])
    if table == "night_stay":
        return first or last or date.max, last or first or date.min
    if first is None and table == "approval":
        return date.max, date.min
    return first or date.min, last or date.max


def _moved(table: str, before: Values, now: Values) -> Iterator[tuple[date, date]]:
    """The days that came or went."""
    (was_first, was_last), (first, last) = _span(table, before), _span(table, now)
    if was_first > was_last or first > last:
        yield min(was_first, first), max(was_last, last)
        return
    if was_first != first:
        yield min(was_first, first), max(was_first, first)
    if was_last != last:
        after = timedelta(days=0 if table in ENDS_OPEN else 1)
        yield min(was_last, last) + after, max(was_last, last)


def _overlap(first: date, last: date, period: Month) -> bool:
    return first <= period.last and last >= period.first


def _day(value: date | datetime | None) -> date | None:
    return value.date() if isinstance(value, datetime) else value
