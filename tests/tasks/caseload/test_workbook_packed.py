"""Workbooks as people's programs pack them (Excel for the web, LibreOffice, converters): read, or refused by cell."""

from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from data.store.facts import current
from data.store.session import reading
from data.tables import Placement
from rules.refusal import Refusal
from tasks.caseload.parts import MAIN, TIE, TIES
from tests.tasks.packed import Parts, moved, repacked, sheet_part, written_over
from tests.tasks.workbooks import imported, saved, small_book, spoilt

pytestmark = pytest.mark.usefixtures("sqlite_database")


def refused(path: Path) -> str:
    with pytest.raises(Refusal) as refusal:
        imported(path)
    assert str(refusal.value)
    return str(refusal.value)


def everything_came_in(path: Path) -> bool:
    counts = imported(path).sheets
    return counts["nights"].added == counts["travel"].added == counts["staff"].added == 1


def named_otherwise(parts: Parts, book: str) -> Parts:
    """The part that is the workbook, under another name."""
    folder, _, name = book.rpartition("/")
    parts = written_over(parts, TIES, b'"styles.xml"', b'"/xl/styles.xml"')
    parts = moved(parts, {"xl/workbook.xml": book, TIES: f"{folder}/_rels/{name}.rels".lstrip("/")})
    parts = written_over(parts, "_rels/.rels", b"xl/workbook.xml", book.encode())
    return written_over(parts, "[Content_Types].xml", b"/xl/workbook.xml", b"/" + book.encode())


@pytest.mark.parametrize(
    "book", ["xl/workbook2.xml", "xl/Workbook.XML", "xl/book.xml", "projekt/mappe.xml", "book.xml"]
)
def test_the_workbook_is_found_by_its_relationship_whatever_its_part_is_called(book: str, tmp_path: Path) -> None:
    assert everything_came_in(repacked(saved(small_book(), tmp_path), lambda parts: named_otherwise(parts, book)))


@pytest.mark.parametrize(
    ("where", "tie"),
    [
        ("xl/ark/ark{}.xml", "ark/ark{}.xml"),
        ("xl/ark/ark{}.xml", "/xl/ark/ark{}.xml"),
        ("xl/ark/ark{}.xml", "../xl/./ark/ark{}.xml"),
        ("ark{}.xml", "/ark{}.xml"),
        ("xl/Ark/ARK{}.XML", "ark/ark{}.xml"),
    ],
)
def test_sheets_are_found_by_their_relationships(where: str, tie: str, tmp_path: Path) -> None:
    def elsewhere(parts: Parts) -> Parts:
        names = {name: where.format(name[-5]) for name in parts if name.startswith("xl/worksheets/sheet")}
        for name, number in ((name, name[-5]) for name in names):
            parts = written_over(parts, TIES, f"/{name}".encode(), tie.format(number).encode())
        return moved(parts, names)

    assert everything_came_in(repacked(saved(small_book(), tmp_path), elsewhere))
    formula = repacked(
        spoilt(tmp_path, {"terms!C2": "=2+0.5"}), lambda parts: with_old_value(elsewhere(parts)), "formula.xlsx"
    )
    assert "sheet terms, cell C2: a formula" in refused(formula)


def with_old_value(parts: Parts) -> Parts:
    return {
        name: part.replace(b"<v></v>", b"<v>1.5</v>").replace(b"<v />", b"<v>1.5</v>") for name, part in parts.items()
    }


def test_texts_that_stand_in_a_part_of_another_name_are_read(tmp_path: Path) -> None:
    def elsewhere(parts: Parts) -> Parts:
        """One text of the book, out of its cell and into a table of texts."""
        name, tie = (
            sheet_part(parts, "staff"),
            f'<Relationship Id="rId99" Type="{TIE}/sharedStrings" Target="t/alle.xml"/>',
        )
        texts = f'<sst xmlns="{MAIN}"><si><t>RA-S01</t></si></sst>'.encode()
        cell = b'<c r="A2" t="inlineStr"><is><t>RA-S01</t></is></c>'
        parts = written_over(parts, name, cell, b'<c r="A2" t="s"><v>0</v></c>')
        parts = written_over(parts, TIES, b"</Relationships>", tie.encode() + b"</Relationships>")
        return parts | {"xl/t/alle.xml": texts}

    assert everything_came_in(repacked(saved(small_book(), tmp_path), elsewhere))


