"""Duties as tests ask about them: a placement that began on 1 June 2023, seen on a day."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from data.policies import policy_of
from rules.duties.changes import Change
from rules.duties.duty import Duty, duty_from
from rules.duties.standing import Standing, State, standing
from rules.duties.windows import Subject

START = date(2023, 6, 1)
LEAD = 14
LONGEST_GAP = 150
"""Per cent of the even interval."""


def duty(municipality: str, key: str, on: date = date(2025, 6, 1)) -> Duty:
    return next(found for found in policy_of(municipality).duties(on) if found.key == key)


def made(**fields: object) -> Duty:
    """A duty of placements, owed since 2019."""
    row = {"valid_from": date(2019, 1, 1), "source": "J5", "asked": "child_adviser", "about": "placement", **fields}
    return duty_from("made", {"name": "Møde", "kinds": ["network"], **row}, None)


def look(
    of: Duty,
    today: date,
    *held: date,
    start: date = START,
    end: date | None = None,
    changes: Sequence[Change] = (),
    freed_by: Iterable[str] = (),
    country: str = "DK",
    ref: str = "HJ-P001",
    known_from: date | None = None,
) -> Standing | None:
    subject = Subject(ref, start, end, frozenset(freed_by), known_from)
    how = {"lead_days": LEAD, "longest_gap_percent": LONGEST_GAP}
    return standing(of, subject, held, changes, today, country=country, **how)


def seen(of: Duty, today: date, *held: date, **more: object) -> Standing:
    found = look(of, today, *held, **more)  # type: ignore[arg-type]
    assert found is not None
    return found


def state(of: Duty, today: date, *held: date, **more: object) -> State:
    return seen(of, today, *held, **more).state


def weeks(n: int, since: date = START) -> date:
    return since + timedelta(weeks=n)
