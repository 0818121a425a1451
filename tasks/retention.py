"""What policy says may go, goes, with a list of what went; what it doesn't name is kept (X5)."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from functools import partial
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import delete, insert, update
from sqlmodel import Session, col, select

from data.audit import audit, job
from data.documents import documents_about
from data.policies import policy
from data.session import writing
from data.tables import (
    CaseRow,
    CaseState,
    Document,
    EmergencyCall,
    GeneratedTask,
    JournalEntry,
    MailState,
    OutboxMail,
    Removal,
)
from rules.duties.span import Span
from rules.policy import Policy
from rules.processes import PROCESSES
from tasks.one_by_one import NotAll, one_by_one

AT_ONCE = 1000
JOB = "retention"
NOT_APPROVED = ("Refused", "Withdrawn")


class Gone(NamedTuple):
    kind: str
    ref: str


def remove_what_may_go(municipality: str, today: date, now: datetime) -> list[Gone]:
    """In steps of a thousand, each its own transaction; references only."""
    pack = policy(municipality)
    named = [key for key in KINDS if pack.has(f"retention.{key}", today)]
    gone: list[Gone] = []

    def remove(key: str) -> None:
        before = _before(pack, key, today)
        while refs := _remove(pack, key, KINDS[key], before, now):
            gone.extend(Gone(key.removesuffix("_months"), ref) for ref in refs)

    try:
        one_by_one(named, remove, called=str)
    except NotAll as others:
        others.done = gone
        raise
    return gone


def _before(pack: Policy, key: str, today: date) -> datetime:
    """The instant from which on everything is kept."""
    kept_from = Span(months=-pack.value(f"retention.{key}", today)).after(today)
    return datetime.combine(kept_from, time.min, ZoneInfo(pack.timezone))


Remove = Callable[[Session, str, datetime], list[str]]


def _remove(pack: Policy, key: str, remove: Remove, before: datetime, now: datetime) -> list[str]:
    with writing() as s:
        kind = key.removesuffix("_months")
        refs = remove(s, pack.key, before)
        papers = documents_about(s, refs)
        gone = [*((kind, ref) for ref in refs), *(("document", ref) for ref in papers)]
        listed = partial(Removal, municipality=pack.key, rule=f"retention.{key}", removed_at=now)
        if gone:
            # the database lets a document go only where it is listed
            rows = [listed(kind=of, ref=ref).model_dump(exclude={"id"}) for of, ref in gone]
            s.execute(insert(Removal), rows)
            s.execute(delete(Document).where(col(Document.ref).in_(papers)))
            audit(s, job(JOB), f"removed: {kind}", refs[0], now, count=len(refs), last=refs[-1])
    return refs


def _mails(s: Session, municipality: str, before: datetime) -> list[str]:
    """Their content and address; that they were sent, and when, stays."""
    mails = select(OutboxMail.id).where(
        OutboxMail.municipality == municipality,
        OutboxMail.queued_at < before,
        col(OutboxMail.state).in_((MailState.SENT, MailState.GIVEN_UP)),
        col(OutboxMail.message).is_not(None),
    )
    ids = s.exec(mails.order_by(col(OutboxMail.id)).limit(AT_ONCE)).all()
    s.execute(
        update(OutboxMail).where(col(OutboxMail.id).in_(ids)).values(message=None, address=None, server_said=None)
    )
    return [f"M-{number}" for number in ids]


def _cases_not_approved(s: Session, municipality: str, before: datetime) -> list[str]:
    """What was answered and written in them; that they were, and how they ended, stays.

    Only where the case was to approve: what came to nothing otherwise is part of a child's or a grant's records.
    """
    approving = [process.name for process in PROCESSES.values() if process.approves]
    rows = s.exec(
        select(CaseRow)
        .where(
            CaseRow.municipality == municipality,
            CaseRow.state == CaseState.ENDED,
            col(CaseRow.process).in_(approving),
            col(CaseRow.outcome).in_(NOT_APPROVED),
            col(CaseRow.ended_at) < before,
            col(CaseRow.ref).not_in(select(Removal.ref).where(Removal.kind == "cases_not_approved")),
        )
        .order_by(col(CaseRow.ref))
        .limit(AT_ONCE)
    ).all()
    refs = [row.ref for row in rows]
    for row in rows:
        row.because = None
        s.add(row)
    s.execute(update(GeneratedTask).where(col(GeneratedTask.case).in_(refs)).values(answer=None))
    s.execute(delete(JournalEntry).where(col(JournalEntry.case).in_(refs)))
    return refs


def _calls(s: Session, municipality: str, before: datetime) -> list[str]:
    calls = select(EmergencyCall.ref).where(
        EmergencyCall.municipality == municipality, EmergencyCall.called_at < before
    )
    refs = list(s.exec(calls.order_by(col(EmergencyCall.ref)).limit(AT_ONCE)))
    s.execute(delete(EmergencyCall).where(col(EmergencyCall.ref).in_(refs)))
    return refs


KINDS: Mapping[str, Remove] = {
    "mails_months": _mails,
    "cases_not_approved_months": _cases_not_approved,
    "calls_months": _calls,
}
"""By policy key under retention: how many months it is kept after it ended."""
