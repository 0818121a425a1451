"""What a municipality's own Word template may be: refused by every fault at once, each with how to mend it."""

import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from datetime import date
from difflib import get_close_matches
from io import BytesIO
from itertools import islice
from pathlib import Path
from xml.etree.ElementTree import ParseError

from docx.exceptions import PythonDocxError
from docx.opc.exceptions import OpcError
from jinja2 import TemplateError, TemplateSyntaxError, nodes
from lxml import etree

from data.from_outside import read_file, unpacked
from rules.document_fields import lists, single
from rules.refusal import Refusals
from tasks.documents.word import Word, environment, fill
from tasks.documents.word_instructions import BadInstruction
from tasks.documents.word_package import AGAIN, MOST_BYTES, MOST_PARTS, MOST_UNPACKED, package_faults
from tasks.documents.word_texts import with_fields

NO_DOCUMENT = (
    OpcError, PythonDocxError, etree.LxmlError, ParseError, TemplateError, SyntaxError, zipfile.BadZipFile, zlib.error,
    EOFError, LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RuntimeError,
)  # fmt: skip
"""What the libraries say of well-formed XML that is no document; each of them was seen."""
MOST_FAULTS = 100
LOOP = ("first", "last", "index")
PLAIN = (nodes.Template, nodes.TemplateData, nodes.Const, nodes.If, nodes.Not, nodes.And, nodes.Or, nodes.Compare,
         nodes.Operand)  # fmt: skip
LEFT = re.compile(r"\{\s*[{%].{0,40}|.{0,40}[}%]\s*\}")


class BadTemplate(Refusals):
    def __init__(self, kind: str, faults: list[str]) -> None:
        super().__init__([f"template {kind}: {fault}" for fault in faults])


def template_file(path: Path) -> bytes:
    """Raises Refusal."""
    return read_file(path, MOST_BYTES)


def check_template(content: bytes, kind: str) -> None:
    """Raises BadTemplate."""
    faults = [*islice(package_faults(content), MOST_FAULTS)]
    try:
        sources = [] if faults else [*Word(BytesIO(content)).sources()]
    except BadInstruction as fault:
        faults.append(str(fault))
    except NO_DOCUMENT:
        faults.append(f"it isn't a Word document that can be read; {AGAIN}")
    if not faults:
        faults = [fault for source in sources for fault in islice(_source_faults(source, kind), MOST_FAULTS)]
    if not faults:
        faults = [*_result_faults(content, kind)]
    if faults:
        raise BadTemplate(kind, list(dict.fromkeys(faults)))


def _source_faults(source: str, kind: str) -> Iterator[str]:
    try:
        tree = environment("da").parse(source)
    except RecursionError:
        yield "if and for, or the brackets of a field, stand too deep inside each other; write them flatter"
        return
    except TemplateSyntaxError as error:
        how = "write {{ field }}, or {% if field %} … {% endif %}"
        yield f"{_paragraph(source, error.lineno)}: {error.message}; {how}"
        return
    yield from (f"{_paragraph(source, line)}: {fault}" for line, fault in Fields(kind).faults(tree, {}))


def _paragraph(source: str, line: int) -> str:
    """Where it is, as Word shows it."""
    text = re.sub(r"<[^>]+>", "", source.split("\n")[line - 1]).strip()
    return f'in "{text[:80]}"'


