"""Whatever somebody sends as a workbook or a template: a line for each fault, in bounded time, and nothing written."""

import io
import random
import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from docx import Document
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from sqlmodel import select

from data.settings import Settings
from data.store.session import reading
from data.tables import Child, Family
from rules.refusal import Refusal
from tasks.documents.word_check import BadTemplate, check_template
from tests.tasks.workbooks import imported, saved, small_book
from tests.tasks.workbooks import spoilt as with_cells
from tests.word import saved as as_word
from tests.word import with_part, word

SEEDS = range(240)
PARTS = ("xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml", "[Content_Types].xml")
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

Mutation = Callable[[random.Random, bytes], bytes]


def _cut(luck: random.Random, part: bytes) -> bytes:
    return part[: luck.randrange(len(part) or 1)]


def _noise(luck: random.Random, part: bytes) -> bytes:
    changed = bytearray(part)
    for _ in range(8):
        changed[luck.randrange(len(changed))] = luck.randrange(256)
    return bytes(changed)


def _numbers(luck: random.Random, part: bytes) -> bytes:
    """Indexes, styles and places that point to nothing."""
    found = list(re.finditer(rb'"(\d+)"', part))
    if not found:
        return b"<x/>"
    at = luck.choice(found)
    other = luck.choice([b"-1", b"99999999999999999999", b"1e400", b"", b"x", b"nan"])
    return part[: at.start(1)] + other + part[at.end(1) :]


def _values(luck: random.Random, part: bytes) -> bytes:
    found = list(re.finditer(rb">([^<]+)<", part))
    if not found:
        return b""
    at = luck.choice(found)
    other = luck.choice([b"-5", b"1e999", b"&#0;", b"&unknown;", b"9" * 500, b"\xff\xfe"])
    return part[: at.start(1)] + other + part[at.end(1) :]


def _names(luck: random.Random, part: bytes) -> bytes:
    found = list(re.finditer(rb"<(/?[A-Za-z]+)", part))
    at = luck.choice(found)
    return part[: at.start(1)] + b"other" + part[at.end(1) :]


def _attributes(luck: random.Random, part: bytes) -> bytes:
    found = list(re.finditer(rb' [\w:]+="[^"]*"', part))
    return part if not found else (at := luck.choice(found)) and part[: at.start()] + part[at.end() :]


def _deep(luck: random.Random, part: bytes) -> bytes:
    depth = luck.choice([200, 5_000, 100_000])
    return b"<a>" * depth + b"</a>" * depth


def _entities(luck: random.Random, part: bytes) -> bytes:
    lol = b"".join(b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10 if n else b"ha") for n in range(9))
    return b"<!DOCTYPE x [" + lol + b"]>" + part.partition(b"?>")[2].replace(b"><", b">&a8;<", 1)


def _nothing(luck: random.Random, part: bytes) -> bytes:
    return b""


MUTATIONS: list[Mutation] = [_cut, _noise, _numbers, _values, _names, _attributes, _deep, _entities, _nothing]


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, bytes]]:
    """One that can be taken in, and one whose cells are looked at because of a formula and an error."""
    folder = tmp_path_factory.mktemp("book")
    computed = with_cells(folder, {"families!E2": "=1+1", "nights!C2": "#REF!"})
    return [parts_of(saved(small_book(), folder)), parts_of(computed)]


