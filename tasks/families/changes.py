"""What a process changes about a family."""

from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from data.approvals import next_refs, periods_of, ref_of
from data.store.audit import audit, job
from data.store.facts import current, record, revise, stands
from data.tables import Approval, Family, HouseholdMember
from rules.approvals import A_DAY, holds, lasts, latest
from rules.attests import BirthDateUnknown
from rules.processes.respite_approval import AuthorityDecision

ENGINE = job("case engine")


def household(s: Session, family: str) -> list[tuple[str, str]]:
    """Reference and ISO birth date of everyone in the household, by reference. Raises BirthDateUnknown."""
    members = s.exec(
        select(HouseholdMember)
        .where(HouseholdMember.family == family, stands(HouseholdMember))
        .order_by(col(HouseholdMember.ref))
    ).all()
    if unknown := [member.ref for member in members if member.birth_date is None]:
        raise BirthDateUnknown(unknown)
    return [(member.ref, member.birth_date.isoformat()) for member in members if member.birth_date is not None]


def has_left(s: Session, *, member: str, family: str) -> bool:
    row = current(s, HouseholdMember, member)
    return row.family != family


def approve(s: Session, *, family: str, on: date, case: str, now: datetime) -> str:
    """Approved for one child more, from that day on."""
    before = _in_force(s, family, on)
    if before is None:
        _begin(s, family, now, valid_from=on, children=1)
    else:
        _change_from(s, before, on, now, valid_to=None, children=(before.children or 0) + 1)
    _count_later(s, family, on, 1, now)
    audit(s, ENGINE, "family approved", family, now, case=case, approved_on=on.isoformat())
    return family


def record_approval(
    s: Session, *, family: str, decision: AuthorityDecision, authority: str | None, case: str, now: datetime
) -> str:
    """R1: from its first day on, what the supervision authority approved takes the place of what it approved before."""
    starts = decision.approved_from or decision.decided_on
    _end_all(s, family, starts - A_DAY, now)
    _begin(
        s,
        family,
        now,
        valid_from=starts,
        children=decision.children,
        age_from=decision.age_from,
        age_to=decision.age_to,
        needs=decision.needs,
        authority=authority,
    )
    audit(s, ENGINE, "family approved", family, now, case=case, approved_on=starts.isoformat())
    return family


def withdraw_approval(s: Session, *, family: str, on: date, case: str, now: datetime) -> str:
    """R3: its last day is the day of the withdrawal, or an earlier one on which it ended already."""
    _end_all(s, family, on, now)
    audit(s, ENGINE, "approval withdrawn", family, now, case=case, on=on.isoformat())
    return family


def end_approval(s: Session, *, family: str, on: date, case: str, now: datetime) -> str:
    """Takes back what one approval gave, after that day; the last one ends on it."""
    row = _in_force(s, family, on)
    _count_later(s, family, on, -1, now)
    others = (row.children or 1) - 1 if row else 0
    if row is not None and others and row.valid_to != on:
        first = on if row.valid_from == on else on + A_DAY
        _change_from(s, row, first, now, children=others)
    elif row is not None and row.valid_to != on:
        revise(s, row, now, valid_to=on)
    audit(s, ENGINE, "approval ended", family, now, case=case, on=on.isoformat())
    return family


def _in_force(s: Session, family: str, on: date) -> Approval | None:
    current(s, Family, family)
    return latest(period for period in periods_of(s, family) if holds(period, on))


def _begin(s: Session, family: str, now: datetime, **what: Any) -> None:
    current(s, Family, family)
    ref = ref_of(family, next_refs(s, [family])[family])
    record(s, Approval(ref=ref, recorded_at=now, family=family, **what), now)


def _change_from(s: Session, row: Approval, first: date, now: datetime, **changes: Any) -> None:
    """The period as it was stays for the days before."""
    if row.valid_from == first:
        revise(s, row, now, **changes)
        return
    own = {"id", "ref", "recorded_at", "superseded_at", "family", "valid_from", "authority", "number"}
    kept = row.model_dump(exclude=own)
    revise(s, row, now, valid_to=first - A_DAY)
    _begin(s, row.family, now, valid_from=first, **{**kept, **changes})


def _count_later(s: Session, family: str, on: date, more: int, now: datetime) -> None:
    """Periods that begin later are about that child as well; one that is left for nobody never begins."""
    for row in periods_of(s, family):
        if row.valid_from is None or row.valid_from <= on or row.children is None:
            continue
        if row.children + more > 0:
            revise(s, row, now, children=row.children + more)
        else:
            revise(s, row, now, withdrawn_on=on)


def _end_all(s: Session, family: str, last: date, now: datetime) -> None:
    """Periods that were to begin later never do."""
    for row in periods_of(s, family):
        if row.valid_from is not None and row.valid_from > last:
            revise(s, row, now, withdrawn_on=last)
        elif lasts(row, last) and row.valid_to != last:
            revise(s, row, now, valid_to=last)
