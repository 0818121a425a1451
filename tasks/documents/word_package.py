"""What a Word file is made of, read without trust: its parts, what they are tied to, and what they pull in or run."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from lxml import etree

from data.from_outside import Locked, TooMuch, Unpackable, unpacked
from tasks.documents.word_fields import field_faults, leads_to_a_page
from tasks.documents.word_texts import remark_faults

MOST_BYTES = 5_000_000
MOST_UNPACKED = 50_000_000
MOST_XML, MOST_TAGS = 10_000_000, 300_000
"""Of all parts, their styles too. The shipped templates have 825,000 bytes and 25,000 tags; the parser itself goes no
deeper than 256."""
MOST_TEXT, MOST_TEXT_TAGS = 2_000_000, 60_000
"""Of the parts that are filled in."""
FILLED_IN = ("document", "hdr", "ftr", "footnotes", "endnotes")
MOST_PARTS = 300
MOST_TIES = 2_000
TYPES = "[Content_Types].xml"
MACROS = re.compile(r"vbaProject|vbaData|activeX|macroEnabled|\.docm\b", re.IGNORECASE)
FILES = (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK\x03\x04", b"{\\rtf")
"""How an OLE object, a packed file and a rich text begin, whatever their names say."""
XML = re.compile(rb"(?:\xef\xbb\xbf)?\s*<|\xff\xfe<\0|\xfe\xff\0<")
INERT = frozenset(
    [
        "officedocument",
        "core-properties",
        "extended-properties",
        "custom-properties",
        "thumbnail",
        "classificationlabels",
        "styles",
        "styleswitheffects",
        "settings",
        "websettings",
        "fonttable",
        "font",
        "theme",
        "themeoverride",
        "numbering",
        "glossarydocument",
        "header",
        "footer",
        "footnotes",
        "endnotes",
        "comments",
        "commentsextended",
        "commentsids",
        "commentsextensible",
        "people",
        "image",
        "hdphoto",
        "hyperlink",
        "customxml",
        "customxmlprops",
        "printersettings",
        "chart",
        "chartex",
        "chartstyle",
        "chartcolorstyle",
        "chartusershapes",
        "diagramdata",
        "diagramlayout",
        "diagramquickstyle",
        "diagramcolors",
        "diagramdrawing",
    ]
)
"""What a part may be to another, by the last word of the relationship's type: text, its looks, pictures."""
OFFICE = re.compile(r"wordprocessingml|/office/word/|urn:schemas-microsoft-com:(office|vml)")
ACTIVE = frozenset(
    [
        "altChunk",
        "subDoc",
        "control",
        "object",
        "OLEObject",
        "attachedTemplate",
        "mailMerge",
        "frameset",
        "frame",
        "movie",
        "entryMacro",
        "exitMacro",
        "saveThroughXslt",
        "webVideoPr",
    ]
)
FETCHING = ("src", "href", "althref")
AGAIN = "open it in Word and save it as .docx again"
OUTSIDE = "it fetches something from outside ({}), such as a linked picture or template; put it into the file"


class NoWordFile(Exception):
    """A fault that leaves nothing else to look at."""


def package_faults(content: bytes) -> Iterator[str]:
    """Bounded in time and memory, whatever the content is."""
    try:
        trees, others = _opened(content)
    except NoWordFile as fault:
        yield str(fault)
        return
    yield from (f"it embeds a file ({name}); take it out" for name, part in others.items() if part.startswith(FILES))
    for name, tree in trees.items():
        if name.endswith(".rels"):
            yield from _tie_faults(tree)
        else:
            yield from remark_faults(tree)
            yield from _element_faults(tree)
            yield from field_faults(tree)


