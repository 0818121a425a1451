"""J11: decisions on contact, each until the next."""

from datetime import date, datetime, timedelta

from sqlmodel import Session, col, or_, select

from data.store.audit import audit, job
from data.store.facts import current, record, revise, stands
from data.tables import ContactDecision
from rules.processes.contact_decision import DecideOnContact


def decide(s: Session, *, case: str, placement: str, decided: DecideOnContact, now: datetime) -> str:
    """Records the decision and closes those it takes the place of; its reference."""
    for earlier in _overlapping(s, placement, decided):
        # one that was still to begin never takes force
        last = max(decided.valid_from, earlier.valid_from) - timedelta(days=1)
        revise(s, earlier, now, valid_to=last)
    row = ContactDecision(
        ref=f"{case}-S",
        recorded_at=now,
        placement=placement,
        valid_from=decided.valid_from,
        valid_to=decided.valid_to,
        decided_on=decided.decided_on,
        decision=decided.decision,
    )
    record(s, row, now)
    audit(s, job("case engine"), "contact decided", row.ref, now, case=case, placement=placement)
    return row.ref


def _overlapping(s: Session, placement: str, decided: DecideOnContact) -> list[ContactDecision]:
    return list(
        s.exec(
            select(ContactDecision).where(
                ContactDecision.placement == placement,
                stands(ContactDecision),
                ContactDecision.valid_from <= (decided.valid_to or date.max),
                or_(
                    col(ContactDecision.valid_to).is_(None),
                    # one that was closed before it began has no day left to overlap
                    (col(ContactDecision.valid_to) >= decided.valid_from)
                    & (col(ContactDecision.valid_to) >= col(ContactDecision.valid_from)),
                ),
            )
        )
    )


def told(s: Session, *, ref: str, on: date, now: datetime) -> str:
    revise(s, current(s, ContactDecision, ref), now, told_on=on)
    audit(s, job("case engine"), "contact decision read", ref, now, on=on.isoformat())
    return ref
