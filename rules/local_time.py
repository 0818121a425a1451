"""What a clock on a wall said, as an instant."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from rules.refusal import Refusal


def instant(said: datetime, timezone: str) -> datetime:
    """The first of the two where clocks go back. Raises Refusal for an hour that summer time leaves out."""
    if said.tzinfo is not None:
        return said.astimezone(UTC)
    at = said.replace(tzinfo=ZoneInfo(timezone)).astimezone(UTC)
    if at.astimezone(ZoneInfo(timezone)).replace(tzinfo=None) != said:
        raise Refusal(f"{said:%Y-%m-%d %H:%M} never was: clocks were put forward over it; give the hour after")
    return at
