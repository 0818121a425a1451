"""What the intensive start (J4) reads and writes."""

from datetime import date, datetime

from sqlmodel import Session

from data.facts import record
from data.tables import Happening

DUTY = "intensive_start"


def record_finished(s: Session, *, placement: str, on: date, now: datetime) -> str:
    """Frees from the first year's course days (J3)."""
    ref = f"{placement}/{DUTY}"
    record(s, Happening(ref=ref, recorded_at=now, subject=placement, duty=DUTY, held_on=on), now)
    return ref
