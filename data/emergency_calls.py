"""Calls to the emergency line, as they are counted."""

from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from data.tables import EmergencyCall


def calls_by_topic(s: Session, municipality: str, start: datetime, end: datetime) -> dict[str, int]:
    """Of calls from `start` on and before `end`."""
    query = (
        select(EmergencyCall.topic, func.count())
        .where(
            EmergencyCall.municipality == municipality,
            col(EmergencyCall.called_at) >= start,
            col(EmergencyCall.called_at) < end,
        )
        .group_by(col(EmergencyCall.topic))
    )
    return {str(topic): int(count) for topic, count in s.execute(query)}