def test_dates_are_dates_where_the_styles_have_another_name(tmp_path: Path) -> None:
    def elsewhere(parts: Parts) -> Parts:
        return moved(written_over(parts, TIES, b"styles.xml", b"looks.xml"), {"xl/styles.xml": "xl/looks.xml"})

    assert everything_came_in(repacked(saved(small_book(), tmp_path), elsewhere))


def test_a_sheet_whose_part_is_missing_is_no_empty_sheet(tmp_path: Path) -> None:
    def torn(parts: Parts) -> Parts:
        lost = sheet_part(parts, "nights")
        return {name: part for name, part in parts.items() if name != lost}

    assert "damaged" in refused(repacked(saved(small_book(), tmp_path), torn))


ERRORS = [
    b"<c r='C2' t='e'><v>#REF!</v></c>",
    b'<c r="C2" t = "e"><v>#N/A</v></c>',
    b'<c t="e" r="C2"><v>#VALUE!</v></c>',
    b'<c r="C2" t="&#101;"><v>#REF!</v></c>',
    b'<c r="C2"\n t="e" s="0"><v>#DIV/0!</v></c>',
]
FORMULAS = [
    b"<c r='C2'><f>1+1</f><v>2.5</v></c>",
    b'<c r="C2"><f/><v>2.5</v></c>',
    b'<c r="C2"><f\n>1+1</f><v>2.5</v></c>',
    b'<c r="C2"><f t="shared" si="0"></f><v>2.5</v></c>',
    '<ø:c r="C2" xmlns:ø="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><ø:f>1+1</ø:f><ø:v>2.5</ø:v></ø:c>'.encode(),
]


@pytest.mark.parametrize(
    ("cell", "said"),
    [*((cell, "an Excel error") for cell in ERRORS), *((cell, "a formula") for cell in FORMULAS)],
)
def test_a_formula_or_an_error_is_refused_by_cell_however_its_xml_is_written(
    cell: bytes, said: str, tmp_path: Path
) -> None:
    def spoil(parts: Parts) -> Parts:
        name = sheet_part(parts, "terms")
        return written_over(parts, name, b'<c r="C2" t="n"><v>2.5</v></c>', cell)

    assert f"sheet terms, cell C2: {said}" in refused(repacked(saved(small_book(), tmp_path), spoil))


@pytest.mark.parametrize("encoding", ["utf-16", "iso-8859-1", "utf-7"])
def test_a_part_in_another_encoding_is_refused_and_not_read_wrongly(encoding: str, tmp_path: Path) -> None:
    def encoded(parts: Parts) -> Parts:
        name = sheet_part(parts, "terms")
        text = f'<?xml version="1.0" encoding="{encoding}"?>' + parts[name].decode().partition("?>")[2]
        return parts | {name: text.encode(encoding)}

    path = repacked(saved(small_book(), tmp_path), encoded)
    assert refused(path)


@pytest.mark.parametrize(
    "head", ['<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n', "<?xml version='1.0' encoding='us-ascii'?>",
             '<?xml version="1.0"?>', "\ufeff", "<!-- made by hand -->"]
)  # fmt: skip
def test_a_part_in_utf_8_is_read_however_it_says_so(head: str, tmp_path: Path) -> None:
    def headed(parts: Parts) -> Parts:
        name = sheet_part(parts, "terms")
        return parts | {name: head.encode() + parts[name]}

    assert everything_came_in(repacked(saved(small_book(), tmp_path), headed))


