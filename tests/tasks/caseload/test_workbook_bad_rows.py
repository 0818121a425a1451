"""Rows that can't be right: every fault at once, by sheet, row and column, without a word of what stood there."""

import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from data.demo.book import Book
from rules.refusal import Refusals
from tests.tasks.workbooks import LATER, imported, plain, saved, small_book, spoilt

pytestmark = pytest.mark.usefixtures("sqlite_database")


def faults(path: Path) -> list[str]:
    with pytest.raises(Refusals) as refusal:
        imported(path)
    return [line.removeprefix(f"{path}: ") for line in refusal.value.lines]


@pytest.mark.parametrize(
    ("place", "value", "said"),
    [
        ("nights!C2", "31 February", "sheet nights, row 2, column C (arrival): "),
        ("nights!C2", "31.02.2023 14:00", "a day that no calendar has"),
        ("nights!D2", datetime.fromisoformat("2023-05-05T14:00"), "must come after arrival"),
        ("nights!D2", "2024-06-08 12:00", "more than 366 days after arrival"),
        ("nights!B2", "RA-P9", "sheet nights, row 2, column B (placement): a reference to nobody"),
        ("nights!B2", None, "is empty; a row needs it"),
        ("placements!F2", date(2021, 12, 31), "sheet placements, row 2, column F (end): may not come before start"),
        ("placements!D2", "weekend", "is none of full_time, respite, network"),
        ("placements!E2", "engang", "is no date"),
        ("placements!E2", datetime.fromisoformat("2022-01-01T12:00"), "has a time of day"),
        ("terms!C2", 1.3, "whole or half numbers"),
        ("terms!D2", 1e12, "out of range"),
        ("terms!B2", None, "sheet terms, row 2, column B (valid_from): is empty"),
        ("terms!G2", date(2023, 5, 11), "lies in the future"),
        ("travel!D2", -5, "sheet travel, row 2, column D (km): is out of range"),
        ("travel!D2", "langt", "is no number"),
        ("travel!F2", "måske", "neither yes nor no"),
        ("staff!B2", "aarhus", "sheet staff, row 2, column B (municipality): is none of"),
        ("staff!E2", "leader, king", "is none of network_adviser"),
        ("staff!D2", "aase", "is no e-mail address"),
        (
            "staff!D2",
            "åse@kommune.example",
            "sheet staff, row 2, column D (email): is no e-mail address that mail servers",
        ),
        ("staff!D2", "aase@kommune..example", "is no e-mail address"),
        ("staff!H2", "RA-S01", "nobody is their own substitute"),
        ("staff!A2", "211062-5629", "looks like a CPR number"),
        ("household!E2", "311390-1234", "is no CPR number or fødselsnummer"),
        ("families!O2", -1, "from 0 to 25"),
        ("families!A2", None, "sheet families, row 2, column A (ref): is empty; a row needs it"),
        ("children!G2", "x" * 30_000, "30000 characters long; 2000 are the most"),
    ],
)
def test_a_fault_is_named_by_sheet_row_and_column(place: str, value: Any, said: str, tmp_path: Path) -> None:
    assert any(said in fault for fault in faults(spoilt(tmp_path, {place: value})))


def test_every_fault_of_every_sheet_is_said_at_once(tmp_path: Path) -> None:
    cells = {
        "staff!B2": "x",
        "families!B2": "x",
        "children!D2": "x",
        "nights!C2": "x",
        "travel!D2": -1,
        "terms!C2": 0.3,
    }
    assert len(faults(spoilt(tmp_path, cells))) == len(cells)


def test_nothing_that_stood_in_a_cell_is_repeated(tmp_path: Path) -> None:
    secret = "Hemmelig"
    places = (
        "staff!B2",
        "staff!D2",
        "families!C2",
        "household!D2",
        "household!E2",
        "nights!B2",
        "nights!C2",
        "travel!D2",
    )
    assert not any(secret in fault for fault in faults(spoilt(tmp_path, dict.fromkeys(places, secret))))


def test_the_same_fault_in_many_rows_is_one_line(tmp_path: Path) -> None:
    book = small_book()
    for number in range(2, 500):
        wrong = "x" if number != 250 else None
        book.add("nights", ref=f"RA-N{number}", placement="RA-P1", arrival=wrong)
    (fault,) = faults(saved(book, tmp_path))
    assert fault.startswith("sheet nights, rows 3-250 and 252-500, column C (arrival): ")


def test_a_repeated_reference_names_both_rows(tmp_path: Path) -> None:
    book = small_book()
    book.rows["families"] *= 2
    book.rows["terms"] *= 2
    first, second = faults(saved(book, tmp_path))
    assert first.startswith("sheet families, row 3, column A (ref): the same as row 2")
    assert "each row needs a placement and valid_from of its own" in second


