"""What policy says may go, goes, with a list of what went; what it doesn't name is kept (X5)."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import partial
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import delete, insert, update
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from data.documents import documents_about
from data.policies import policy_of
from data.store.asking import ASKED_AT_ONCE, batched
from data.store.audit import audit, job
from data.store.session import reading, writing
from data.tables import (
    CaseRow,
    CaseState,
    Document,
    EmergencyCall,
    GeneratedTask,
    JournalEntry,
    MailState,
    OutboxMail,
    Placement,
    Removal,
)
from rules.duties.span import Span
from rules.policy import Policy
from rules.register import PROCESSES
from rules.retention import EndedCase, Stay, lived_there
from tasks.failures.one_by_one import NotAll, one_by_one

AT_ONCE = 1000
JOB = "retention"
NOT_APPROVED = ("Refused", "Withdrawn")
NOT_APPROVED_CASES = "cases_not_approved_months"


class Gone(NamedTuple):
    kind: str
    ref: str


class Kept(NamedTuple):
    kind: str
    ref: str
    because: str
    """References."""


@dataclass
class Swept:
    """What came of a run: what went, and what is old enough and was kept all the same."""

    gone: list[Gone] = field(default_factory=list)
    kept: list[Kept] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{len(self.gone)} removed, {len(self.kept)} kept"


def remove_what_may_go(municipality: str, today: date, now: datetime) -> Swept:
    """In steps of a thousand, each its own transaction; references only."""
    policy = policy_of(municipality)
    named = [key for key in KINDS if policy.has(f"retention.{key}", today)]
    swept = Swept()

    def remove(key: str) -> None:
        before, kind = _before(policy, key, today), key.removesuffix("_months")
        while refs := _remove(policy, key, KINDS[key], before, now):
            swept.gone.extend(Gone(kind, ref) for ref in refs)
        if key == NOT_APPROVED_CASES:
            with reading() as s:
                lived = _lived_in(s, policy, before)
            swept.kept += [Kept(kind, ref, f"a child lived there: {', '.join(where)}") for ref, where in lived.items()]

    try:
        one_by_one(named, remove, called=str)
    except NotAll as others:
        others.done = swept
        raise
    return swept


def _before(policy: Policy, key: str, today: date) -> datetime:
    """The instant from which on everything is kept."""
    kept_from = Span(months=-policy.value(f"retention.{key}", today)).after(today)
    return datetime.combine(kept_from, time.min, ZoneInfo(policy.timezone))


Remove = Callable[[Session, Policy, datetime], list[str]]


def _remove(policy: Policy, key: str, remove: Remove, before: datetime, now: datetime) -> list[str]:
    with writing() as s:
        kind = key.removesuffix("_months")
        refs = remove(s, policy, before)
        papers = documents_about(s, refs)
        gone = [*((kind, ref) for ref in refs), *(("document", ref) for ref in papers)]
        listed = partial(Removal, municipality=policy.key, rule=f"retention.{key}", removed_at=now)
        if gone:
            # the database lets a document go only where it is listed
            rows = [listed(kind=of, ref=ref).model_dump(exclude={"id"}) for of, ref in gone]
            s.execute(insert(Removal), rows)
            s.execute(delete(Document).where(col(Document.ref).in_(papers)))
            audit(s, job(JOB), f"removed: {kind}", refs[0], now, count=len(refs), last=refs[-1])
    return refs


def _mails(s: Session, policy: Policy, before: datetime) -> list[str]:
    """Their content and address; that they were sent, and when, stays."""
    mails = select(OutboxMail.id).where(
        OutboxMail.municipality == policy.key,
        OutboxMail.queued_at < before,
        col(OutboxMail.state).in_((MailState.SENT, MailState.GIVEN_UP)),
        col(OutboxMail.message).is_not(None),
    )
    ids = s.exec(mails.order_by(col(OutboxMail.id)).limit(AT_ONCE)).all()
    s.execute(
        update(OutboxMail).where(col(OutboxMail.id).in_(ids)).values(message=None, address=None, server_said=None)
    )
    return [f"M-{number}" for number in ids]


def _cases_not_approved(s: Session, policy: Policy, before: datetime) -> list[str]:
    """What was answered and written in them; that they were, and how they ended, stays.

    Only where the case was to approve: what came to nothing otherwise is part of a child's or a grant's records. So is
    one in which a child lived.
    """
    kept = _lived_in(s, policy, before)
    refs = [case.ref for case in _old_cases(s, policy, before) if case.ref not in kept][:AT_ONCE]
    for row in s.exec(select(CaseRow).where(col(CaseRow.ref).in_(refs))):
        row.because = None
        s.add(row)
    s.execute(update(GeneratedTask).where(col(GeneratedTask.case).in_(refs)).values(answer=None))
    s.execute(delete(JournalEntry).where(col(JournalEntry.case).in_(refs)))
    return refs


def _lived_in(s: Session, policy: Policy, before: datetime) -> dict[str, list[str]]:
    """By case, of those that are kept: the placements in which a child lived."""
    cases = _old_cases(s, policy, before)
    by_family: dict[str, list[Stay]] = defaultdict(list)
    columns = (Placement.ref, Placement.family, Placement.child, Placement.start, Placement.end, Placement.case)
    for some in batched(sorted({case.family for case in cases if case.family}), ASKED_AT_ONCE):
        there = select_columns(*map(col, (*columns, Placement.withdrawn_on))).where(
            col(Placement.family).in_(some), col(Placement.superseded_at).is_(None)
        )
        for row in s.execute(there):
            by_family[row.family].append(
                Stay(row.ref, row.family, row.child, row.start, row.end, row.case, row.withdrawn_on is None)
            )
    found = ((case.ref, lived_there(case, by_family.get(case.family or "", ()))) for case in cases)
    return {ref: placements for ref, placements in found if placements}


def _old_cases(s: Session, policy: Policy, before: datetime) -> list[EndedCase]:
    """By reference."""
    approving = [process.name for process in PROCESSES.values() if process.approves]
    columns = (CaseRow.ref, CaseRow.family, CaseRow.child, CaseRow.ended_at)
    rows = s.execute(
        select_columns(*map(col, columns))
        .where(
            col(CaseRow.municipality) == policy.key,
            col(CaseRow.state) == CaseState.ENDED,
            col(CaseRow.process).in_(approving),
            col(CaseRow.outcome).in_(NOT_APPROVED),
            col(CaseRow.ended_at) < before,
            col(CaseRow.ref).not_in(select(Removal.ref).where(Removal.kind == "cases_not_approved")),
        )
        .order_by(col(CaseRow.ref))
    )
    return [EndedCase(ref, family, child, policy.today(ended_at)) for ref, family, child, ended_at in rows]


def _calls(s: Session, policy: Policy, before: datetime) -> list[str]:
    calls = select(EmergencyCall.ref).where(EmergencyCall.municipality == policy.key, EmergencyCall.called_at < before)
    refs = list(s.exec(calls.order_by(col(EmergencyCall.ref)).limit(AT_ONCE)))
    s.execute(delete(EmergencyCall).where(col(EmergencyCall.ref).in_(refs)))
    return refs


KINDS: Mapping[str, Remove] = {
    "mails_months": _mails,
    NOT_APPROVED_CASES: _cases_not_approved,
    "calls_months": _calls,
}
"""By policy key under retention: how many months it is kept after it ended."""
