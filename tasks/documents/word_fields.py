"""The fields that Word itself computes in a text: those that only say something of the document may stand in it."""

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree

MAY_STAND = (
    "=", "ADVANCE", "AUTHOR", "AUTONUM", "AUTONUMLGL", "AUTONUMOUT", "BIBLIOGRAPHY", "CITATION", "COMMENTS", "COMPARE",
    "CREATEDATE", "DATE", "DOCPROPERTY", "DOCVARIABLE", "EDITTIME", "EQ", "FILENAME", "FORMCHECKBOX", "FORMDROPDOWN",
    "FORMTEXT", "HYPERLINK", "IF", "INDEX", "INFO", "KEYWORDS", "LASTSAVEDBY", "LISTNUM", "NOTEREF", "NUMCHARS",
    "NUMPAGES", "NUMWORDS", "PAGE", "PAGEREF", "PRINTDATE", "QUOTE", "REF", "REVNUM", "SAVEDATE", "SECTION",
    "SECTIONPAGES", "SEQ", "SET", "SHAPE", "STYLEREF", "SUBJECT", "SYMBOL", "TA", "TC", "TIME", "TITLE", "TOA", "TOC",
    "XE",
)  # fmt: skip
NESTED = "\ufffc"
"""Where another field stands inside an instruction: what Word computes there isn't known."""
KIND = re.compile(r"=|[^\s\"\\]+")
ARGUMENT = re.compile(r'\\[lot]\s*(?:"[^"]*"|[^\s"\\]+)|\\\w|"(?P<quoted>[^"]*)"|(?P<bare>[^\s"]+)')
PAGES = re.compile(r"(https?://|mailto:|tel:|#)", re.IGNORECASE)
FILLED_IN = re.compile(r"\{[{%#]")


def leads_to_a_page(target: str) -> bool:
    return not target.strip() or PAGES.match(target.strip()) is not None


def field_faults(tree: Any) -> Iterator[str]:
    for instruction in _instructions(tree):
        yield from _faults(instruction)


def _faults(instruction: str) -> Iterator[str]:
    found = KIND.match(instruction.strip())
    if found is None:
        return
    kind = found[0].upper()
    if kind not in MAY_STAND:
        shown = "whose kind is computed" if NESTED in kind else re.sub(r"[^\w=]", "?", kind[:40])
        yield (
            f"it has a field of Word's {shown}, which may pull in or run something; "
            f"take it out: the fields that may stand are {', '.join(MAY_STAND)}"
        )
    elif FILLED_IN.search(instruction):
        yield f"it has a field of plejeflow inside Word's field {kind}; write it outside"
    elif kind == "HYPERLINK" and not leads_to_a_page(_address(instruction.strip()[len(found[0]) :])):
        yield "it has a link to a file or a program; a link leads to a http, https or mailto address"


def _address(arguments: str) -> str:
    return next((each["quoted"] or each["bare"] for each in ARGUMENT.finditer(arguments) if each.lastgroup), "")


def _instructions(tree: Any) -> Iterator[str]:
    """Of simple fields, and of those written in pieces; in the order in which they end."""
    open_: list[list[str]] = []
    computed: list[bool] = []
    for element in tree.iter("{*}fldSimple", "{*}fldChar", "{*}instrText", "{*}delInstrText", "{*}t", "{*}delText"):
        name = etree.QName(element).localname
        if name == "fldSimple":
            yield _of(element, "instr")
        elif name == "fldChar":
            what = _of(element, "fldCharType")
            if what == "begin":
                if open_ and not computed[-1]:
                    open_[-1].append(NESTED)
                open_.append([])
                computed.append(False)
            elif open_ and what == "separate":
                computed[-1] = True
            elif open_:
                computed.pop()
                yield "".join(open_.pop())
        elif open_ and not computed[-1]:
            open_[-1].append(element.text or "")
        elif name in ("instrText", "delInstrText"):
            yield element.text or ""
    yield from ("".join(pieces) for pieces in open_)


def _of(element: Any, attribute: str) -> str:
    return next((value for key, value in element.items() if etree.QName(key).localname == attribute), "")
