from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from time import sleep

import pytest
from sqlalchemy import text
from sqlmodel import col, select

from data.approvals import periods_of
from data.cases import find_case
from data.installation import carried
from data.settings import Settings
from data.store.audit import first_broken
from data.store.facts import current, known_at
from data.store.session import reading, writing
from data.tables import Approval, AuditEntry, Family, HouseholdMember, NightStay, Placement, Staff, Terms, TravelClaim
from rules.refusal import Refusal, Refusals
from tasks.cases.opened import open_case
from tests.tasks.workbooks import CLERK, LATER, NOW, changes, imported, plain, saved, small_book, spoilt


def test_a_caseload_comes_in_with_money_in_ore_and_distance_in_metres(
    sqlite_database: Settings, tmp_path: Path
) -> None:
    report = imported(saved(small_book(), tmp_path))
    assert set(changes(report).values()) == {(1, 0)}
    with reading() as s:
        terms, travel = current(s, Terms, "RA-P1/2022-01-01"), current(s, TravelClaim, "RA-K1")
        assert (terms.fees_tenths, terms.board_lodging_ore, travel.metres) == (25, 25050, 12345)
        assert (travel.driven_on, travel.agreed) == (date(2023, 5, 5), True)
        assert current(s, Staff, "RA-S01").roles == "leader,payroll"
        assert current(s, HouseholdMember, "RA-F1-1").id_number == "8110801234"
        assert current(s, NightStay, "RA-N1").arrival == datetime.fromisoformat("2023-05-05T14:00")


def test_a_case_about_the_placement_looks_again_when_a_file_gives_its_end(database: Settings, tmp_path: Path) -> None:
    imported(spoilt(tmp_path, {"staff!E2": "leader, child_adviser"}))
    with writing() as s:
        opened = open_case(s, "contact-decision", family="RA-F1", child="RA-B1", actor=CLERK, now=NOW).ref
        before = find_case(s, opened).woken
    ended = spoilt(tmp_path, {"placements!F2": date(2023, 5, 31)})
    imported(ended, LATER)
    imported(ended, LATER + timedelta(days=1))
    with reading() as s:
        case = find_case(s, opened)
    assert (case.woken, case.woken_at) == (before + 1, LATER)


def test_the_same_file_again_changes_nothing(database: Settings, tmp_path: Path) -> None:
    path = saved(small_book(), tmp_path)
    imported(path)
    again = imported(path, LATER)
    assert changes(again) == {}
    assert again.sheets["nights"].unchanged == 1


def test_a_changed_row_is_a_new_version_and_the_old_one_stays_readable(database: Settings, tmp_path: Path) -> None:
    imported(saved(small_book(), tmp_path))
    assert changes(imported(spoilt(tmp_path, {"families!N2": 3}), LATER)) == {"families": (0, 1)}
    with reading() as s:
        (now,) = periods_of(s, "RA-F1")
        assert now.children == 3
        before = known_at(s, Approval, now.ref, NOW)
        assert before is not None
        assert (before.children, before.superseded_at, before.family) == (2, LATER, "RA-F1")


def test_a_row_that_is_absent_from_the_file_stays(sqlite_database: Settings, tmp_path: Path) -> None:
    imported(saved(small_book(), tmp_path))
    imported(plain(tmp_path, {"staff": [["ref", "municipality"], ["RA-S02", "randers"]]}), LATER)
    with reading() as s:
        assert {row.ref for row in s.exec(select(Staff).where(col(Staff.superseded_at).is_(None)))} == {
            "RA-S01",
            "RA-S02",
        }


def test_a_column_that_is_absent_keeps_what_was_known_and_an_empty_cell_unknows_it(
    sqlite_database: Settings, tmp_path: Path
) -> None:
    imported(saved(small_book(), tmp_path))
    imported(plain(tmp_path, {"families": [["ref", "approved_children"], ["RA-F1", None]]}), LATER)
    with reading() as s:
        family = current(s, Family, "RA-F1")
        assert (family.name, family.kind) == ("Familien Kjær", "respite")
        assert [period.children for period in periods_of(s, "RA-F1")] == [None]


