"""A claim that can never be paid where it is made is refused as it comes in (R10, N2)."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from rules.refusal import Refusals
from tests.tasks.workbooks import LATER, imported, plain, saved, small_book

pytestmark = pytest.mark.usefixtures("sqlite_database")

DRIVEN = {"ref": "K9", "date": date(2023, 4, 5), "km": 12, "purpose": "home", "agreed": "yes"}
SEAT = {"ref": "E9", "benefit": "car_seat", "regime": "grant", "granted_on": date(2023, 4, 5), "granted_amount": 900}


def book_of(municipality: str, sheet: str, row: dict[str, Any]) -> Any:
    """One family there, with one row of that sheet."""
    book = small_book()
    for name in ("staff", "families", "children"):
        book.rows[name][0]["municipality"] = municipality
    book.rows["household"].clear()
    book.rows["travel"].clear()
    book.add("networks", ref="G1", resource_family="RA-F1", municipality=municipality, started_on=date(2022, 1, 1))
    book.add(sheet, **row)
    return book


@pytest.mark.parametrize(
    ("municipality", "sheet", "row", "said"),
    [
        ("lillehammer", "travel", DRIVEN, "column D (km): there is no rate for driving in NO, so it can't be paid"),
        ("asker", "travel", DRIVEN, "column D (km): there is no rate for driving in NO, so it can't be paid"),
        (
            "lillehammer",
            "expenses",
            SEAT,
            "column C (benefit): the policy of lillehammer gives no benefits.car_seat_cap_ore",
        ),
        ("lillehammer", "expenses", SEAT | {"benefit": "incontinence"}, "gives no benefits.incontinence_from_age"),
        ("asker", "expenses", SEAT | {"benefit": "free_costs"}, "gives no benefits.free_costs_a_year_ore"),
        (
            "randers",
            "gatherings",
            {"ref": "S9", "date": date(2023, 4, 5), "kind": "summer", "amount": 900},
            "column D (kind): the policy of randers gives no resource_network.gathering_cap_a_home_ore",
        ),
    ],
)
def test_a_claim_that_nothing_can_price_is_refused_where_it_stands(
    municipality: str, sheet: str, row: dict[str, Any], said: str, tmp_path: Path
) -> None:
    link = {"network": "G1"} if sheet == "gatherings" else {"placement": "RA-P1"}
    with pytest.raises(Refusals) as refusal:
        imported(saved(book_of(municipality, sheet, row | link), tmp_path))
    (line,) = refusal.value.lines
    assert f"sheet {sheet}, row 2" in line
    assert said in line


@pytest.mark.parametrize(
    ("municipality", "sheet", "row"),
    [
        ("randers", "travel", DRIVEN),
        ("randers", "expenses", SEAT),
        ("lillehammer", "expenses", SEAT | {"regime": "invoice"}),
        ("lillehammer", "expenses", SEAT | {"benefit": "other"}),
        ("lillehammer", "travel", DRIVEN | {"withdrawn_on": date(2023, 4, 20)}),
        ("lillehammer", "gatherings", {"ref": "S9", "date": date(2023, 4, 5), "kind": "summer", "amount": 900}),
        ("randers", "gatherings", {"ref": "S9", "date": date(2023, 4, 5), "kind": "ordinary", "amount": 900}),
    ],
)
def test_what_can_be_paid_or_asks_for_nothing_comes_in(
    municipality: str, sheet: str, row: dict[str, Any], tmp_path: Path
) -> None:
    link = {"network": "G1"} if sheet == "gatherings" else {"placement": "RA-P1"}
    assert imported(saved(book_of(municipality, sheet, row | link), tmp_path)).sheets[sheet].added == 1


def test_a_claim_is_judged_by_a_placement_that_is_known_already(tmp_path: Path) -> None:
    book = book_of("lillehammer", "travel", DRIVEN | {"placement": "RA-P1"})
    book.rows["travel"].clear()
    imported(saved(book, tmp_path))
    rows = [["ref", "placement", "date", "km"], ["K9", "RA-P1", date(2023, 4, 5), 12]]
    with pytest.raises(Refusals, match="no rate for driving in NO"):
        imported(plain(tmp_path, {"travel": rows}), LATER)
