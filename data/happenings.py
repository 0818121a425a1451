"""What was held, as it is recorded."""

from datetime import date, datetime

from sqlmodel import Session

from data.store.facts import record
from data.tables import Happening


def record_held(s: Session, subject: str, duty: str, on: date, *, ref: str, now: datetime) -> None:
    """Of one duty of a placement, family, child or network; the same `ref` again is its next version."""
    record(s, Happening(ref=ref, recorded_at=now, subject=subject, duty=duty, held_on=on), now)