def test_what_no_sheet_has_a_column_for_is_kept(sqlite_database: Settings, tmp_path: Path) -> None:
    imported(saved(small_book(), tmp_path))
    with writing() as s:
        row = current(s, Placement, "RA-P1")
        row.case = "RA-2023-0001"
        s.add(row)
    assert changes(imported(spoilt(tmp_path, {"placements!F2": date(2023, 5, 31)}), LATER)) == {"placements": (0, 1)}
    with reading() as s:
        assert current(s, Placement, "RA-P1").case == "RA-2023-0001"


def test_terms_are_known_since_the_day_the_sheet_says(database: Settings, tmp_path: Path) -> None:
    imported(saved(small_book(), tmp_path))
    with reading() as s:
        assert current(s, Terms, "RA-P1/2022-01-01").recorded_at == datetime(2022, 1, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("recorded_on", "known_since"),
    [(date(2022, 1, 2), LATER), (None, LATER), (date(2023, 5, 20), datetime(2023, 5, 20, 12, tzinfo=UTC))],
)
def test_changed_terms_are_known_since_now_unless_the_sheet_says_a_newer_day(
    recorded_on: date | None, known_since: datetime, sqlite_database: Settings, tmp_path: Path
) -> None:
    imported(saved(small_book(), tmp_path))
    imported(spoilt(tmp_path, {"terms!C2": 3, "terms!G2": recorded_on}), LATER)
    with reading() as s:
        assert current(s, Terms, "RA-P1/2022-01-01").recorded_at == known_since


def test_terms_recorded_today_are_known_now_and_not_only_from_noon(sqlite_database: Settings, tmp_path: Path) -> None:
    imported(spoilt(tmp_path, {"terms!G2": NOW.date()}))
    with reading() as s:
        assert current(s, Terms, "RA-P1/2022-01-01").recorded_at == NOW


def test_checking_writes_nothing_and_says_what_would_change(sqlite_database: Settings, tmp_path: Path) -> None:
    report = imported(saved(small_book(), tmp_path), check=True)
    assert report.checked_only
    assert changes(report)["nights"] == (1, 0)
    with reading() as s:
        assert s.exec(select(Family)).all() == []
        assert s.exec(select(AuditEntry)).all() == []


def test_one_audit_row_tells_of_an_import_in_counts_alone(sqlite_database: Settings, tmp_path: Path) -> None:
    report = imported(saved(small_book(), tmp_path))
    with reading() as s:
        entry = s.exec(select(AuditEntry)).one()
        assert (entry.actor, entry.os_account, entry.action, entry.at) == ("RA-S01", "clerk", "import", NOW)
        assert entry.detail == {"sha256": report.sha256, "sheets": {name: [1, 0, 0] for name in report.sheets}}
        assert first_broken(s) is None


def test_one_fault_anywhere_and_nothing_comes_in(sqlite_database: Settings, tmp_path: Path) -> None:
    with pytest.raises(Refusals):
        imported(spoilt(tmp_path, {"travel!D2": -5}))
    with reading() as s:
        assert s.exec(select(Staff)).all() == []


def test_a_row_that_comes_in_from_elsewhere_meanwhile_never_stands_twice(database: Settings, tmp_path: Path) -> None:
    path = saved(small_book(), tmp_path)
    with ThreadPoolExecutor(1) as other:
        with writing() as s:
            s.add(Staff(ref="RA-S01", municipality="randers", recorded_at=NOW))
            s.flush()
            importing = other.submit(carried(imported), path, LATER)
            wait_until_blocked(database)
        refused = importing.exception()
    if not database.embedded:  # SQLite lets the import wait before it looks
        assert isinstance(refused, Refusal)
        assert "meanwhile" in str(refused)
    with reading() as s:
        assert len(s.exec(select(Staff).where(col(Staff.superseded_at).is_(None))).all()) == 1


def wait_until_blocked(database: Settings) -> None:
    blocked = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    for _ in range(100 if not database.embedded else 3):
        sleep(0.1)
        if not database.embedded:
            with reading() as s:
                if s.execute(blocked).scalar_one():
                    return


def test_a_doubtful_identity_number_only_warns_and_is_not_repeated(sqlite_database: Settings, tmp_path: Path) -> None:
    report = imported(spoilt(tmp_path, {"household!D2": date(1981, 1, 1)}))
    assert len(report.warnings) == 1
    assert "sheet household, row 2, column E (id_number): the date in it isn't the birth date" in report.warnings[0]
    assert "8110" not in report.warnings[0]