class Fields:
    """Which expressions a template of this kind may use: its fields, and if and for over them."""

    def __init__(self, kind: str) -> None:
        self._kind, self._single, self._lists = kind, single(kind), lists(kind)

    def faults(self, node: nodes.Node, rows: Mapping[str, str]) -> Iterator[tuple[int, str]]:
        """Line and fault; `rows` is the list behind each name that a loop gives its rows."""
        if isinstance(node, nodes.For):
            yield from self._loop(node, rows)
        elif isinstance(node, nodes.Getattr):
            yield from self._part(node, rows)
        elif isinstance(node, nodes.Name):
            if node.name not in self._single | self._lists.keys() | rows.keys():
                yield node.lineno, self._unknown(node.name)
        elif isinstance(node, nodes.Output):
            yield from self._output(node, rows)
        elif isinstance(node, PLAIN):
            for child in node.iter_child_nodes():
                yield from self.faults(child, rows)
        else:
            what = type(node).__name__.lower()
            yield node.lineno, f"this isn't possible here ({what}); a template has fields, if and for, nothing else"

    def _output(self, node: nodes.Output, rows: Mapping[str, str]) -> Iterator[tuple[int, str]]:
        for child in node.nodes:
            if isinstance(child, nodes.Name) and child.name in self._lists:
                loop = (
                    f"{{%p for row in {child.name} %}}, {{{{ row.{min(self._lists[child.name])} }}}}, {{%p endfor %}}"
                )
                yield child.lineno, f"{child.name} is a list; write {loop}"
            elif isinstance(child, nodes.Name) and child.name in rows:
                yield child.lineno, f"{child.name} is a row; say which of its fields: {self._parts(rows[child.name])}"
            else:
                yield from self.faults(child, rows)

    def _loop(self, node: nodes.For, rows: Mapping[str, str]) -> Iterator[tuple[int, str]]:
        name = getattr(node.iter, "name", "")
        if name not in self._lists:
            said = f"there is {', '.join(self._lists)}" if self._lists else "this document has none"
            yield node.lineno, f"for goes over a list only; {said}"
        elif rows or not isinstance(node.target, nodes.Name) or node.test is not None:
            yield node.lineno, f"write the loop as {{%p for row in {name} %}} … {{%p endfor %}}, not inside another"
        else:
            for child in (*node.body, *node.else_):
                yield from self.faults(child, {node.target.name: name})

    def _part(self, node: nodes.Getattr, rows: Mapping[str, str]) -> Iterator[tuple[int, str]]:
        of = getattr(node.node, "name", "")
        if of in rows and node.attr in self._lists[rows[of]]:
            return
        if of == "loop" and rows and node.attr in LOOP:
            return
        if of in rows:
            yield node.lineno, f"unknown field {of}.{node.attr}; a row has {self._parts(rows[of])}"
        else:
            yield node.lineno, self._unknown(f"{of}.{node.attr}")

    def _parts(self, name: str) -> str:
        return ", ".join(sorted(self._lists[name]))

    def _unknown(self, field: str) -> str:
        near = get_close_matches(field, self._single, n=1)
        hint = f"did you mean {near[0]}?" if near else "docs/documents.md lists its fields"
        return f"unknown field {field} for {self._kind}; {hint}"


def _result_faults(content: bytes, kind: str) -> Iterator[str]:
    """What only shows once it is filled in."""
    example = dict.fromkeys(single(kind), "x") | {
        name: [dict.fromkeys(parts, "x")] * 2 for name, parts in lists(kind).items()
    }
    try:
        filled = fill(content, example, language="da", on=date(2024, 1, 1))
        texts = ["".join(re.sub(r"<[^>]+>", "", source)) for source in Word(BytesIO(filled)).sources()]
    except NO_DOCUMENT:
        yield (
            "filled in it is no Word document any more; put {%p for … %} and {%p endfor %} in paragraphs of their own, "
            f"or {AGAIN}"
        )
        return
    found = [left.strip() for text in texts for left in LEFT.findall(text)]
    yield from (f'"{left}" looks like a field but isn\'t one; write {{{{ field }}}}' for left in found)
    if not found:
        was, now = (unpacked(each, most_bytes=MOST_UNPACKED, most_parts=MOST_PARTS) for each in (content, filled))
        for part in with_fields({name: each for name, each in was.items() if name not in now} | now):
            yield (
                f"{part} of the file has a field that isn't filled in there; fields stand in the text, its text boxes, "
                "headers, footers and notes, and in no chart, diagram, list number, property or link address"
            )
