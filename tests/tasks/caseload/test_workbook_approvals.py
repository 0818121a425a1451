"""What a family is approved for, told by the families' own columns and by the sheet approvals."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from data.approvals import periods_of
from data.settings import Settings
from data.store.session import reading
from rules.refusal import Refusals
from tests.tasks.workbooks import LATER, changes, imported, plain, saved, small_book

SINCE, ENDED, AGAIN = date(2021, 1, 1), date(2023, 3, 10), date(2023, 3, 20)
COLUMNS = ["ref", "family", "from", "to"]


@pytest.fixture(autouse=True)
def _small(database: Settings, tmp_path: Path) -> None:
    """RA-F1 is approved from 1 January 2021 on, by the families' columns."""
    imported(saved(small_book(), tmp_path))


def periods() -> list[tuple[date | None, date | None]]:
    with reading() as s:
        return [(row.valid_from, row.valid_to) for row in periods_of(s, "RA-F1")]


def history(*rows: Sequence[Any]) -> dict[str, list[Sequence[Any]]]:
    return {"approvals": [COLUMNS, *rows]}


def columns(*said: Any) -> dict[str, list[Sequence[Any]]]:
    return {"families": [["ref", "approved_from", "approved_to"], ["RA-F1", *said]]}


def test_the_municipalitys_own_history_takes_the_place_of_what_the_columns_made(tmp_path: Path) -> None:
    told = history(["GA-1", "RA-F1", SINCE, ENDED], ["GA-2", "RA-F1", AGAIN, None])
    imported(plain(tmp_path, told | columns(AGAIN, None)), LATER)
    assert periods() == [(SINCE, ENDED), (AGAIN, None)]
    assert changes(imported(plain(tmp_path, told | columns(AGAIN, None), "again.xlsx"), LATER)) == {}


def test_a_period_that_begins_inside_what_the_columns_made_is_refused_and_names_it(tmp_path: Path) -> None:
    with pytest.raises(
        Refusals, match="lies in RA-F1-A1, which the sheet families made from 2021-01-01 without an end"
    ):
        imported(plain(tmp_path, history(["GA-2", "RA-F1", AGAIN, None])), LATER)
    assert periods() == [(SINCE, None)]
    told = history(["RA-F1-A1", "RA-F1", SINCE, ENDED], ["GA-2", "RA-F1", AGAIN, None])
    imported(plain(tmp_path, told, "both.xlsx"), LATER)
    assert periods() == [(SINCE, ENDED), (AGAIN, None)]


def test_a_period_after_what_the_columns_made_stands_beside_it(tmp_path: Path) -> None:
    imported(plain(tmp_path, columns(SINCE, ENDED)), LATER)
    imported(plain(tmp_path, history(["GA-2", "RA-F1", AGAIN, None]), "after.xlsx"), LATER)
    assert periods() == [(SINCE, ENDED), (AGAIN, None)]


def test_renewed_on_its_last_day_a_new_period_begins(tmp_path: Path) -> None:
    imported(plain(tmp_path, columns(SINCE, ENDED)), LATER)
    imported(plain(tmp_path, columns(ENDED, None), "again.xlsx"), LATER)
    assert periods() == [(SINCE, ENDED), (ENDED, None)]


def test_a_later_first_day_in_the_columns_corrects_it_and_says_which_nights_that_costs(tmp_path: Path) -> None:
    report = imported(plain(tmp_path, columns(AGAIN, None)), LATER)
    assert periods() == [(AGAIN, None)]
    [warning] = [line for line in report.warnings if "approved_from" in line]
    assert "comes later than before (2021-01-01): nights before it are approved no longer" in warning


def test_what_one_sheet_takes_back_the_other_may_not_say_in_the_same_file(tmp_path: Path) -> None:
    gone = {"approvals": [["ref", "family", "withdrawn_on"], ["RA-F1-A1", "RA-F1", LATER.date()]]}
    with pytest.raises(Refusals, match="another latest approval than the sheet approvals"):
        imported(plain(tmp_path, gone | columns(SINCE, None)), LATER)
    imported(plain(tmp_path, gone | columns(None, None), "gone.xlsx"), LATER)
    assert periods() == []


def test_nothing_is_taken_back_on_a_day_to_come(tmp_path: Path) -> None:
    told = {"nights": [["ref", "placement", "withdrawn_on"], ["RA-N1", "RA-P1", date(2024, 1, 1)]]}
    with pytest.raises(Refusals, match=r"\(withdrawn_on\): lies in the future"):
        imported(plain(tmp_path, told), LATER)
