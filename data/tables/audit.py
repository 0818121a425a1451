"""Who did what, in a chain in which no row can be changed or taken out unseen."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index
from sqlmodel import Field, SQLModel

from data.columns import UtcDateTime


class AuditEntry(SQLModel, table=True):
    __tablename__ = "audit"
    __table_args__ = (Index("audit_at", "at"),)

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime)
    actor: str
    """Staff or family reference, or a job's name."""
    os_account: str
    action: str
    subject: str
    detail: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    """References and counts only."""
    previous: str = Field(unique=True)
    digest: str
    zone: str | None = None
    """In which `at` was hashed, where that wasn't UTC: rows of before 0.6."""


class Sequence(SQLModel, table=True):
    """The last number given out in a series of references."""

    __tablename__ = "sequence"

    series: str = Field(primary_key=True)
    last: int