def test_days_counted_from_1904_stay_the_days_they_are(tmp_path: Path) -> None:
    path = saved(small_book(), tmp_path)
    workbook = load_workbook(path)
    workbook.epoch = CALENDAR_MAC_1904
    workbook.save(path)
    assert everything_came_in(path)
    with reading() as s:
        assert current(s, Placement, "RA-P1").start == date(2022, 1, 1)


X14 = (
    b'<extLst><ext xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main" '
    b'uri="{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}"><x14:dataValidations '
    b'xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main" count="1"><x14:dataValidation type="list">'
    b"<x14:formula1><xm:f>valg!$A$1:$A$3</xm:f></x14:formula1><xm:sqref>D2:D99</xm:sqref></x14:dataValidation>"
    b"</x14:dataValidations></ext></extLst></worksheet>"
)
CONDITIONAL = (
    b'<conditionalFormatting sqref="A1:A9"><cfRule type="expression" priority="1"><formula>A1=1</formula></cfRule>'
    b"</conditionalFormatting></worksheet>"
)
SPARKLINE = X14.replace(b"x14:formula1", b"x14:sparkline").replace(b"dataValidation", b"sparklineGroup")
CONTROL = b'<controls><control shapeId="1" name="f"><controlPr><f>x</f></controlPr></control></controls></worksheet>'


@pytest.mark.parametrize("more", [X14, CONDITIONAL, SPARKLINE, CONTROL])
def test_drop_down_lists_and_other_formulas_beside_the_cells_are_no_formulas_in_cells(
    more: bytes, tmp_path: Path
) -> None:
    def with_lists(parts: Parts) -> Parts:
        return written_over(parts, sheet_part(parts, "placements"), b"</worksheet>", more)

    assert everything_came_in(repacked(saved(small_book(), tmp_path), with_lists))


def test_a_refusal_says_something(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="says nothing"):
        Refusal("")


def notes(path: Path) -> list[str]:
    report = imported(path)
    assert report.sheets["nights"].added == 9
    return [line.removeprefix(f"{path}: ") for line in report.warnings]


def nine_nights(folder: Path) -> Path:
    book = small_book()
    for number in range(2, 10):
        book.add("nights", ref=f"RA-N{number}", placement="RA-P1", arrival=f"2023-04-0{number} 14:00")
    return saved(book, folder)


HIDDEN = ["hidden='1'", 'hidden="true"', 'ht="0" customHeight="1"', 'hidden="&#49;"', 'hidden = "1" outlineLevel="1"']


@pytest.mark.parametrize("mark", HIDDEN)
def test_hidden_and_filtered_rows_come_in_with_a_note_that_names_them(mark: str, tmp_path: Path) -> None:
    def hide(parts: Parts) -> Parts:
        name = sheet_part(parts, "nights")
        for row in (b"3", b"4", b"7"):
            parts = written_over(parts, name, b'<row r="' + row + b'"', b'<row r="' + row + b'" ' + mark.encode())
        return parts

    (note,) = notes(repacked(nine_nights(tmp_path), hide))
    assert note == "sheet nights, rows 3-4 and 7: hidden or filtered out in Excel; they count all the same"


def test_a_hidden_sheet_and_a_hidden_column_come_in_with_a_note(tmp_path: Path) -> None:
    path = nine_nights(tmp_path)
    workbook = load_workbook(path)
    workbook["staff"].sheet_state = "veryHidden"
    workbook["travel"].column_dimensions["D"].hidden = True
    workbook.save(path)
    assert notes(path) == [
        "sheet staff, row 2: on a sheet hidden in Excel; they count all the same",
        "sheet travel, row 2, column D (km): a column hidden in Excel; it counts all the same",
    ]


def test_what_is_shown_is_noted_nowhere(tmp_path: Path) -> None:
    path = nine_nights(tmp_path)
    workbook = load_workbook(path)
    workbook["nights"].auto_filter.ref = "A1:F10"
    workbook["nights"].row_dimensions[4].height = 30
    workbook.create_sheet("Kladde").sheet_state = "hidden"
    workbook.save(path)
    assert notes(path) == []
