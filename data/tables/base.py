"""What every table of facts shares."""

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from data.columns import UtcDateTime

CURRENT = text("superseded_at IS NULL")


class Fact(SQLModel):
    """A version of something known: never overwritten, closed by `superseded_at` when a later version is recorded."""

    id: int | None = Field(default=None, primary_key=True)
    ref: str = Field(max_length=160)
    recorded_at: datetime = Field(sa_type=UtcDateTime)
    superseded_at: datetime | None = Field(default=None, sa_type=UtcDateTime)

    natural_key: ClassVar[tuple[str, ...]] = ()
    """Columns that make the ref where the sheet has none; joined by a slash."""


class Withdrawable(Fact):
    """A fact that may be taken back: it stays, with the day, and takes part in nothing."""

    withdrawn_on: date | None = None


def current_ref(table: str, *more: Any) -> tuple[Any, ...]:
    """One current version a ref, and a way to the older ones."""
    return (
        Index(f"{table}_current", "ref", unique=True, sqlite_where=CURRENT, postgresql_where=CURRENT),
        Index(f"{table}_recorded", "ref", "recorded_at"),
        *more,
    )
