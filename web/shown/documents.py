from typing import TypedDict

from data.tables import Document


class DocumentRow(TypedDict):
    ref: str
    about: str
    kind: str
    version: int
    supersedes: str | None
    made_at: str
    """UTC, to the minute."""
    sha256: str


def document_row(document: Document) -> DocumentRow:
    return {
        "ref": document.ref,
        "about": document.about,
        "kind": document.kind,
        "version": document.version,
        "supersedes": document.supersedes,
        "made_at": f"{document.made_at:%Y-%m-%d %H:%M}",
        "sha256": document.digest,
    }