def test_danish_and_norwegian_dates_and_words_are_understood(sqlite_database: Settings, tmp_path: Path) -> None:
    path = spoilt(
        tmp_path,
        {"nights!C2": "05.05.2023 14.00", "nights!D2": "07-05-2023 20:00", "travel!F2": "Ja", "travel!D2": "12,3450"},
    )
    imported(saved(small_book(), tmp_path))
    assert changes(imported(path, LATER)) == {}


def test_withdrawn_and_approved_again_in_the_sheet_families_is_a_history_of_two_periods(
    database: Settings, tmp_path: Path
) -> None:
    imported(saved(small_book(), tmp_path))
    columns = ["ref", "approved_from", "approved_to"]
    first, ended, again = date(2021, 1, 1), date(2023, 6, 10), date(2023, 8, 15)
    for number, said in enumerate([(first, ended), (again, None), (again, None)]):
        imported(plain(tmp_path, {"families": [columns, ["RA-F1", *said]]}, f"{number}.xlsx"), LATER)
    with reading() as s:
        assert [(row.valid_from, row.valid_to, row.children) for row in periods_of(s, "RA-F1")] == [
            (first, ended, 2),
            (again, None, 2),
        ]


def test_a_file_that_says_two_latest_approvals_of_a_family_is_refused(database: Settings, tmp_path: Path) -> None:
    book = small_book()
    book.add("approvals", **{"ref": "A1", "family": "RA-F1", "from": date(2022, 1, 1), "children": 2})
    with pytest.raises(Refusals, match="another latest approval than the sheet approvals"):
        imported(saved(book, tmp_path))


def test_periods_of_the_sheet_approvals_can_be_taken_back(database: Settings, tmp_path: Path) -> None:
    book = small_book()
    book.add("approvals", **{"ref": "A1", "family": "RA-F1", "from": date(2021, 1, 1), "children": 2})
    imported(saved(book, tmp_path))
    taken_back = [["ref", "family", "withdrawn_on"], ["A1", "RA-F1", date(2023, 5, 20)]]
    imported(plain(tmp_path, {"approvals": taken_back}), LATER)
    with reading() as s:
        assert periods_of(s, "RA-F1") == []


def test_a_placement_stays_with_the_municipality_that_placed_the_child(database: Settings, tmp_path: Path) -> None:
    imported(saved(small_book(), tmp_path))
    moved = {"children": [["ref", "municipality"], ["RA-B1", "vejle"]]}
    imported(plain(tmp_path, moved), LATER)
    with reading() as s:
        assert current(s, Placement, "RA-P1").municipality == "randers"


def test_terms_are_taken_back(database: Settings, tmp_path: Path) -> None:
    imported(saved(small_book(), tmp_path))
    taken_back = [["placement", "valid_from", "withdrawn_on"], ["RA-P1", date(2022, 1, 1), date(2023, 5, 20)]]
    assert changes(imported(plain(tmp_path, {"terms": taken_back}), LATER)) == {"terms": (0, 1)}


def test_who_still_has_a_placement_is_not_taken_back_and_no_placement_is_made_with_who_was(
    database: Settings, tmp_path: Path
) -> None:
    imported(saved(small_book(), tmp_path))
    gone = {
        "families": [["ref", "withdrawn_on"], ["RA-F1", LATER.date()]],
        "children": [["ref", "withdrawn_on"], ["RA-B1", LATER.date()]],
    }
    with pytest.raises(Refusals, match="RA-P1 of the sheet placements is about it and stands") as refused:
        imported(plain(tmp_path, gone), LATER)
    assert len(str(refused.value).splitlines()) == 2
    columns, placed = ["ref", "child", "family", "withdrawn_on"], ["RA-P1", "RA-B1", "RA-F1"]
    ended = {"placements": [columns, [*placed, LATER.date()]]}
    assert changes(imported(plain(tmp_path, gone | ended, "all.xlsx"), LATER)) == {
        "families": (0, 1),
        "children": (0, 1),
        "placements": (0, 1),
    }
    again = {"placements": [columns, [*placed, None]]}
    with pytest.raises(Refusals, match="was taken back in the sheet families; let it stand again first"):
        imported(plain(tmp_path, again, "again.xlsx"), LATER)
