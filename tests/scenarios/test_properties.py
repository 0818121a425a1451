"""What must hold of any caseload."""

from datetime import date, datetime, timedelta
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rules.ages import age
from rules.money import rounded
from rules.months import month
from rules.nights import overnights, payable_nights
from rules.refusal import Refusals
from tests.scenarios.caseload import lines_of, placements, said, shipped_rates, stays, terms

MONTHS = [f"2023-{number:02}" for number in range(1, 13)]
FEES_2023, BOARD_2023, THIRD_2023 = 154_31, {False: 201_00, True: 214_00}, 184_00

moments = st.datetimes(datetime.fromisoformat("2023-01-01"), datetime.fromisoformat("2023-12-01"))
homes = st.lists(
    st.fixed_dictionaries(
        {
            "family": st.sampled_from(["F1", "F2"]),
            "start": st.dates(date(2019, 1, 1), date(2022, 12, 31)),
            "born": st.dates(date(2006, 1, 1), date(2022, 1, 1)),
            "fees": st.sampled_from([0.5, 1, 1.5, 2, 2.5, 3]),
        }
    ),
    min_size=1,
    max_size=5,
).map(lambda drawn: [{"ref": f"P{n}", **home} for n, home in enumerate(drawn, 1)])


@st.composite
def caseloads(draw: st.DrawFn) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    drawn = draw(homes)
    stayed = st.fixed_dictionaries(
        {"of": st.sampled_from([home["ref"] for home in drawn]), "from": moments, "hours": st.integers(0, 700)}
    )
    return drawn, [stay | {"to": stay["from"] + timedelta(hours=stay["hours"])} for stay in draw(st.lists(stayed))]


few = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@few
@given(moments, st.integers(0, 700))
def test_the_months_of_a_stay_make_the_whole_stay(arrival: datetime, hours: int) -> None:
    departure = arrival + timedelta(hours=hours)
    stay = stays([{"of": "P1", "from": arrival, "to": departure}])
    nights = pd.concat([overnights(stay, month(period)) for period in MONTHS])["night"]
    assert len(nights) == (departure.date() - arrival.date()).days
    assert nights.is_unique


@few
@given(caseloads(), st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(
    caseload: tuple[list[dict[str, Any]], list[dict[str, Any]]], random: Any
) -> None:
    homes_, stayed = caseload
    lines = lines_of("2023-05", homes_, stayed)
    random.shuffle(homes_)
    random.shuffle(stayed)
    assert said(lines_of("2023-05", homes_, stayed)) == said(lines)


@few
@given(caseloads())
def test_the_lines_are_what_a_clerk_counts_night_by_night(
    caseload: tuple[list[dict[str, Any]], list[dict[str, Any]]],
) -> None:
    homes_, stayed = caseload
    home = {each["ref"]: each for each in homes_}
    slept = {
        (stay["of"], day)
        for stay in stayed
        for day in (
            stay["from"].date() + timedelta(days=n) for n in range((stay["to"].date() - stay["from"].date()).days)
        )
        if day.month == 5
    }
    expected = 0
    for ref in home:
        days = [day for of, day in slept if of == ref]
        expected += rounded(FEES_2023 * round(home[ref]["fees"] * 10) * len(days), 10, 1)
        for day in days:
            guests = sorted(
                (home[of]["start"], of) for of, on in slept if on == day and home[of]["family"] == home[ref]["family"]
            )
            third = guests.index((home[ref]["start"], ref)) >= 2
            expected += THIRD_2023 if third else BOARD_2023[age(home[ref]["born"], day) >= 10]
    lines = lines_of("2023-05", homes_, stayed)
    assert lines[lines["held"] == ""]["amount_ore"].sum() == expected


@few
@given(st.dates(date(2000, 1, 1), date(2023, 1, 1)), moments)
def test_a_childs_age_on_a_night_is_its_age(born: date, arrival: datetime) -> None:
    home = [{"ref": "P1", "born": born}]
    stay = stays([{"of": "P1", "from": arrival, "to": arrival + timedelta(days=1)}])
    in_month = month(f"{arrival:%Y-%m}")
    nights = payable_nights(stay, placements(home), terms(home), in_month, "overnights")
    assert nights["age"].tolist() == [age(born, arrival.date())]


@pytest.mark.parametrize(
    "ends", [pytest.param(None, id="no end"), pytest.param("2024-01-01", id="an end in the next row's time")]
)
def test_two_rate_rows_for_the_same_day_are_refused(ends: str | None) -> None:
    rates = shipped_rates()
    rates.loc[rates["rate_ref"] == "DK/board_lodging_night/age 10+/2023-01-01", "rate_to"] = pd.Timestamp(ends)
    with pytest.raises(Refusals, match=r"DK board_lodging_night \(age 10\+\): two rows hold on 2024-01-01"):
        lines_of("2023-05", [{"ref": "P1", "born": "2010-01-01"}], [], rates)


def test_a_month_without_a_stay_has_no_lines() -> None:
    assert said(lines_of("2023-05", [], [])) == []
    assert said(lines_of("2022-05", [{"ref": "P1", "born": "2010-01-01"}], [])) == []
