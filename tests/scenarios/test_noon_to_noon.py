"""Days from noon to noon are what somebody counts who walks through every minute of every stay."""

import json
from datetime import date, datetime, time, timedelta
from itertools import combinations
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rules.components.days import spans
from rules.policy import PolicyMissing
from tests.scenarios.caseload import lines_of

MINUTE, HALF_A_DAY, MAY = timedelta(minutes=1), timedelta(hours=12), "2020-05"
FAMILIES = ["P1", "P2", "elsewhere"]
Case = dict[str, Any]

days = st.dates(date(2020, 4, 27), date(2020, 6, 3))
clocks = st.sampled_from([time(0), time(11, 59), time(12), time(12, 1), time(14), time(20), time(20, 30)])
moments = st.builds(datetime.combine, days, clocks | st.times().map(lambda at: at.replace(second=0, microsecond=0)))
stays = st.fixed_dictionaries(
    {"of": st.sampled_from(FAMILIES), "from": moments, "lasts": st.timedeltas(-HALF_A_DAY, timedelta(days=9))}
)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """One child with three respite families, one of them in another batch; some stays follow on each other."""
    drawn: list[Case] = []
    for stay in draw(st.lists(stays, max_size=7)):
        begins = drawn[-1]["to"] if drawn and draw(st.booleans()) else stay["from"]
        ends = (begins + stay["lasts"]).replace(second=0, microsecond=0)
        ends = draw(st.sampled_from([ends, datetime.combine(ends.date(), draw(clocks))]))
        drawn.append({"of": stay["of"], "from": begins, "to": ends})
    leaves = [date(2020, 5, 1), *(stay["to"].date() for stay in drawn)]
    ended = draw(st.none() | st.sampled_from(leaves) | st.dates(date(2020, 5, 1), date(2020, 5, 31)))
    homes = [{"ref": "P1", "end": ended}, {"ref": "P2", "family": "F2"}]
    return {
        "month": MAY,
        "policy": {
            "payout.nights_rule": "noon_to_noon",
            "payout.placement_from_nights": draw(st.integers(1, 12)),
            "payout.child_allowances": ["full_time"],
        },
        "placements": [{**home, "child": "B1", "born": "2009-03-01", "start": "2020-01-01"} for home in homes],
        "stays": [{**stay, "ref": f"N{n}"} for n, stay in enumerate(drawn) if stay["of"] != "elsewhere"],
        "elsewhere": [{**stay, "child": "B1"} for stay in drawn if stay["of"] == "elsewhere"],
    }


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(cases())
def test_days_paid_and_held_and_placements_are_what_a_walk_through_the_minutes_finds(case: Case) -> None:
    lines = lines_of(case)
    there = {of: [_minutes(s) for s in [*case["stays"], *case["elsewhere"]] if s["of"] == of] for of in FAMILIES}
    for home in case["placements"]:
        ref, theirs = home["ref"], there[home["ref"]]
        stayed = _in_may({_day(at) for minutes in theirs for at in minutes})
        twice = _in_may({_day(at) for one, other in combinations(theirs, 2) for at in one & other})
        others = [minutes for of in FAMILIES if of != ref for minutes in there[of]]
        both = _in_may({_day(at) for one in theirs for other in others for at in one & other})
        outside = {day for day in stayed if home.get("end") and day > home["end"]}
        fee = lines[(lines["placement"] == ref) & (lines["component"] == "fee")]
        found = {held: _days(basis) for held, basis in zip(fee["held"], fee["basis"], strict=True)}
        expected = {
            "": stayed - both - outside,
            "reported_twice": twice,
            "outside_placement": outside,
            "other_respite_stay": both - outside,
        }
        assert found == {held: found_ for held, found_ in expected.items() if found_}
        given_money = lines[(lines["placement"] == ref) & (lines["component"] == "pocket_money")]
        assert (len(given_money) > 0) == (len(stayed) >= case["policy"]["payout.placement_from_nights"])


def test_where_no_rule_is_in_force_nights_are_counted_and_a_limit_that_is_missing_is_named() -> None:
    stayed = [{"of": "P1", "from": "2020-05-01T14:00", "to": "2020-05-02T14:00"}]
    case = {"month": MAY, "placements": [{"ref": "P1", "born": "2009-03-01"}], "stays": stayed}
    later = {"payout.nights_rule": [{"value": "noon_to_noon", "from": date(2020, 6, 1)}]}
    assert set(lines_of({**case, "policy": later})["quantity"]) == {1000}
    with pytest.raises(PolicyMissing, match=r"no payout\.placement_from_nights on 2020-05-31"):
        lines_of({**case, "policy": {"payout.nights_rule": "noon_to_noon"}})


def _minutes(stay: Case) -> set[datetime]:
    """Those of its days: from noon of the first date on."""
    at, found = max(stay["from"], datetime.combine(stay["from"].date(), time(12))), set()
    while at < stay["to"]:
        found.add(at)
        at += MINUTE
    return found


def _day(at: datetime) -> date:
    return (at - HALF_A_DAY).date()


def _in_may(found: set[date]) -> set[date]:
    return {day for day in found if f"{day:%Y-%m}" == MAY}


def _days(basis: str) -> set[date]:
    return {
        date(2020, 5, number) for first, last in spans(json.loads(basis)["days"]) for number in range(first, last + 1)
    }
