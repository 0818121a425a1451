from datetime import date, datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook
from sqlmodel import select

from data.caseload.sheets import SHEETS
from data.demo.caseload import write_demo
from data.settings import Settings
from data.store.session import reading
from data.tables import AuditEntry
from rules.refusal import Refusal
from tasks.caseload import export_workbook
from tests.tasks.workbooks import CLERK, LATER, NOW, changes, imported, saved, small_book


def exported(path: Path, *, blank: bool = False) -> Path:
    export_workbook(path, actor=CLERK, now=NOW, blank=blank)
    return path


def test_what_goes_out_comes_in_again_and_changes_nothing(database: Settings, tmp_path: Path) -> None:
    write_demo(tmp_path / "demo.xlsx")
    first = imported(tmp_path / "demo.xlsx")
    again = imported(exported(tmp_path / "out.xlsx"), LATER)
    assert changes(again) == {}
    assert {name: count.unchanged for name, count in again.sheets.items()} == {
        name: count.added for name, count in first.sheets.items()
    }


def test_only_current_versions_go_out(sqlite_database: Settings, tmp_path: Path) -> None:
    book = small_book()
    imported(saved(book, tmp_path))
    book.rows["families"][0]["approved_children"] = 3
    imported(saved(book, tmp_path), LATER)
    sheet = load_workbook(exported(tmp_path / "out.xlsx"))["families"]
    assert (sheet.max_row, sheet["N2"].value) == (2, 3)


@pytest.mark.parametrize(
    "said", ["=HYPERLINK(1)", "+45 00", "-x", "@home", "0045", "1e5", "TRUE", "a\nb", "_x0041_", "Nguyễn 🏡"]
)
def test_text_stays_the_text_it_was(said: str, sqlite_database: Settings, tmp_path: Path) -> None:
    book = small_book()
    book.rows["families"][0]["phone"] = said
    imported(saved(book, tmp_path))
    out = exported(tmp_path / "out.xlsx")
    assert load_workbook(out)["families"]["F2"].data_type == "s"
    assert changes(imported(out, LATER)) == {}


def test_a_workbook_goes_out_in_the_workbooks_units(sqlite_database: Settings, tmp_path: Path) -> None:
    imported(saved(small_book(), tmp_path))
    workbook = load_workbook(exported(tmp_path / "out.xlsx"))
    assert [cell.value for cell in workbook["terms"][2]] == [
        "RA-P1",
        datetime.fromisoformat("2022-01-01"),
        2.5,
        250.5,
        8,
        None,
        datetime.fromisoformat("2022-01-02"),
        None,
    ]
    assert (workbook["travel"]["D2"].value, workbook["travel"]["F2"].value) == (12.345, "yes")


def test_a_blank_workbook_explains_every_column(sqlite_database: Settings, tmp_path: Path) -> None:
    workbook = load_workbook(exported(tmp_path / "blank.xlsx", blank=True))
    assert workbook.sheetnames == [sheet.name for sheet in SHEETS]
    for sheet in SHEETS:
        page = workbook[sheet.name]
        assert [cell.value for cell in page[1]] == [column.name for column in sheet.columns]
        assert all(column.note in cell.comment.text for cell, column in zip(page[1], sheet.columns, strict=True))
        assert (page.freeze_panes, page.max_row) == ("A2", 1)
    assert workbook["household"].column_dimensions["E"].number_format == "@"


def test_a_file_that_stands_already_is_left_alone(sqlite_database: Settings, tmp_path: Path) -> None:
    (tmp_path / "out.xlsx").write_text("precious")
    with pytest.raises(Refusal, match="stands there already"):
        exported(tmp_path / "out.xlsx")
    assert (tmp_path / "out.xlsx").read_text() == "precious"


@pytest.mark.parametrize("target", ["nowhere/out.xlsx", "out.csv", "/proc/out.xlsx"])
def test_a_target_that_cant_be_written_is_one_clear_line(
    target: str, sqlite_database: Settings, tmp_path: Path
) -> None:
    with pytest.raises(Refusal) as refusal:
        exported(tmp_path / target)
    assert len(str(refusal.value).splitlines()) == 1
    assert [path.name for path in tmp_path.iterdir() if "out" in path.name] == []


def test_an_export_is_in_the_audit_trail_and_for_its_owner_alone(sqlite_database: Settings, tmp_path: Path) -> None:
    imported(saved(small_book(), tmp_path))
    out = exported(tmp_path / "out.xlsx")
    assert out.stat().st_mode & 0o077 == 0
    with reading() as s:
        entry = s.exec(select(AuditEntry).where(AuditEntry.action == "export")).one()
        assert entry.detail["sheets"]["families"] == 1
        assert entry.at.date() == date(2023, 5, 10)
