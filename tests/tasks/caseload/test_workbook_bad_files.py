"""Files that are no workbook, or not one that can be trusted: each gives a clear refusal."""

import io
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from data.demo.book import Book
from rules.refusal import Refusal
from tasks.caseload.file import ENCRYPTED, OLE
from tests.tasks.workbooks import imported, plain, saved, small_book, spoilt

pytestmark = pytest.mark.usefixtures("sqlite_database")


def refused(path: Path) -> list[str]:
    with pytest.raises(Refusal) as refusal:
        imported(path)
    lines = str(refusal.value).splitlines()
    assert all(line.startswith(str(path)) for line in lines)
    return lines


def written(folder: Path, content: bytes, name: str = "caseload.xlsx") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "0 bytes"),
        (b"ref;municipality\nRA-F1;randers\n", "not an Excel workbook"),
        (OLE + b"\0" * 600, "older Excel file"),
        (OLE + b"\0" * 600 + ENCRYPTED, "password"),
        (b"PK\x03\x04 and then nothing", "damaged"),
    ],
    ids=["empty", "csv", "xls", "protected", "torn"],
)
def test_what_is_no_workbook_is_named_for_what_it_is(content: bytes, said: str, tmp_path: Path) -> None:
    assert said in refused(written(tmp_path, content))[0]


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_a_half_written_workbook_is_refused(share: float, tmp_path: Path) -> None:
    whole = saved(small_book(), tmp_path).read_bytes()
    assert "half" in refused(written(tmp_path, whole[: int(len(whole) * share)], "half.xlsx"))[0]


def test_a_workbook_with_a_flipped_byte_is_refused(tmp_path: Path) -> None:
    content = bytearray(saved(small_book(), tmp_path).read_bytes())
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheet = archive.getinfo("xl/worksheets/sheet7.xml")
    content[sheet.header_offset + 120] ^= 0xFF
    assert "damaged" in refused(written(tmp_path, bytes(content), "flipped.xlsx"))[0]


def test_another_packed_file_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "caseload.xlsx", "w") as archive:
        archive.writestr("content.xml", "<office/>")
    assert "no Excel workbook" in refused(tmp_path / "caseload.xlsx")[0]


def test_a_workbook_whose_sheets_are_no_xml_is_refused(tmp_path: Path) -> None:
    whole = saved(small_book(), tmp_path)
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(tmp_path / "broken.xlsx", "w") as target:
        for part in source.namelist():
            target.writestr(part, b"<worksheet><she" if "worksheets/sheet" in part else source.read(part))
    assert refused(tmp_path / "broken.xlsx")


def test_a_file_that_unpacks_without_end_is_refused_unread(tmp_path: Path) -> None:
    path = saved(small_book(), tmp_path)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive, archive.open("xl/media/x.bin", "w") as part:
        for _ in range(640):
            part.write(bytes(2**20))
    assert path.stat().st_size < 2**20
    assert "unpacks to more than" in refused(path)[0]


def test_a_stray_cell_in_the_last_corner_is_refused_unread(tmp_path: Path) -> None:
    assert "row 1048576" in refused(spoilt(tmp_path, {"families!ZZ1048576": "x"}))[0]


def test_a_missing_file_a_folder_and_excels_own_mark_are_named(tmp_path: Path) -> None:
    assert "no such file" in refused(tmp_path / "nowhere.xlsx")[0]
    assert "no such file" in refused(tmp_path)[0]
    assert "while a workbook is open" in refused(written(tmp_path, b"x" * 165, "~$caseload.xlsx"))[0]


def test_a_file_that_may_not_be_read_is_refused(tmp_path: Path) -> None:
    """The process's own memory stands for it: tests may run as root, whom no permission stops."""
    path = tmp_path / "caseload.xlsx"
    path.symlink_to("/proc/self/mem")
    assert "can't be read" in refused(path)[0]


def test_a_workbook_that_somebody_has_open_is_read_with_a_warning(tmp_path: Path) -> None:
    path = saved(small_book(), tmp_path)
    written(tmp_path, b"x" * 165, "~$caseload.xlsx")
    assert "somebody has it open" in imported(path).warnings[0]


def test_formulas_and_excel_errors_are_refused_by_cell(tmp_path: Path) -> None:
    path = saved(small_book(), tmp_path)
    workbook = load_workbook(path)
    workbook["terms"]["C2"] = "=2+0.5"
    workbook["terms"]["E2"] = "=SUM(A1:A2)"
    workbook["nights"]["C2"] = "#REF!"
    workbook["nights"]["C2"].data_type = "e"
    workbook.save(path)
    lines = refused(path)
    assert len(lines) == 2
    assert any("sheet terms, cells C2, E2: a formula" in line for line in lines)
    assert any("sheet nights, cell C2: an Excel error" in line for line in lines)


def test_text_that_only_begins_like_a_formula_is_no_formula(tmp_path: Path) -> None:
    book = small_book()
    book.rows["families"][0]["address"] = "=1+1"
    book.rows["children"][0]["needs"] = "@home, -5 + 3"
    assert imported(saved(book, tmp_path)).sheets["families"].added == 1


def test_an_empty_workbook_is_refused(tmp_path: Path) -> None:
    Workbook().save(tmp_path / "empty.xlsx")
    assert "nothing to import" in refused(tmp_path / "empty.xlsx")[0]


def test_a_blank_workbook_that_nobody_filled_in_is_refused(tmp_path: Path) -> None:
    Book().write(tmp_path / "blank.xlsx")
    assert "nothing to import" in refused(tmp_path / "blank.xlsx")[0]


def test_a_wrong_sheet_is_refused_with_the_nearest_name(tmp_path: Path) -> None:
    lines = refused(plain(tmp_path, {"Familys": [["ref"], ["x"]], "Notes": [["x"]], "Sheet1": []}))
    assert len(lines) == 2
    assert "did you mean families?" in lines[0]
    assert "'Notes'" in lines[1]


def test_sheet_and_column_names_may_be_in_capitals(tmp_path: Path) -> None:
    report = imported(plain(tmp_path, {" Staff": [["REF", " Municipality "], ["RA-S1", "Randers"]]}))
    assert report.sheets["staff"].added == 1


def test_wrong_columns_are_refused_with_the_nearest_name_and_the_missing_ones_named(tmp_path: Path) -> None:
    header = ["ref", "placment", "arrival", "arrival", "departure"]
    lines = refused(plain(tmp_path, {"nights": [header, ["RA-N1", "RA-P1", None, None, None, "x"]]}))
    assert any("row 1, column B" in line and "did you mean placement?" in line for line in lines)
    assert any("row 1, column D: a second column arrival" in line for line in lines)
    assert any("the column placement is missing" in line for line in lines)


def test_values_under_no_column_name_are_refused(tmp_path: Path) -> None:
    rows = [["ref", "municipality"], ["RA-S1", "randers", "x"]]
    assert "column C: has values but no column name" in refused(plain(tmp_path, {"staff": rows}))[0]


def test_a_header_in_another_row_is_found_and_named(tmp_path: Path) -> None:
    rows = [["Our staff"], [], ["ref", "municipality"], ["RA-S1", "randers"]]
    assert "they seem to stand in row 3" in refused(plain(tmp_path, {"staff": rows}))[0]


def test_merged_cells_are_refused_by_range(tmp_path: Path) -> None:
    path = plain(tmp_path, {"staff": [["ref", "municipality"], ["RA-S1", "randers"]]})
    workbook = load_workbook(path)
    workbook["staff"].merge_cells("A1:B1")
    workbook.save(path)
    assert "sheet staff, A1:B1: merged cells" in refused(path)[0]
