"""What must hold of any caseload."""

from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rules.ages import age
from rules.components.bands import bands
from rules.components.days import between, count, earliest, held_before, numbers, spans, texts
from rules.money import rounded
from rules.months import Month, month
from rules.refusal import Refusals
from tests.scenarios.caseload import lines_of, said, shipped_rates

MONTHS = [month(f"2023-{number:02}") for number in range(1, 13)]
FEES_2023, MONTH_2023, BOARD_2023, THIRD_2023 = 154_31, 4_694_00, {False: 201_00, True: 214_00}, 184_00
Case = dict[str, Any]

moments = st.datetimes(datetime.fromisoformat("2023-04-01"), datetime.fromisoformat("2023-06-15"))
homes = st.lists(
    st.fixed_dictionaries(
        {
            "family": st.sampled_from(["F1", "F2"]),
            "kind": st.sampled_from(["respite", "full_time"]),
            "start": st.dates(date(2022, 1, 1), date(2023, 6, 15)),
            "end": st.none() | st.dates(date(2023, 4, 15), date(2023, 6, 15)),
            "born": st.dates(date(2006, 1, 1), date(2022, 1, 1)),
            "fees": st.sampled_from([0.5, 1, 1.5, 2, 2.5, 3]),
        }
    ),
    min_size=1,
    max_size=6,
).map(lambda drawn: [{**home, "ref": f"P{n}"} for n, home in enumerate(drawn, 1)])
periods = st.lists(
    st.tuples(st.dates(date(2023, 4, 15), date(2023, 6, 1)), st.none() | st.integers(0, 30)).map(
        lambda drawn: {"from": drawn[0], "to": drawn[1] and drawn[0] + timedelta(drawn[1])}
    ),
    max_size=3,
)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    placements = draw(homes)
    of = st.sampled_from([home["ref"] for home in placements])
    stayed = st.fixed_dictionaries({"of": of, "from": moments, "hours": st.integers(-30, 700)})
    driven = st.fixed_dictionaries(
        {"of": of, "on": st.dates(date(2023, 4, 25), date(2023, 6, 5)), "km": st.integers(-5, 300)}
    )
    asked = st.fixed_dictionaries(
        {
            "of": of,
            "benefit": st.sampled_from(["car_seat", "booster", "free_costs", "lost_earnings", "enrolment_fee"]),
            "regime": st.sampled_from(["grant", "full", "none", "invoice", ""]),
            "granted": st.none() | st.dates(date(2023, 4, 1), date(2023, 6, 15)),
            "documented": st.none() | st.dates(date(2023, 4, 1), date(2023, 6, 15)),
            "amount": st.none() | st.integers(0, 30_000),
        }
    )
    stays = [
        stay | {"to": stay["from"] + timedelta(hours=stay["hours"])} for stay in draw(st.lists(stayed, max_size=6))
    ]
    numbered = {
        "stays": [stay | {"ref": f"N{n}"} for n, stay in enumerate(stays)],
        "travel": [claim | {"ref": f"K{n}"} for n, claim in enumerate(draw(st.lists(driven, max_size=4)))],
        "expenses": [claim | {"ref": f"E{n}"} for n, claim in enumerate(draw(st.lists(asked, max_size=6)))],
    }
    approvals = [{"family": family, **period} for family in ("F1", "F2") for period in draw(periods)]
    return {"month": "2023-05", "placements": placements, "approvals": approvals, **numbered}


few = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def days_of(first: date, after: date, in_month: Month) -> np.ndarray:
    first_day, after_day = (numbers(pd.Series([pd.Timestamp(day)]), in_month, 0) for day in (first, after))
    return between(first_day, after_day, in_month)


@few
@given(moments, st.integers(0, 700))
def test_the_months_of_a_stay_make_the_whole_stay(arrival: datetime, hours: int) -> None:
    departure = arrival + timedelta(hours=hours)
    nights = sum(int(count(days_of(arrival, departure, in_month))[0]) for in_month in MONTHS)
    assert nights == (departure.date() - arrival.date()).days


@few
@given(st.dates(date(2000, 1, 1), date(2023, 1, 1)), st.sampled_from([*MONTHS, month("2024-02")]))
def test_a_childs_band_on_a_day_is_that_of_its_age(born: date, in_month: Month) -> None:
    found = bands(pd.Series([pd.Timestamp(born)]), "DK", "board_lodging_night", in_month)
    for offset in range(in_month.last.day):
        ten = age(born, in_month.first + timedelta(days=offset)) >= 10
        assert [bool(found[band][0] >> np.uint32(offset) & 1) for band in ("age 0-9", "age 10+")] == [not ten, ten]


@few
@given(st.sets(st.integers(0, 30)), st.integers(-2, 33))
def test_the_earliest_nights_are_kept_and_days_read_back_as_they_are_written(nights: set[int], most: int) -> None:
    days = np.array([sum(1 << night for night in nights)], dtype=np.uint32)
    kept = sum(1 << night for night in sorted(nights)[: max(most, 0)])
    assert earliest(days, np.array([most])).tolist() == [kept]
    read = {day - 1 for first, last in spans(texts(days)[0]) for day in range(first, last + 1)}
    assert read == nights