def test_ten_megabytes_in_one_cell_are_measured_and_not_repeated(tmp_path: Path) -> None:
    source = saved(small_book(), tmp_path)
    with zipfile.ZipFile(source) as given, zipfile.ZipFile(tmp_path / "junk.xlsx", "w", zipfile.ZIP_DEFLATED) as junk:
        for part in given.namelist():
            content = given.read(part)
            junk.writestr(part, content.replace(b"Ida Holm", b"Junk" * 2_621_440))
    (fault,) = faults(tmp_path / "junk.xlsx")
    assert fault == "sheet children, row 2, column C (name): is 10485760 characters long; 200 are the most"


def test_two_people_with_one_address_are_refused_in_the_file_and_against_what_is_known(tmp_path: Path) -> None:
    imported(saved(small_book(), tmp_path))
    rows = [
        ["ref", "municipality", "email"],
        ["RA-S8", "randers", "AASE@randers.example"],
        ["RA-S9", "randers", "b@x.dk"],
    ]
    assert "the address of a person who is known already" in faults(plain(tmp_path, {"staff": rows}))[0]
    rows[1][2] = "B@x.dk"
    assert "the address of row 2" in faults(plain(tmp_path, {"staff": rows}))[0]


def test_one_address_in_two_spellings_of_its_domain_is_one_address(tmp_path: Path) -> None:
    rows = [["ref", "municipality", "email"], ["RA-S8", "randers", "r@xn--blbrgrd-fxak7p.example"]]
    imported(plain(tmp_path, {"staff": rows}))
    rows[1][:] = ["RA-S9", "randers", "R@blåbærgrød.example"]
    assert "the address of a person who is known already" in faults(plain(tmp_path, {"staff": rows}))[0]


def test_a_link_may_lead_to_what_is_known_already(tmp_path: Path) -> None:
    imported(saved(small_book(), tmp_path))
    rows = [["ref", "placement", "arrival", "departure"], ["RA-N2", "RA-P1", "2023-05-12 14:00", "2023-05-14 18:00"]]
    assert imported(plain(tmp_path, {"nights": rows}), LATER).sheets["nights"].added == 1


def test_an_end_that_comes_alone_is_held_against_the_start_that_is_known(tmp_path: Path) -> None:
    imported(saved(small_book(), tmp_path))
    rows = [["ref", "child", "family", "end"], ["RA-P1", "RA-B1", "RA-F1", date(2021, 1, 1)]]
    assert "may not come before start" in faults(plain(tmp_path, {"placements": rows}))[0]


def test_a_new_row_needs_what_an_old_one_may_leave_out(tmp_path: Path) -> None:
    rows = [["ref", "name"], ["RA-F1", "Familien Kjær"]]
    said = faults(plain(tmp_path, {"families": rows}))
    assert [fault.split(": ")[0] for fault in said] == [
        "sheet families, row 2, column municipality",
        "sheet families, row 2, column kind",
    ]
    assert all("a new row needs it" in fault for fault in said)


@pytest.mark.parametrize("place", ["children!D2", "household!D2"])
@pytest.mark.parametrize(
    ("born", "said"), [(date(2023, 12, 1), True), (date(2023, 5, 11), True), (date(2023, 5, 10), False)]
)
def test_nobody_is_born_in_the_future(place: str, born: date, said: bool, tmp_path: Path) -> None:
    path = spoilt(tmp_path, {place: born, "household!E2": None})
    if said:
        (fault,) = faults(path)
        assert f"sheet {place[:-3]}, row 2, column D (birth_date): lies in the future" in fault
    else:
        assert imported(path).sheets["children"].added == 1


def test_blank_rows_between_are_skipped_and_numbered_on(tmp_path: Path) -> None:
    book: Book = small_book()
    book.add("travel")
    book.add("travel", ref="  ")
    book.add("travel", ref="RA-K2", placement="RA-P1", km=-1)
    assert faults(saved(book, tmp_path))[0].startswith("sheet travel, row 5, column D (km): ")


def nights(*refs: str) -> Book:
    book = small_book()
    book.rows["nights"].clear()
    for ref in refs:
        book.add("nights", ref=ref, placement="RA-P1", arrival="2023-05-05 14:00", departure="2023-05-06 14:00")
    return book


@pytest.mark.parametrize("other", ["Tur\u00a0Å1", "Tur\u202fÅ1", "Tur  Å1", "Tur A\u030a1", "Tur\u2007A\u030a1 "])
def test_two_references_that_look_the_same_are_the_same(other: str, tmp_path: Path) -> None:
    (fault,) = faults(saved(nights("Tur Å1", other), tmp_path))
    assert fault.startswith("sheet nights, row 3, column A (ref): the same as row 2")
    imported(saved(nights("Tur Å1"), tmp_path))
    assert imported(saved(nights(other), tmp_path), LATER).sheets["nights"].unchanged == 1


def test_a_character_that_nobody_sees_is_named_in_a_reference_and_in_a_link(tmp_path: Path) -> None:
    said = faults(spoilt(tmp_path, {"nights!A2": "RA-N1\u200b", "travel!B2": "RA\u00ad-P1"}))
    assert any(
        "nights, row 2, column A (ref): has a character in it that can't be seen, ZERO WIDTH SPACE" in s for s in said
    )
    assert any("travel, row 2, column B (placement): " in s and "SOFT HYPHEN (U+00AD)" in s for s in said)


