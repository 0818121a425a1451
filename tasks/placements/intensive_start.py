"""What the intensive start (J4) reads and writes."""

from datetime import date, datetime

from sqlmodel import Session

from data.happenings import record_held

DUTY = "intensive_start"


def record_finished(s: Session, *, placement: str, on: date, now: datetime) -> str:
    """Frees from the first year's course days (J3)."""
    ref = f"{placement}/{DUTY}"
    record_held(s, placement, DUTY, on, ref=ref, now=now)
    return ref
