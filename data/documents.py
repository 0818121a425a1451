"""Documents and the templates municipalities made of the shipped ones, as they are read."""

from collections.abc import Collection, Sequence
from hashlib import sha256

from sqlalchemy import ColumnElement
from sqlalchemy.orm import defer
from sqlmodel import Session, col, or_, select

from data.store.asking import batched
from data.tables import Document, DocumentTemplate
from rules.refusal import Refusal

AT_ONCE = 200
"""Subjects of a question: SQLite takes no deeper condition."""


class DocumentTampered(Refusal):
    def __init__(self, ref: str) -> None:
        super().__init__(f"{ref}: its content isn't what was stored; its SHA-256 differs, take it from a backup")


def find_document(s: Session, ref: str) -> Document:
    """Raises DocumentTampered where the content doesn't fit its digest."""
    found = s.get(Document, ref)
    if found is None:
        raise Refusal(f"there is no document {ref!r}; `plejeflow document list` shows them")
    if sha256(found.content).hexdigest() != found.digest:
        raise DocumentTampered(ref)
    return found


def list_documents(s: Session, *, about: str | None = None) -> Sequence[Document]:
    """Without their content; `about` takes in what is about a part of it too, such as one member of a case's family."""
    unread = defer(Document.content, raiseload=True)  # type: ignore[arg-type]
    query = select(Document).options(unread).order_by(col(Document.about), col(Document.kind), col(Document.version))
    if about is not None:
        query = query.where(_about(about))
    return s.exec(query).all()


def documents_about(s: Session, subjects: Collection[str]) -> list[str]:
    """References of what is about any of these, or a part of it."""
    return [
        ref
        for some in batched(subjects, AT_ONCE)
        for ref in s.exec(select(Document.ref).where(or_(*map(_about, some))).order_by(col(Document.ref)))
    ]


def _about(subject: str) -> ColumnElement[bool]:
    about = col(Document.about)
    return or_(about == subject, about.startswith(f"{subject}/", autoescape=True))


def latest_document(s: Session, about: str, kind: str) -> Document | None:
    same = select(Document).where(Document.about == about, Document.kind == kind)
    return s.exec(same.order_by(col(Document.version).desc()).limit(1)).first()


def own_template(s: Session, municipality: str, name: str) -> DocumentTemplate | None:
    """The municipality's own version that holds now, if it has one."""
    own = select(DocumentTemplate).where(DocumentTemplate.municipality == municipality, DocumentTemplate.name == name)
    return s.exec(
        own.order_by(col(DocumentTemplate.loaded_at).desc(), col(DocumentTemplate.id).desc()).limit(1)
    ).first()
