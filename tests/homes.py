"""Families with what they are approved for, and placements of the municipality their child has."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlmodel import Session

from data.approvals import periods_of
from data.caseload.sheets import LATEST_APPROVAL
from data.store.facts import find, record, revise
from data.store.session import reading, writing
from data.tables import Approval, Child, Family, Placement
from data.tables.base import Fact
from rules.approvals import latest


class Latest(NamedTuple):
    """As the sheet families says it."""

    approved_from: Any
    approved_to: Any
    approved_children: Any
    approved_age_from: Any
    approved_age_to: Any
    approved_needs: Any


def home(*, ref: str, recorded_at: datetime, **values: Any) -> list[Fact]:
    """The family, and its approval where `approved_…` says one."""
    said = {of: values.pop(name) for name, of in LATEST_APPROVAL.items() if name in values}
    family = Family(ref=ref, recorded_at=recorded_at, **values)
    if not said:
        return [family]
    return [family, Approval(ref=f"{ref}-A1", recorded_at=recorded_at, family=ref, **said)]


def approval(family: str) -> Latest:
    with reading() as s:
        row = latest(periods_of(s, family))
    return Latest(*(getattr(row, of, None) for of in LATEST_APPROVAL.values()))


def approve_instead(family: str, at: datetime, **changes: Any) -> None:
    """The family's only period says this instead, or begins it."""
    with writing() as s:
        row = next(iter(periods_of(s, family)), None)
        if row is None:
            record(s, Approval(ref=f"{family}-A1", recorded_at=at, family=family, **changes), at)
        else:
            revise(s, row, at, **changes)


def remember(s: Session, fact: Fact, at: datetime) -> None:
    """A placement that doesn't say whose it is is the child's municipality's."""
    if isinstance(fact, Placement) and fact.municipality is None:
        s.flush()
        child = find(s, Child, fact.child)
        assert child is not None
        fact.municipality = child.municipality
    record(s, fact, at)