@few
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 63)), max_size=12).map(sorted))
def test_what_one_and_two_earlier_rows_have_is_counted_by_owner(rows: list[tuple[int, int]]) -> None:
    owner, days = (np.array([row[at] for row in rows], dtype=kind) for at, kind in ((0, "int64"), (1, np.uint32)))
    once, twice = held_before(days, owner)
    for at, (whose, _) in enumerate(rows):
        earlier = [mine for of, mine in rows[:at] if of == whose]
        many = [sum(mine >> bit & 1 for mine in earlier) for bit in range(6)]
        assert int(once[at]) == sum(1 << bit for bit in range(6) if many[bit] >= 1)
        assert int(twice[at]) == sum(1 << bit for bit in range(6) if many[bit] >= 2)


@few
@given(cases(), st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(case: Case, random: Any) -> None:
    lines = lines_of(case)
    for rows in ("placements", "stays", "travel", "expenses"):
        random.shuffle(case[rows])
    pd.testing.assert_frame_equal(lines_of(case), lines)


@few
@given(cases())
def test_no_line_is_negative_and_each_has_a_key_of_its_own(case: Case) -> None:
    lines = lines_of(case)
    assert (lines[["amount_ore", "quantity"]] >= 0).all(axis=None)
    assert not lines.duplicated(["placement", "component", "source_key", "taxable"]).any()


@few
@given(cases())
def test_families_apart_are_paid_as_they_are_together(case: Case) -> None:
    family = {home["ref"]: home["family"] for home in case["placements"]}
    apart = [
        {
            "month": case["month"],
            "placements": [home for home in case["placements"] if home["family"] == which],
            "approvals": case["approvals"],
            **{
                rows: [row for row in case[rows] if family[row["of"]] == which]
                for rows in ("stays", "travel", "expenses")
            },
        }
        for which in ("F1", "F2")
    ]
    together = sorted(said(lines_of(case)))
    assert sorted(line for part in apart for line in said(lines_of(part))) == together


@few
@given(cases())
def test_the_lines_are_what_a_clerk_counts_night_by_night(case: Case) -> None:
    home = {each["ref"]: each for each in case["placements"]}
    slept = {ref: _nights(home[ref], case["stays"]) for ref in home}
    paid = {ref: [day for day in slept[ref] if _may_be_paid(home[ref], case["approvals"], day)] for ref in home}
    expected = 0
    for ref, days in paid.items():
        tenths = round(home[ref]["fees"] * 10)
        if home[ref]["kind"] == "full_time" and len(slept[ref]) == 31:
            expected += rounded(MONTH_2023 * tenths * len(days), 10 * 31, 1)
        else:
            expected += rounded(FEES_2023 * tenths * len(days), 10, 1)
        for day in days:
            there = sorted(
                (home[of]["start"], of) for of in paid if day in paid[of] and home[of]["family"] == home[ref]["family"]
            )
            third = there.index((home[ref]["start"], ref)) >= 2
            expected += THIRD_2023 if third else BOARD_2023[age(home[ref]["born"], day) >= 10]
    lines = lines_of(case)
    ours = lines["component"].isin(["fee", "board_lodging"]) & lines["held"].eq("")
    assert lines.loc[ours, "amount_ore"].sum() == expected


def _nights(home: Case, stays: list[Case]) -> list[date]:
    if home["kind"] == "full_time":
        return [day for day in MAY if home["start"] <= day and not (home["end"] and day >= home["end"])]
    ours = [stay for stay in stays if stay["of"] == home["ref"]]
    return [day for day in MAY if any(stay["from"].date() <= day < stay["to"].date() for stay in ours)]


def _may_be_paid(home: Case, approvals: list[Case], day: date) -> bool:
    approved = any(
        period["family"] == home["family"] and period["from"] <= day and (not period["to"] or day <= period["to"])
        for period in approvals
    )
    return approved and home["start"] <= day and not (home["end"] and day >= home["end"])


MAY = [date(2023, 5, number) for number in range(1, 32)]


@few
@given(cases())
def test_free_costs_paid_in_a_year_are_never_more_than_the_years_sum(case: Case) -> None:
    paid = [lines_of(case | {"month": period, "today": "2023-07-01"}) for period in ("2023-04", "2023-05", "2023-06")]
    free = pd.concat([lines[lines["component"].eq("free_costs")] for lines in paid])
    sums = free[free["held"] == ""].groupby("placement")["amount_ore"].sum()
    assert (sums <= 20_000_00).all()


@pytest.mark.parametrize(
    "ends", [pytest.param(None, id="no end"), pytest.param("2024-01-01", id="an end in the next row's time")]
)
def test_two_rate_rows_for_the_same_day_are_refused(ends: str | None) -> None:
    rates = shipped_rates().copy()
    rates.loc[rates["rate_ref"] == "DK/board_lodging_night/age 10+/2023-01-01", "rate_to"] = pd.Timestamp(ends)
    with pytest.raises(Refusals, match=r"DK board_lodging_night \(age 10\+\): two rows hold on 2024-01-01"):
        lines_of({"month": "2023-05", "placements": []}, rates)


def test_a_month_without_a_placement_or_a_stay_has_no_lines() -> None:
    assert said(lines_of({"month": "2023-05", "placements": []})) == []
    assert said(lines_of({"month": "2022-05", "placements": [{"ref": "P1", "born": "2010-01-01"}]})) == []
