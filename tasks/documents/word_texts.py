"""The texts of a Word file beside those that are filled in: what somebody changed or remarked, and fields left over."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from lxml import etree

NOT_FOR_READERS = frozenset(
    [
        "people",
        "comments",
        "commentsextended",
        "commentsids",
        "commentsextensible",
        "glossarydocument",
        "customxml",
        "extended-properties",
        "thumbnail",
    ]
)
"""Parts, by the last word of the relationship's type, that say who wrote a template or what they have in store."""
CHANGES = re.compile(r"ins|del|move(From|To)|conflict(Ins|Del)|del(Instr)?Text|cell(Ins|Del|Merge)|\w+Change")
RANGES = re.compile(r"(move(From|To)|customXml(Ins|Del|MoveFrom|MoveTo)|conflict(Ins|Del))Range(Start|End)")
OPENS = re.compile(r"(?:\{|%7B)[^\S\n]*(?:\{|%7B|%25|[%#])", re.IGNORECASE)
WORDS = re.compile(r"wordprocessingml|/office/word/")


def remark_faults(tree: Any) -> Iterator[str]:
    """Never what was changed, remarked or hidden, nor by whom."""
    found = {etree.QName(element).localname for element in tree.iter("{*}*") if _is_words(element)}
    if any(CHANGES.fullmatch(name) or RANGES.fullmatch(name) for name in found):
        yield (
            "it holds tracked changes, whose deleted words and authors would stand in every document; "
            "in Word, accept or reject all changes and switch tracking off"
        )
    if "comment" in found:
        yield "it has comments, which would stand in every document with who wrote them; in Word, delete all comments"
    if any(_is_hidden(run) for run in tree.iter("{*}r")):
        yield "it has hidden text, which every reader can bring to light; in Word, show it or delete it"
    if "dataBinding" in found:
        yield (
            "it has a content control that shows other data of the file (dataBinding) in place of its text; "
            "in Word, remove the content control and keep the text"
        )


def _is_hidden(run: Any) -> bool:
    """Whether words of it don't show, whoever opens the document may bring them to light."""
    hides = run.find("{*}rPr/{*}vanish")
    return (
        hides is not None
        and all(value not in ("0", "false", "off") for value in hides.attrib.values())
        and any((text.text or "").strip() for text in run.findall("{*}t"))
    )


def _is_words(element: Any) -> bool:
    return WORDS.search(etree.QName(element).namespace or "") is not None


def with_fields(parts: Mapping[str, bytes]) -> Iterator[str]:
    """Names of XML parts with the beginning of a field in a text or an attribute."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True)
    for name, part in parts.items():
        tree = etree.fromstring(part, parser) if name.endswith((".xml", ".rels")) else None
        if tree is not None and OPENS.search("\n".join(_texts(tree))):
            yield name


def _texts(tree: Any) -> Iterator[str]:
    """Each paragraph as one, whatever runs it is cut into; and each attribute."""
    said = [""]
    for element in tree.iter("{*}*"):
        if etree.QName(element).localname == "p":
            said.append("")
        said[-1] += (element.text or "") + (element.tail or "")
        yield from element.attrib.values()
    yield from said