def test_a_link_leads_to_what_it_looks_like(tmp_path: Path) -> None:
    book = small_book()
    book.rows["placements"][0]["ref"] = "Sag Å 1"
    for name in ("terms", "nights", "travel"):
        book.rows[name][0]["placement"] = "Sag\u00a0A\u030a\u20071"
    assert imported(saved(book, tmp_path)).sheets["nights"].added == 1


@pytest.mark.parametrize("place", ["families!F2", "families!I2", "families!J2", "household!E2", "children!E2"])
def test_a_number_cell_in_a_column_of_codes_is_refused(place: str, tmp_path: Path) -> None:
    path = spoilt(tmp_path, {place: 8110801234 if place[0] != "f" else 123})
    workbook = load_workbook(path)
    sheet, cell = place.split("!")
    workbook[sheet][cell].number_format = "00000"
    workbook.save(path)
    (fault,) = faults(path)
    assert f"sheet {sheet}, row 2, column {cell[0]}" in fault
    assert "format the column as text" in fault


@pytest.mark.parametrize(
    ("municipality", "number", "said"),
    [
        ("lillehammer", "1108701234", "has 10 digits, and identity numbers of lillehammer have 11"),
        ("asker", "0108701234", "has 10 digits, and identity numbers of asker have 11"),
        ("randers", "01108701234", "has 11 digits, and identity numbers of randers have 10"),
        ("lillehammer", "110870-12345", None),
        ("randers", "811080-1234", None),
    ],
)
def test_an_identity_number_has_as_many_digits_as_its_country_gives(
    municipality: str, number: str, said: str | None, tmp_path: Path
) -> None:
    book = small_book()
    for name in ("families", "children"):
        book.rows[name][0]["municipality"] = municipality
    book.rows["travel"].clear()
    book.rows["household"][0]["id_number"] = book.rows["children"][0]["id_number"] = number
    path = saved(book, tmp_path)
    if said is None:
        assert imported(path).sheets["children"].added == 1
    else:
        assert [said in fault for fault in faults(path)] == [True, True]


def test_the_country_of_an_identity_number_is_that_of_a_family_known_before(tmp_path: Path) -> None:
    imported(saved(small_book(), tmp_path))
    rows = [["ref", "family", "id_number"], ["RA-F1-2", "RA-F1", "11087012345"]]
    (fault,) = faults(plain(tmp_path, {"household": rows}))
    assert fault.startswith("sheet household, row 2, column C (id_number): has 11 digits")


def test_every_fault_is_said_at_once_also_beside_an_unknown_sheet_and_what_excel_refuses(tmp_path: Path) -> None:
    path = spoilt(
        tmp_path, {"nights!C2": "x", "travel!D2": -1, "staff!B2": "x", "terms!C2": "=1+1", "children!D2": "x"}
    )
    workbook = load_workbook(path)
    workbook.create_sheet("Noter")["A1"] = "Husk"
    workbook["placements"].merge_cells("A3:B3")
    workbook["household"]["C1"] = "nmae"
    workbook.save(path)
    said = [
        "sheet 'Noter': not a sheet of the caseload",
        "sheet placements, A3:B3: merged cells",
        "sheet household, row 1, column C: no column of this sheet; did you mean name?",
        "sheet terms, cell C2: a formula",
        "sheet nights, row 2, column C (arrival)",
        "sheet travel, row 2, column D (km)",
        "sheet staff, row 2, column B (municipality)",
        "sheet children, row 2, column D (birth_date)",
    ]
    found = faults(path)
    assert [any(fault.startswith(line) for fault in found) for line in said] == [True] * len(said)
    assert len(found) == len(said)


@pytest.mark.parametrize("title", ["Familys", "Familier", "Ark1"])
def test_a_sheet_of_another_name_makes_no_link_into_it_a_fault(title: str, tmp_path: Path) -> None:
    path = saved(small_book(), tmp_path)
    workbook = load_workbook(path)
    workbook["families"].title = title
    workbook.save(path)
    (fault,) = faults(path)
    assert fault.startswith(f"sheet '{title}': not a sheet of the caseload")


def test_a_reference_that_is_a_formula_makes_no_link_to_it_a_fault(tmp_path: Path) -> None:
    (fault,) = faults(spoilt(tmp_path, {"families!A2": '="RA-F1"'}))
    assert fault.startswith("sheet families, cell A2: a formula")


def test_a_link_to_nobody_is_a_fault_beside_an_unknown_sheet_where_the_sheet_it_leads_to_is_there(
    tmp_path: Path,
) -> None:
    path = spoilt(tmp_path, {"nights!B2": "RA-P9"})
    workbook = load_workbook(path)
    workbook.create_sheet("Noter")["A1"] = "Husk"
    workbook.save(path)
    assert ["a reference to nobody" in fault for fault in faults(path)] == [False, True]
