"""The outbox."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from data.columns import Encrypted, EncryptedBytes, UtcDateTime


class MailState(StrEnum):
    QUEUED = "queued"
    CLAIMED = "claimed"
    SENT = "sent"
    GIVEN_UP = "given_up"


KEPT = text("message IS NOT NULL")


class OutboxMail(SQLModel, table=True):
    __tablename__ = "outbox"
    __table_args__ = (
        Index("outbox_due", "state", "next_attempt_at"),
        Index("outbox_about", "about"),
        Index("outbox_kept", "municipality", "queued_at", sqlite_where=KEPT, postgresql_where=KEPT),
    )

    id: int | None = Field(default=None, primary_key=True)
    dedup: str = Field(unique=True)
    """The reason for this mail; a second one for the same reason is never written."""
    message_id: str = Field(unique=True)
    template: str
    language: str
    municipality: str
    about: str
    """Task or case reference."""
    recipient: str
    """Staff or family reference."""
    address: str | None = Field(default=None, sa_type=Encrypted)
    subject: str
    message: bytes | None = Field(default=None, sa_type=EncryptedBytes)
    """The whole message as it goes over the wire, built once."""
    queued_at: datetime = Field(sa_type=UtcDateTime)
    state: str = MailState.QUEUED
    attempts: int = 0
    next_attempt_at: datetime = Field(sa_type=UtcDateTime)
    claimed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    claimed_by: str | None = None
    server_said: str | None = Field(default=None, sa_type=Encrypted)
    sent_at: datetime | None = Field(default=None, sa_type=UtcDateTime)

    @property
    def ref(self) -> str:
        return f"M-{self.id}"