def parts_of(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def packed(parts: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return made.getvalue()


def spoilt(seed: int, books: list[dict[str, bytes]]) -> dict[str, bytes]:
    luck = random.Random(seed)
    parts = dict(books[seed % len(books)])
    names = [name for name in PARTS if name in parts] + [name for name in parts if name.endswith(".xml")]
    name = luck.choice(names)
    if luck.random() < 0.1:
        del parts[name]
    else:
        parts[name] = luck.choice(MUTATIONS)(luck, parts[name])
    return parts


@pytest.mark.parametrize("seed", SEEDS)
def test_a_spoilt_workbook_is_refused_in_lines_or_read(
    seed: int, books: list[dict[str, bytes]], tmp_path: Path, sqlite_database: Settings
) -> None:
    path = tmp_path / "caseload.xlsx"
    path.write_bytes(packed(spoilt(seed, books)))
    try:
        imported(path)
    except Refusal as refusal:
        lines = str(refusal).splitlines()
        assert lines
        assert all(line.startswith(str(path)) and len(line) < 600 for line in lines)
        with reading() as s:
            assert [*s.exec(select(Family)), *s.exec(select(Child))] == []


def text(*children: object) -> bytes:
    made = Document()
    paragraph = made.add_paragraph("Familien {{ family_name }}")
    for child in children:
        paragraph._p.append(child)
    return as_word(made)


def instruction(words: str) -> Iterator[object]:
    for kind in ("begin", None, "end"):
        run = OxmlElement("w:r")
        if kind:
            part = OxmlElement("w:fldChar")
            part.set(qn("w:fldCharType"), kind)
        else:
            part = OxmlElement("w:instrText")
            part.text = words
        run.append(part)
        yield run


@pytest.mark.parametrize(
    "words",
    [
        r"INCLUDETEXT \"\\\\server\\share\\x.docx\"",
        r'DDEAUTO c:\\windows\\system32\\cmd.exe "/k calc"',
        r"DDE excel x",
        r"INCLUDEPICTURE http://x.example/x.png",
        r"IMPORT x.png",
        r"LINK Excel.Sheet.8 x.xls",
        r"  includetext x",
        r"MACROBUTTON x",
        r"DATABASE \d x.mdb",
        r"RD x.docx",
    ],
)
def test_a_field_that_pulls_in_or_runs_something_is_refused(words: str) -> None:
    with pytest.raises(BadTemplate):
        check_template(text(*instruction(words)), "contract_network")
    simple = parse_xml(f"<w:fldSimple {nsdecls('w')}/>")
    simple.set(qn("w:instr"), words)
    with pytest.raises(BadTemplate):
        check_template(text(simple), "contract_network")


def test_an_instruction_cut_into_pieces_is_put_together() -> None:
    begin, first, end = instruction("DDE")
    _, second, _ = instruction("AUTO x")
    with pytest.raises(BadTemplate):
        check_template(text(begin, first, second, end), "contract_network")


def test_a_page_number_may_stay() -> None:
    check_template(text(*instruction(" PAGE ")), "contract_network")


def test_an_embedded_object_is_refused() -> None:
    embedded = parse_xml(
        f'<w:r {nsdecls("w")}><w:object><o:OLEObject xmlns:o="urn:schemas-microsoft-com:office:office" '
        'Type="Embed" ProgID="Package" ObjectID="_1"/></w:object></w:r>'
    )
    with pytest.raises(BadTemplate):
        check_template(text(embedded), "contract_network")
    made, place = Document(), PackURI("/word/embeddings/oleObject1.bin")
    ole = Part(place, "application/octet-stream", b"\xd0\xcf\x11\xe0", made.part.package)
    made.part.relate_to(ole, f"{OFFICE}/oleObject")
    with pytest.raises(BadTemplate):
        check_template(as_word(made), "contract_network")


W = b'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "body",
    [b"<w:p/>" * 6_000_000, b"<w:r>" * 20_000 + b"</w:r>" * 20_000, b"<w:p><w:r>" * 3_000 + b"</w:r></w:p>" * 3_000],
    ids=["tiny elements", "nested runs", "nested paragraphs"],
)
def test_what_would_take_for_ever_is_refused_at_once(body: bytes) -> None:
    document = b"<w:document " + W + b"><w:body>" + body + b"</w:body></w:document>"
    with pytest.raises(BadTemplate):
        check_template(with_part(word("x"), "word/document.xml", document), "contract_network")
