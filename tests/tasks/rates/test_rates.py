"""A municipality's own rate table goes in whole or not at all."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from data.rates import FOLDER, list_rates
from data.store.audit import first_broken
from data.store.facts import current, known_at
from data.store.session import reading
from data.tables import AuditEntry, RateRow
from rules.refusal import Refusal
from tasks.rates.table import RatesReport, import_rates
from tests.tasks.pay_runs import JULY, pay, prepare, said
from tests.tasks.payroll import CLERK, JUNE, acting, know, move_in, weekend

HEAD = "country;rate;band;valid_from;valid_to;amount;unit;status;source\r\n"
FEE_2023 = "DK/fee_night//2023-01-01"


@pytest.fixture
def table(tmp_path: Path) -> Path:
    move_in()
    return tmp_path / "takster.csv"


def load(path: Path, *rows: str) -> RatesReport:
    path.write_text("\ufeff" + HEAD + "".join(f"{row}\r\n" for row in rows), encoding="utf-8")
    return import_rates(path, actor=acting(CLERK), now=JULY)


def fee(first: str, last: str, amount: str) -> str:
    return f"DK;fee_night;;{first};{last};{amount};DKK/night;published;Byrådet"


@pytest.mark.usefixtures("database")
def test_a_table_from_danish_excel_is_added_to_the_published_one(table: Path) -> None:
    report = load(table, fee("01-01-2024", "31-12-2024", "160,12"))
    assert (report.added, report.changed, report.unchanged) == (1, 0, 0)
    with reading() as s:
        row = current(s, RateRow, "DK/fee_night//2024-01-01")
        assert (row.amount, row.valid_to, row.source) == ("160.12", date(2024, 12, 31), "Byrådet")
        [entry] = s.exec(select(AuditEntry).where(AuditEntry.action == "rates.import"))
        assert (entry.actor, entry.detail["added"], entry.detail["sha256"]) == (CLERK, 1, report.sha256)
        assert first_broken(s) is None
    assert report.warnings == []


@pytest.mark.usefixtures("sqlite_database")
def test_the_published_table_itself_changes_nothing(table: Path) -> None:
    report = import_rates(FOLDER / "dk.csv", actor=acting(CLERK), now=JULY)
    assert (report.added, report.changed, report.unchanged, report.warnings) == (0, 0, 46, [])


@pytest.mark.usefixtures("database")
def test_a_row_that_was_paid_with_becomes_a_new_version_and_says_so(table: Path) -> None:
    know(weekend(1, "RA-P1"))
    pay()
    report = load(table, fee("2023-01-01", "2023-12-31", "160"))
    [warning] = report.warnings
    assert f"line 2: {FEE_2023} was used already, in 1 lines of approved or released months" in warning
    with reading() as s:
        before, now = known_at(s, RateRow, FEE_2023, JUNE), current(s, RateRow, FEE_2023)
        assert before is not None
        assert (before.amount, now.amount) == ("154.31", "160")
    prepare("2023-06", JULY + timedelta(minutes=1))
    assert said("2023-06") == ["2023-05 RA-P1 fee 22.76 payable corrects RA-2023-05-000002"]


@pytest.mark.usefixtures("sqlite_database")
def test_a_draft_is_no_use_yet_it_is_simply_prepared_again(table: Path) -> None:
    know(weekend(1, "RA-P1"))
    prepare()
    assert load(table, fee("2023-01-01", "2023-12-31", "160")).warnings == []


@pytest.mark.usefixtures("database")
def test_one_fault_anywhere_and_nothing_is_imported(table: Path) -> None:
    with pytest.raises(Refusal) as refused:
        load(
            table,
            fee("2024-01-01", "2024-12-31", "160"),
            fee("2024-12-31", "", "165"),
            fee("2023-06-01", "", "1000000000000"),
        )
    assert [line.partition(": ")[2][:31] for line in str(refused.value).splitlines()] == [
        "line 4, column amount: is out o",
        "line 3, column valid_from: two ",
    ]
    with reading() as s:
        assert len(list_rates(s)) == 64
        assert s.exec(select(AuditEntry).where(AuditEntry.action == "rates.import")).all() == []


@pytest.mark.usefixtures("sqlite_database")
def test_gaps_and_jumps_warn_and_are_imported(table: Path) -> None:
    report = load(table, fee("2024-02-01", "", "200"))
    jump = "DK fee_night goes from 154.31 to 200 on 2024-02-01, more than 15 % against the row before"
    assert [line.partition(": ")[2] for line in report.warnings] == [
        "line 2: DK fee_night has no rate from 2024-01-01 to 2024-01-31",
        f"line 2: {jump}",
    ]
    assert report.added == 1


@pytest.mark.usefixtures("sqlite_database")
def test_a_file_that_isnt_there_isnt_text_or_isnt_small_is_refused_in_one_line(table: Path) -> None:
    for content, why in (
        (None, "can't be read"),
        (b"land;sats\r\nb\xe5nd", "isn't UTF-8"),
        (b"x" * 1_000_001, "larger"),
    ):
        if content is not None:
            table.write_bytes(content)
        with pytest.raises(Refusal, match=why) as refused:
            import_rates(table, actor=acting(CLERK), now=JULY)
        assert "\n" not in str(refused.value)
    with pytest.raises(Refusal, match="can't be read"):
        import_rates(table.parent, actor=acting(CLERK), now=JULY)