def _opened(content: bytes) -> tuple[Mapping[str, Any], Mapping[str, bytes]]:
    """Its XML parts, and the others."""
    parts = _parts(content)
    if TYPES not in parts:
        raise NoWordFile("it isn't a Word document; save it as .docx")
    if MACROS.search("\n".join([*parts, parts[TYPES].decode("utf-8", "replace")])):
        raise NoWordFile("it holds macros; save it as .docx without them")
    texts = {name: part for name, part in parts.items() if XML.match(part) or name.endswith((".xml", ".rels"))}
    _refuse_vast([*texts.values()], MOST_XML, MOST_TAGS)
    trees = {name: _tree(name, part) for name, part in texts.items()}
    filled_in = [name for name, tree in trees.items() if etree.QName(tree).localname in FILLED_IN]
    _refuse_vast([texts[name] for name in filled_in], MOST_TEXT, MOST_TEXT_TAGS)
    ties = [tie for name, tree in trees.items() if name.endswith(".rels") for tie in tree]
    if len(ties) > MOST_TIES or _shared(trees):
        raise NoWordFile(f"it isn't a Word document that can be read; {AGAIN}")
    return trees, {name: part for name, part in parts.items() if name not in texts}


def _refuse_vast(parts: list[bytes], most: int, most_tags: int) -> None:
    if sum(map(len, parts)) > most or sum(part.count(b"<") for part in parts) > most_tags:
        raise NoWordFile("it holds far more text and formatting than a letter needs; copy what is needed to a new file")


def _parts(content: bytes) -> dict[str, bytes]:
    if len(content) > MOST_BYTES:
        raise NoWordFile(f"it is larger than {MOST_BYTES // 1_000_000} MB; make its pictures smaller")
    try:
        return unpacked(content, most_bytes=MOST_UNPACKED, most_parts=MOST_PARTS)
    except Locked:
        raise NoWordFile("it is locked with a password; save it without one") from None
    except TooMuch:
        raise NoWordFile(
            f"unpacked it is larger than {MOST_UNPACKED // 1_000_000} MB, or has more than {MOST_PARTS} parts; "
            "make its pictures smaller and fewer"
        ) from None
    except Unpackable:
        raise NoWordFile("it isn't a Word document, or it is locked with a password; save it as .docx") from None


def _tree(name: str, part: bytes) -> Any:
    broken = f"it isn't a Word document that can be read ({name} is broken, or nested too deep); {AGAIN}"
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        tree = etree.fromstring(part, parser)
    except (etree.LxmlError, ValueError):
        raise NoWordFile(broken) from None
    if tree.getroottree().docinfo.doctype:
        raise NoWordFile(broken)
    return tree


def _shared(trees: Mapping[str, Any]) -> bool:
    """The same header or footer tied to a text many times would be filled in as often."""
    for name, tree in trees.items():
        if name.endswith(".rels"):
            targets = [tie.get("Target") for tie in tree if _kind(tie) in ("header", "footer")]
            if len(set(targets)) < len(targets):
                return True
    return False


def _kind(tie: Any) -> str:
    return (tie.get("Type") or "").rpartition("/")[2].casefold()


def _tie_faults(tree: Any) -> Iterator[str]:
    for tie in tree:
        kind, target = _kind(tie), tie.get("Target") or ""
        named = re.sub(r"[^\w-]", "?", kind[:40]) or "of no kind"
        leads_out = (tie.get("TargetMode") or "Internal") != "Internal" or ":" in target or target.startswith("//")
        if kind == "hyperlink":
            yield from _link_faults(target)
        elif leads_out:
            yield OUTSIDE.format(named)
        elif kind not in INERT:
            yield f"it embeds something that isn't text or a picture ({named}); take it out"


def _link_faults(target: str) -> Iterator[str]:
    if not leads_to_a_page(target):
        yield "it has a link to a file or a program; a link leads to a http, https or mailto address"


def _element_faults(tree: Any) -> Iterator[str]:
    for element in tree.iter("{*}*"):
        name = etree.QName(element)
        if not OFFICE.search(name.namespace or ""):
            continue
        if name.localname in ACTIVE:
            yield f"it holds what pulls in or runs something beside text and pictures ({name.localname}); take it out"
        elif (name.namespace or "").endswith(":vml"):
            yield from _drawing_faults(element, name.localname)


def _drawing_faults(element: Any, kind: str) -> Iterator[str]:
    addresses = [value for key, value in element.items() if etree.QName(key).localname in FETCHING and value]
    if kind in ("imagedata", "fill", "stroke", "textpath"):
        yield from (OUTSIDE.format(kind) for _ in addresses)
    else:
        yield from (fault for address in addresses for fault in _link_faults(address))
