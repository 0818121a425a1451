"""Word files with Jinja2 fields: opened safely, filled in, and packed so that the same contents give the same bytes."""

import re
import zipfile
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time
from functools import partial
from io import BytesIO
from typing import Any

from docxtpl import DocxTemplate
from jinja2 import StrictUndefined
from jinja2.sandbox import SandboxedEnvironment
from lxml import etree

from tasks.documents.word_instructions import check_instructions
from tasks.documents.word_texts import NOT_FOR_READERS
from tasks.words.document_words import YES_NO
from tasks.words.language import day, translator

NOTES = tuple(
    f"application/vnd.openxmlformats-officedocument.wordprocessingml.{kind}+xml" for kind in ("footnotes", "endnotes")
)
NO_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no XML file may hold, and Word doesn't open."""
PROPERTIES = ("author", "last_modified_by", "comments", "identifier", "subject", "title", "keywords", "category")
EPOCH = (1980, 1, 1, 0, 0, 0)
EMPTY = re.compile(r"<(w:(?:p|r|t|tr|tc))( [^>]*)?/>")


class Word(DocxTemplate):  # type: ignore[misc]
    """A template whose parts are XML as they should be, or say so: the library would cut off what it can't read."""

    def xml_to_string(self, xml: Any, encoding: str = "unicode") -> str:
        """Each paragraph and run with an end of its own: the library looks for it, and takes the next one's else."""
        return EMPTY.sub(r"<\1\2></\1>", super().xml_to_string(xml, encoding))

    def patch_xml(self, xml: str) -> str:
        """Raises BadInstruction."""
        check_instructions(xml)
        patched: str = super().patch_xml(xml)
        return patched

    def fix_tables(self, xml: str) -> Any:
        etree.fromstring(xml)
        return super().fix_tables(xml)

    def render_properties(self, context: object, jinja_env: object = None) -> None:
        """Nothing of whoever wrote the template goes along."""
        for name in PROPERTIES:
            setattr(self.docx.core_properties, name, "")

    def render_footnotes(self, context: Any, jinja_env: Any = None) -> None:
        """Once, however many sections there are: what was filled in is no template."""
        for part in self._notes():
            part._blob = self.render_xml_part(
                self.patch_xml(self.get_part_xml(part)), part, context, jinja_env
            ).encode()

    def _notes(self) -> list[Any]:
        return [part for part in self.docx.part.package.iter_parts() if part.content_type in NOTES]

    def leave_out(self) -> None:
        """Parts that no reader sees and that say who wrote the template."""
        for rels in (self.docx.part.rels, self.docx.part.package.rels):
            for id_ in [id_ for id_, tie in rels.items() if _kind(tie.reltype) in NOT_FOR_READERS]:
                del rels[id_]

    def sources(self) -> Iterator[str]:
        """What Jinja2 reads, part by part, each paragraph on a line of its own."""
        self.init_docx()
        parts = [part for uri in (self.HEADER_URI, self.FOOTER_URI) for _, part in self.get_headers_footers(uri)]
        for xml in (self.get_xml(), *(self.get_part_xml(part) for part in (*parts, *self._notes()))):
            yield re.sub(r"<w:p([ >])", r"\n<w:p\1", self.patch_xml(xml))


def _kind(reltype: str) -> str:
    return reltype.rpartition("/")[2].casefold()


def environment(language: str) -> SandboxedEnvironment:
    return SandboxedEnvironment(undefined=StrictUndefined, autoescape=True, finalize=partial(_written, language))


def _written(language: str, value: Any) -> Any:
    """As the document's readers write it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return translator(language).gettext(YES_NO[value])
    if isinstance(value, date):
        return day(value, language)
    if isinstance(value, str):
        return NO_XML.sub("", value.replace("\r\n", "\n").replace("\r", "\n"))
    return value


def fill(template: bytes, context: Mapping[str, Any], *, language: str, on: date) -> bytes:
    """The document; the same arguments give the same bytes. Raises UndefinedError where the context lacks a field."""
    word = Word(BytesIO(template))
    word.render(dict(context), environment(language), autoescape=True)
    word.leave_out()
    word.docx.core_properties.created = word.docx.core_properties.modified = datetime.combine(on, time(), UTC)
    file = BytesIO()
    word.save(file)
    return _packed(file)


def _packed(file: BytesIO) -> bytes:
    """With no trace of when."""
    packed = BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in sorted(old.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            new.writestr(zipfile.ZipInfo(name, EPOCH), old.read(name), zipfile.ZIP_DEFLATED)
    return packed.getvalue()
