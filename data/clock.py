"""The edge's clock on a given day: it goes on from what that day has recorded already."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, union_all
from sqlmodel import col

from data.store.session import engine_there, reading
from data.tables import AuditEntry
from data.tables.base import Fact

LOCAL = ZoneInfo("Europe/Copenhagen")
"""Norway's clocks say the same."""
TICK = timedelta(microseconds=1)


def on_day(today: date, real: datetime) -> datetime:
    """An instant of that day, UTC: the real one where it is that day, else within the hour after noon.

    Always after whatever was recorded on that day, by a command, a job or a person: who comes later knows no less.
    """
    begins, ends = _midnight(today), _midnight(today + timedelta(days=1))
    at = real if begins <= real < ends else datetime.combine(today, real.timetz()).replace(hour=12)
    last = _last_recorded(begins, ends) if engine_there() else None
    return at if last is None else min(max(at, last + TICK), ends - TICK)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, LOCAL).astimezone(UTC)


def _last_recorded(begins: datetime, ends: datetime) -> datetime | None:
    instants = [col(AuditEntry.at), *(col(table.recorded_at) for table in _facts())]
    latest = union_all(*(select(func.max(at).label("at")).where(at >= begins, at < ends) for at in instants)).subquery()
    with reading() as s:
        found: datetime | None = s.scalar(select(func.max(latest.c.at)))
    return found


def _facts(of: type[Fact] = Fact) -> Iterator[type[Fact]]:
    """The tables among all that derive from it."""
    for kind in of.__subclasses__():
        if hasattr(kind, "__table__"):
            yield kind
        yield from _facts(kind)
