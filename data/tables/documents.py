"""Word templates as municipalities edit them, and the documents that were made with them."""

from datetime import datetime

from sqlalchemy import Index, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from data.columns import EncryptedBytes, UtcDateTime


class DocumentTemplate(SQLModel, table=True):
    """A municipality's own version of a shipped template; a later one with the same name takes its place."""

    __tablename__ = "document_template"
    __table_args__ = (Index("document_template_name", "municipality", "name", "loaded_at"),)

    id: int | None = Field(default=None, primary_key=True)
    municipality: str
    name: str
    content: bytes = Field(sa_type=LargeBinary)
    digest: str
    loaded_at: datetime = Field(sa_type=UtcDateTime)
    loaded_by: str


class Document(SQLModel, table=True):
    """Made once and kept as it went out. Append-only: a later version names the one it supersedes."""

    __tablename__ = "document"
    __table_args__ = (
        UniqueConstraint("about", "kind", "version", name="document_version"),
        Index("document_about", "about"),
    )

    ref: str = Field(primary_key=True)
    """Such as HJ-2023-0001-contract-1."""
    municipality: str
    about: str
    """Case, placement or pay run with family, by reference."""
    kind: str
    version: int
    file_name: str
    content: bytes = Field(sa_type=EncryptedBytes)
    digest: str
    """SHA-256 of the content before encryption."""
    template_digest: str
    supersedes: str | None = None
    made_at: datetime = Field(sa_type=UtcDateTime)
    made_by: str
