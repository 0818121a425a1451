"""Which changes concern a month."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from data.pay.fact_changes import Change
from rules.months import month
from rules.vocabulary import Component
from tasks.explained.change_days import concerns, terms_concern, uses_up
from tasks.words.change_words import FACTS

MAY = month("2023-05")
RECORDED = datetime(2023, 7, 3, tzinfo=UTC)


def changed(table: str, before: dict[str, Any] | None, now: dict[str, Any]) -> list[Change]:
    lacking = dict.fromkeys(FACTS[table][1])
    was = None if before is None else lacking | before
    is_now = lacking | now
    fields = tuple(name for name in is_now if was is None or was[name] != is_now[name])
    return [Change(table, "X1", ("P1",), was, is_now, fields, RECORDED)]


def day(text: str | None) -> date | None:
    return text and date.fromisoformat(text)  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("table", "before", "now", "expected"),
    [
        ("approval", ("2021-01-01", None), ("2021-01-01", "2024-05-12"), False),
        ("approval", ("2021-01-01", None), ("2021-01-01", "2023-05-12"), True),
        ("approval", ("2021-01-01", "2023-05-31"), ("2021-01-01", "2023-06-30"), False),
        ("approval", ("2021-01-01", "2023-04-30"), ("2021-01-01", "2023-05-01"), True),
        ("approval", None, ("2023-06-01", None), False),
        ("approval", None, ("2023-05-31", None), True),
        ("approval", None, (None, None), False),
        ("approval", (None, None), ("2022-01-01", None), True),
        ("placement", ("2022-01-01", None), ("2022-01-01", "2023-05-31"), True),
        ("placement", ("2022-01-01", None), ("2022-01-01", "2023-06-30"), False),
        ("placement", ("2022-01-01", None), ("2021-01-01", None), False),
        ("night_stay", ("2023-04-29", None), ("2023-04-29", "2023-05-02"), True),
        ("night_stay", None, ("2023-04-29", "2023-04-30"), False),
        ("night_stay", None, (None, "2023-05-31"), True),
        ("network_home", ("2023-01-01", None), ("2023-01-01", "2023-05-19"), True),
        ("rate", ("2023-01-01", None), ("2023-01-01", "2023-12-31"), False),
    ],
)
def test_days_that_came_or_went_concern_their_month(
    table: str, before: tuple[str | None, str | None] | None, now: tuple[str | None, str | None], expected: bool
) -> None:
    ends = {
        "approval": ("valid_from", "valid_to"),
        "placement": ("start", "end"),
        "night_stay": ("arrival", "departure"),
        "network_home": ("joined_on", "left_on"),
        "rate": ("valid_from", "valid_to"),
    }[table]
    was, is_now = (None if days is None else dict(zip(ends, map(day, days), strict=True)) for days in (before, now))
    assert is_now is not None
    assert concerns(changed(table, was, is_now), MAY) is expected


@pytest.mark.parametrize(("withdrawn", "expected"), [(False, True), (True, False)])
def test_another_value_concerns_every_day_that_the_fact_stands_for(withdrawn: bool, expected: bool) -> None:
    stands = {"start": date(2022, 1, 1), "kind": "respite"}
    gone = {"withdrawn_on": date(2023, 7, 3)} if withdrawn else {}
    later = {"start": date(2023, 8, 1), "kind": "respite"}
    assert concerns(changed("placement", stands, stands | {"kind": "network"} | gone), MAY)
    assert concerns(changed("placement", stands | gone, later), MAY) is expected


@pytest.mark.parametrize(
    ("valid_from", "others", "expected"),
    [
        ("2019-01-01", {"T2": date(2022, 1, 1)}, False),
        ("2019-01-01", {"T2": date(2023, 5, 2)}, True),
        ("2023-05-31", {"T2": date(2022, 1, 1)}, True),
        ("2023-06-01", {}, False),
    ],
)
def test_terms_concern_the_months_until_the_next_ones(valid_from: str, others: dict[str, date], expected: bool) -> None:
    new = changed("terms", None, {"placement": "P1", "valid_from": day(valid_from), "fees_tenths": 10})
    assert terms_concern(new, {"P1": others}, {"P1": others | {"X1": day(valid_from)}}, MAY) is expected  # type: ignore[dict-item]


@pytest.mark.parametrize(
    ("component", "benefit", "granted_on", "expected"),
    [
        (Component.FREE_COSTS, "free_costs", "2023-01-09", True),
        (Component.FREE_COSTS, "free_costs", "2022-12-31", False),
        (Component.FREE_COSTS, "enrolment_fee", "2023-01-09", False),
        (Component.SUPPLEMENT, "enrolment_fee", "2023-05-02", True),
        (Component.SUPPLEMENT, "enrolment_fee", "2023-06-01", False),
        (Component.SUPPLEMENT, "diet", "2023-05-02", False),
        (Component.LOST_EARNINGS, "lost_earnings", "2023-05-02", False),
    ],
)
def test_another_claim_concerns_costs_of_its_year_and_a_seat_of_its_fee(
    component: Component, benefit: str, granted_on: str, expected: bool
) -> None:
    new = changed("expense_claim", None, {"benefit": benefit, "granted_on": day(granted_on)})
    assert uses_up(new, component, MAY) is expected


@pytest.mark.parametrize(("held_on", "expected"), [("2023-12-20", True), ("2022-12-20", False), (None, False)])
def test_a_gathering_concerns_those_of_its_calendar_year(held_on: str | None, expected: bool) -> None:
    assert concerns(changed("gathering", None, {"held_on": day(held_on)}), MAY) is expected
