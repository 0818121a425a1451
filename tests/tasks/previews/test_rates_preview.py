"""What a new table would cost is known before it is switched on, and nothing is written."""

from datetime import date
from pathlib import Path

import pytest
from sqlmodel import func, select

from data.rates import list_rates
from data.store.session import reading
from data.tables import AuditEntry, LedgerLine, Placement
from data.tables.base import Fact
from rules.refusal import Refusal
from tasks.previews.pay_effect import ComponentEffect, FamilyEffect
from tasks.previews.rates import RatesPreview, preview_rates
from tests.homes import home
from tests.tasks.payroll import IMPORTED, JUNE, guest, know, move_in, stay, weekend

HEAD = "country,rate,band,valid_from,valid_to,amount,unit,status,source\n"
BOARD = "DK,board_lodging_night,age 0-9,{},{},{},DKK/night,published,Own\n"
FEE = "DK,fee_night,,{},{},{},DKK/night,published,Own\n"


@pytest.fixture
def table(tmp_path: Path) -> Path:
    move_in()
    know(
        weekend(1, "RA-P1"),
        *home(
            ref="RA-F2", recorded_at=IMPORTED, municipality="randers", kind="respite", approved_from=date(2021, 1, 1)
        ),
        *_elsewhere(),
        stay(3, "RA-P3", "2023-05-19T14:00", "2023-05-20T14:00"),
    )
    return tmp_path / "table.csv"


def _elsewhere() -> list[Fact]:
    child, placement, terms = guest(3, date(2010, 1, 1))
    assert isinstance(placement, Placement)
    placement.family = "RA-F2"
    return [child, placement, terms]


def preview(table: Path, *rows: str, period: str = "2023-05") -> RatesPreview:
    table.write_text(HEAD + "".join(rows), encoding="utf-8")
    return preview_rates(table, municipality="randers", period=period, now=JUNE)


@pytest.mark.usefixtures("database")
def test_sums_by_component_and_the_families_affected_are_told_and_nothing_is_written(table: Path) -> None:
    know(weekend(5, "RA-P1"))  # reported twice, so held
    found = preview(table, BOARD.format("2023-01-01", "2023-12-31", 211))
    assert found.components == [
        ComponentEffect("board_lodging", 2 * 201_00 + 214_00, 2 * 211_00 + 214_00),
        ComponentEffect("fee", 5 * 154_31, 5 * 154_31),
    ]
    assert found.components[0].difference_ore == 20_00
    assert (found.families, found.affected, found.changed, found.much, found.missing_then) == (2, 1, 1, [], [])
    with reading() as s:
        assert len(list_rates(s)) == 64
        assert {row.source for row in list_rates(s)}.isdisjoint({"Own"})
        assert s.scalar(select(func.count()).select_from(LedgerLine)) == 0
        assert s.scalar(select(func.count()).select_from(AuditEntry)) == 0


@pytest.mark.usefixtures("sqlite_database")
def test_a_family_whose_amount_changes_by_more_than_fifteen_percent_is_to_be_reviewed(table: Path) -> None:
    found = preview(table, BOARD.format("2023-01-01", "2023-12-31", 400))
    fees = 4 * 154_31
    assert found.much == [FamilyEffect("RA-F1", fees + 2 * 201_00, fees + 2 * 400_00)]
    assert "goes from 201 to 400" not in "".join(found.warnings)
    assert "goes from 193 to 400" in "".join(found.warnings)


@pytest.mark.usefixtures("database")
def test_what_has_no_rate_is_named_and_the_rest_is_computed_all_the_same(table: Path) -> None:
    know(stay(4, "RA-P1", "2024-01-31T14:00", "2024-02-02T14:00"))
    found = preview(table, FEE.format("2024-01-01", "2024-12-31", 160), period="2024-01")
    assert [(gap.rate, gap.first, gap.last) for gap in found.missing_now] == [
        ("fee_night", date(2024, 1, 31), date(2024, 1, 31))
    ]
    assert found.missing_then == []
    assert found.components == [ComponentEffect("board_lodging", 206_00, 206_00), ComponentEffect("fee", None, 320_00)]
    assert found.components[1].difference_ore is None
    assert (found.families, found.affected, found.much) == (1, 1, [])


@pytest.mark.usefixtures("sqlite_database")
def test_what_the_file_leaves_without_a_rate_is_named(table: Path) -> None:
    found = preview(table, FEE.format("2023-01-01", "2023-05-12", 154.31), FEE.format("2023-05-14", "", 160))
    assert [(gap.first, gap.last) for gap in found.missing_then] == [(date(2023, 5, 13), date(2023, 5, 13))]
    assert [effect for effect in found.components if effect.component == "fee"] == [
        ComponentEffect("fee", 5 * 154_31, None)
    ]


@pytest.mark.usefixtures("sqlite_database")
def test_a_month_to_come_is_computed_as_if_it_were_over(table: Path) -> None:
    know(stay(4, "RA-P1", "2023-12-01T14:00", "2023-12-02T14:00"))
    found = preview(table, BOARD.format("2023-01-01", "2023-12-31", 211), period="2023-12")
    assert found.components[0] == ComponentEffect("board_lodging", 201_00, 211_00)


@pytest.mark.usefixtures("sqlite_database")
def test_a_file_that_would_be_refused_is_refused_before(table: Path) -> None:
    with pytest.raises(Refusal, match="line 2, column amount"):
        preview(table, FEE.format("2024-01-01", "", -1))
    with pytest.raises(Refusal, match="isn't a month"):
        preview(table, FEE.format("2024-01-01", "", 160), period="2024-13")
