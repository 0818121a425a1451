"""Word files made for a test, and what a reader of one sees."""

import re
import zipfile
from io import BytesIO
from typing import Any

from docx import Document

from rules.document_fields import lists, single


def word(*paragraphs: str, header: str = "", footer: str = "") -> bytes:
    made = Document()
    for text in paragraphs:
        made.add_paragraph(text)
    made.sections[0].header.paragraphs[0].text = header
    made.sections[0].footer.paragraphs[0].text = footer
    return saved(made)


def saved(made: Any) -> bytes:
    file = BytesIO()
    made.save(file)
    return file.getvalue()


def with_part(content: bytes, name: str, part: bytes) -> bytes:
    """The same file with one part more, or another in its place."""
    file = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for other in old.namelist():
            if other != name:
                new.writestr(other, old.read(other))
        new.writestr(name, part)
    return file.getvalue()


def text_of(content: bytes) -> str:
    """All its text: body with tables, headers, footers; breaks as line ends."""
    with zipfile.ZipFile(BytesIO(content)) as packed:
        parts = [
            packed.read(name).decode()
            for name in sorted(packed.namelist())
            if re.fullmatch(r"word/(document|header\d*|footer\d*)\.xml", name)
        ]
    lines = re.sub(r"</w:p>|<w:br/>", "\n", "".join(parts))
    plain = re.sub(r"<[^>]+>", "", lines)
    return plain.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def example(kind: str, text: str = "tekst") -> dict[str, Any]:
    """Every field of the kind, with this text."""
    rows = {name: [{part: f"{text} {part}" for part in parts}] * 2 for name, parts in lists(kind).items()}
    return dict.fromkeys(single(kind), text) | rows


def with_tied_part(content: bytes, name: str, part: bytes, kind: str, content_type: str) -> bytes:
    """The same file with one part more that its text is tied to, such as its endnotes."""
    with zipfile.ZipFile(BytesIO(content)) as packed:
        ties, types = (packed.read(each).decode() for each in ("word/_rels/document.xml.rels", "[Content_Types].xml"))
    tie = f'<Relationship Id="rId{len(ties)}" Type="{kind}" Target="/{name}"/></Relationships>'
    of = f'<Override PartName="/{name}" ContentType="{content_type}"/></Types>'
    content = with_part(content, name, part)
    content = with_part(content, "word/_rels/document.xml.rels", ties.replace("</Relationships>", tie).encode())
    return with_part(content, "[Content_Types].xml", types.replace("</Types>", of).encode())


def changed(content: bytes, name: str, old: str, new: str) -> bytes:
    """The same file with other XML in one part."""
    with zipfile.ZipFile(BytesIO(content)) as packed:
        part = packed.read(name).decode()
    assert old in part, f"{old} isn't in {name}"
    return with_part(content, name, part.replace(old, new, 1).encode())


def parts_of(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(content)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def saved_parts(parts: dict[str, bytes]) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        for name, part in parts.items():
            packed.writestr(name, part)
    return file.getvalue()
